"""Guiding a person by lamp and voice (声光引导): one thread that follows what the terminal does."""

from collections.abc import Callable

from devices.host.events import EventBus, EventKind
from devices.host.guiding_lights import HALF_A_BLINK_SECONDS, GuidingLights
from devices.host.left_card import LeftCard
from devices.host.speaking import Speaking
from devices.prompts import Language

LEFT_WORDS = ("card-left", "card-left-do")


class Guidance:
    """Runs lamps and the card's reminder, and is silent when a visit ends."""

    def __init__(
        self,
        bus: EventBus,
        card: LeftCard,
        speaking: Speaking,
        lights: GuidingLights | None,
    ) -> None:
        self._bus = bus
        self._card = card
        self._speaking = speaking
        self._lights = lights

    def run(self) -> None:
        """Follow events, and look twice in half a blink; ends when the bus closes."""
        for event in self._bus.listen(beat_seconds=HALF_A_BLINK_SECONDS / 2):
            if event is not None and event.kind is EventKind.VISIT:
                # Neither the last person's sentence nor the next person's fright.
                self._speaking.hush()
            self._card.tick()
            if self._lights is not None:
                self._lights.tick()


def reminder(speaking: Speaking, language: Callable[[], str]) -> Callable[[], None]:
    """Return what calls after a card that was left, in the language of the visit that has ended."""

    def remind() -> None:
        spoken = language()
        known = Language(spoken) if spoken in set(Language) else Language.ZH
        speaking.ask(LEFT_WORDS, known)

    return remind
