"""Voice, lamps and the card that was left, put together for one terminal."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from devices.contracts.states import DeviceKind, DeviceStatus
from devices.host.card_reading import CardReading
from devices.host.duties import Duty
from devices.host.events import EventBus
from devices.host.guidance import Guidance, reminder
from devices.host.guiding_lights import GuidingLights, LampHold, Scene
from devices.host.left_card import CardStage, LeftCard, ReaderStatus
from devices.host.registry import Fleet
from devices.host.speaking import Loudness, Speaking
from devices.host.supervisor import Watched
from devices.host.visit_watch import VisitWatch
from devices.settings import HostSettings, SpeakerSettings

CABINET_EVERY_SECONDS = 1.0
SPEAKER_EVERY_SECONDS = 60.0
_BEIJING = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Surroundings:
    """What guidance asks the rest of the terminal, whenever it wants to know.

    `reading` is None while the terminal is not enrolled; `open` says that the door is not closed
    and the line is there; `look` makes the supervisor ask one device now.
    """

    reading: Callable[[], CardReading | None]
    papers_open: Callable[[], int]
    statuses: Callable[[], Mapping[DeviceKind, DeviceStatus]]
    open: Callable[[], bool]
    look: Callable[[DeviceKind], DeviceStatus]
    now: Callable[[], datetime]


class GuidanceParts:
    """The parts, wired; `watched` goes to the supervisor, `duties` to the roster."""

    def __init__(
        self,
        settings: HostSettings,
        fleet: Fleet,
        *,
        bus: EventBus,
        visits: VisitWatch,
        around: Surroundings,
    ) -> None:
        self._fleet = fleet
        self._visits = visits
        self._around = around
        loudness = _loudness(settings.drivers.speaker)
        self.speaking = Speaking(
            fleet.speaker, lambda: loudness.at(around.now().astimezone(_BEIJING).hour)
        )
        self.card = LeftCard(
            lies=lambda: (reading := around.reading()) is not None and reading.card_left,
            placed=lambda: reading.placed if (reading := around.reading()) is not None else 0,
            visit=lambda: visits.under_way,
            remind=reminder(self.speaking, lambda: visits.language),
            changed=self._card_changed,
            patience_seconds=settings.card_forgotten_seconds,
            now=time.monotonic,
        )
        self.lamps = LampHold()
        lights = None
        if fleet.cabinet is not None:
            lights = GuidingLights(fleet.cabinet, self._scene, time.monotonic, self.lamps)
        self._guidance = Guidance(bus, self.card, self.speaking, lights)

    def watched(self) -> Sequence[Watched]:
        """The devices that the supervisor asks in our words."""
        found = []
        if (reader := self._fleet.id_reader) is not None:
            status = ReaderStatus(reader.status, self.card)
            found.append(Watched(DeviceKind.ID_READER, status, every_seconds=3.0))
        if self._fleet.cabinet is not None:
            found.append(
                Watched(
                    DeviceKind.CABINET, self._fleet.cabinet, every_seconds=CABINET_EVERY_SECONDS
                )
            )
        if self._fleet.speaker is not None:
            found.append(
                Watched(
                    DeviceKind.SPEAKER, self._fleet.speaker, every_seconds=SPEAKER_EVERY_SECONDS
                )
            )
        return found

    def duties(self) -> Sequence[Duty]:
        """What runs as long as the terminal does."""
        return (Duty("speech", self.speaking.run), Duty("guidance", self._guidance.run))

    def stop(self) -> None:
        """End speech; guidance ends with the bus."""
        self.speaking.stop()

    def _card_changed(self, stage: CardStage) -> None:
        # The server learns at once: the next page that it draws says what lies on the reader.
        self._around.look(DeviceKind.ID_READER)

    def _scene(self) -> Scene:
        reading = self._around.reading()
        statuses = self._around.statuses()
        reader = statuses.get(DeviceKind.ID_READER)
        paper = [statuses.get(DeviceKind.A4_PRINTER), statuses.get(DeviceKind.RECEIPT_PRINTER)]
        works = reader is not None and reader.usable and any(each and each.usable for each in paper)
        return Scene(
            in_service=works and self._around.open(),
            visit=self._visits.under_way,
            card_awaited=reading is not None and reading.card_awaited,
            card=self.card.stage,
            papers_open=self._around.papers_open(),
        )


def _loudness(settings: SpeakerSettings | None) -> Loudness:
    if settings is None:
        return Loudness()
    return Loudness(
        settings.volume / 100,
        settings.night_volume / 100,
        settings.night_from,
        settings.night_until,
    )
