"""
Lamps that guide a hand (引导灯): where the card goes, where paper comes out, whether it works here.

What burns follows from what the terminal does, never from who stands before it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from devices.contracts.cabinet import Cabinet, Lamp, LampTrouble
from devices.host.left_card import CardStage

HALF_A_BLINK_SECONDS = 0.5
"""One flash a second: slow enough for everybody (WCAG 2.2, 2.3.1 allows three)."""
PAPER_LIES_SECONDS = 20.0
_TRY_AGAIN_SECONDS = 5.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Scene:
    """All that lamps depend on."""

    in_service: bool
    visit: bool = False
    card_awaited: bool = False
    card: CardStage = CardStage.NONE
    papers_open: int = 0


def lamps_for(scene: Scene, *, bright: bool, paper_lies: bool) -> frozenset[Lamp]:
    """Return the lamps that burn; blinking ones burn while *bright*."""
    left = scene.card in (CardStage.LEFT, CardStage.FORGOTTEN)
    blinking = set()
    if scene.card_awaited or left:
        blinking.add(Lamp.READER)
    if scene.papers_open or (paper_lies and scene.visit):
        blinking.add(Lamp.PAPER_EXIT)
    steady = {Lamp.IN_SERVICE if scene.in_service else Lamp.OUT_OF_SERVICE}
    if scene.card is CardStage.IN_USE and scene.visit:
        steady.add(Lamp.READER)
    return frozenset(steady | blinking if bright else steady - blinking)


class LampHold:
    """What a technician's test shows instead of the scene, while it lasts; any thread may set."""

    def __init__(self) -> None:
        self._lamps: frozenset[Lamp] | None = None

    @property
    def lamps(self) -> frozenset[Lamp] | None:
        """What is shown; None: the scene."""
        return self._lamps

    def set(self, lamps: frozenset[Lamp] | None) -> None:
        """Show these from the next half a blink on; None: the scene again."""
        self._lamps = lamps


class GuidingLights:
    """Keeps the lamps of one cabinet; `tick` is called by one thread every half a blink."""

    def __init__(
        self,
        cabinet: Cabinet,
        scene: Callable[[], Scene],
        now: Callable[[], float],
        hold: LampHold | None = None,
    ) -> None:
        self._cabinet = cabinet
        self._scene = scene
        self._hold = hold or LampHold()
        self._now = now
        self._papers = 0
        self._came_out = float("-inf")
        self._again_at = float("-inf")
        self._dark = False

    def tick(self) -> None:
        """Bring the lamps in line with what goes on; a dead board is not asked all the time."""
        now = self._now()
        scene = self._scene()
        if scene.papers_open < self._papers:
            self._came_out = now
        self._papers = scene.papers_open
        if now < self._again_at:
            return
        lamps = self._hold.lamps
        if lamps is None:
            lamps = lamps_for(
                scene,
                bright=int(now / HALF_A_BLINK_SECONDS) % 2 == 0,
                paper_lies=now - self._came_out < PAPER_LIES_SECONDS,
            )
        outcome = self._cabinet.light(lamps)
        dark = isinstance(outcome, LampTrouble)
        if dark:
            self._again_at = now + _TRY_AGAIN_SECONDS
        if isinstance(outcome, LampTrouble) and not self._dark:
            _log.warning("lamps_lost", trouble=outcome.trouble.value, detail=outcome.detail)
        elif self._dark and not dark:
            _log.info("lamps_found")
        self._dark = dark
