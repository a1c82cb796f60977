"""
A town of terminals that fall ill and recover, watched as the worker watches them.

Time is the town's own: `wait` lets it pass, terminals that are not silent speak every half minute
of it, and the watch looks every five seconds (in long waits every half minute), or not at all
while it is `dead`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from kiosk_server.audit.services import SYSTEM, Actor
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.staff.models import StaffMember
from kiosk_server.terminals.models import DeviceState, DeviceStateChange, Terminal
from kiosk_server.terminals.rules import Condition
from kiosk_server.terminals.services import DeviceReport, HeartbeatWord, heartbeat
from kiosk_server.upkeep import on_call
from kiosk_server.upkeep.evaluator import watch
from kiosk_server.upkeep.models import Alert, AlertCall
from kiosk_server.upkeep.services import before_word, review
from tests.support.first_rows import enter_staff

CENTRE, TOWN = "atushi-centre", "songtake"
CITY_CODE, TOWN_CODE = "653001", "653001101"
NOON = datetime.fromisoformat("2026-11-22T12:00:00+08:00")
BEAT_SECONDS = 30
LONG_SECONDS = 120
KINDS = ("id_reader", "a4_printer", "receipt_printer")
KEEPER = Actor(kind="staff", id="01keeper")


@dataclass
class Ailing:
    """The town. `troubles` is what each terminal says of its A4 printer; `silent` say nothing."""

    database: Database
    now: datetime = NOON
    dead: bool = False
    troubles: dict[str, tuple[Condition, tuple[str, ...]]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    offsets: dict[str, float] = field(default_factory=dict)

    def open(self, *, centre: int = 1, town: int = 0) -> "Ailing":
        """Set terminals up, AT-0001 and on, first those of the centre; all are well."""
        places = [CENTRE] * centre + [TOWN] * town
        enter_staff(self.database)
        with self.database.unit_of_work() as session:
            for number, site_id in enumerate(places, 1):
                session.add(Terminal(id=f"AT-{number:04d}", site_id=site_id, state="in_service"))
        for number in range(1, len(places) + 1):
            self.well(f"AT-{number:04d}")
        return self

    def forget(self) -> "Ailing":
        """Take every terminal away, with all that is known of it: another day begins."""
        with self.database.unit_of_work() as session:
            for table in (AlertCall, Alert, DeviceStateChange, DeviceState, Terminal):
                session.execute(delete(table))
        return self

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Let it be the town's own time within the block."""
        with clock.frozen(self.now):
            yield

    def well(self, terminal: str) -> None:
        """Say that all is well again."""
        self.says(terminal, Condition.READY)

    def says(self, terminal: str, condition: Condition, *troubles: str) -> None:
        """Let a terminal tell at once how its A4 printer is."""
        self.troubles[terminal] = (condition, troubles)
        self._beat(terminal)

    def on_call(self, login: str, division: str = CITY_CODE, *, rank: int = 1) -> str:
        """Put somebody on a list; the number is of no phone. Returns his id."""
        with self.at_work(), self.database.unit_of_work() as session:
            found = session.scalars(select(StaffMember).where(StaffMember.login == login)).one()
            on_call.enter(
                session,
                division,
                staff_id=found.id,
                phone=f"1390000{rank:04d}",
                rank=rank,
                by=SYSTEM,
            )
            return found.id

    def wait(self, seconds: int) -> "Ailing":
        """Let time pass: heartbeats on the half minute, looks in between."""
        look = 5 if seconds <= LONG_SECONDS else BEAT_SECONDS
        until = self.now + timedelta(seconds=seconds)
        while self.now < until:
            self.now += timedelta(seconds=1)
            passed = int((self.now - NOON).total_seconds())
            if passed % BEAT_SECONDS == 0:
                for terminal in self.troubles:
                    self._beat(terminal)
            if passed % look == 0 and not self.dead:
                self.looks()
        return self

    def looks(self) -> None:
        """Look once, as the worker does."""
        with self.at_work():
            watch(self.database)

    def alerts(self, terminal: str | None = None) -> list[Alert]:
        """Every alert that was ever opened, oldest first."""
        with self.database.reading() as session:
            wanted = select(Alert).where(Alert.opened_at.is_not(None)).order_by(Alert.id)
            if terminal is not None:
                wanted = wanted.where(Alert.terminal_id == terminal)
            return list(session.scalars(wanted))

    def open_kinds(self, terminal: str | None = None) -> list[str]:
        """What is open now, as `device/kind`."""
        return [
            f"{alert.device}/{alert.kind}"
            for alert in self.alerts(terminal)
            if alert.closed_at is None
        ]

    def calls(self) -> Sequence[AlertCall]:
        """Every call, in order."""
        with self.database.reading() as session:
            return session.scalars(select(AlertCall).order_by(AlertCall.id)).all()

    def _beat(self, terminal: str) -> None:
        if terminal in self.silent:
            return
        condition, troubles = self.troubles[terminal]
        devices = [
            DeviceReport(kind, condition, troubles, {})
            if kind == "a4_printer"
            else DeviceReport(kind, Condition.READY, (), {})
            for kind in KINDS
        ]
        word = HeartbeatWord("1.0", devices, 0, self.offsets.get(terminal, 0.0))
        with self.at_work(), self.database.unit_of_work() as session:
            before_word(session, terminal)
            heartbeat(session, terminal, word=word)
            review(session, terminal)
