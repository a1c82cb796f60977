"""
The card that was left behind (遗忘证件): noticed by the reader alone, and nothing of it is kept.

When a visit has ended and the card still lies there, voice and lamp remind first, then a line
stands on the screen. If nobody comes, the terminal goes on serving: whoever is next is asked to
hand the card to the keeper, who is called. What is counted is how often (P37, P39).
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import structlog

from devices.contracts.states import Condition, DeviceStatus, Trouble

GRACE_SECONDS = 2.0
"""Who takes the card in passing is not called after."""
SHOWN_AFTER_SECONDS = 4.0
REMIND_EVERY_SECONDS = 15.0
MOST_REMINDERS = 4

_log = structlog.get_logger(__name__)


class CardStage(StrEnum):
    """How it stands with the card on the reader; values are codes that a page may know."""

    NONE = "none"
    IN_USE = "in_use"
    LEFT = "left"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class _Sight:
    stage: CardStage = CardStage.NONE
    placed: int = 0
    alone_since: float | None = None
    reminders: int = 0


class LeftCard:
    """Follows one reader; `tick` is called by one thread about twice a second."""

    def __init__(
        self,
        *,
        lies: Callable[[], bool],
        placed: Callable[[], int],
        visit: Callable[[], bool],
        remind: Callable[[], None],
        changed: Callable[[CardStage], None],
        patience_seconds: float,
        now: Callable[[], float],
    ) -> None:
        """*lies*: whether a card that was read lies there; *placed*: how many were until now."""
        self._lies = lies
        self._placed = placed
        self._visit = visit
        self._remind = remind
        self._changed = changed
        self._patience = patience_seconds
        self._now = now
        self._lock = threading.Lock()
        self._sight = _Sight()
        self._forgotten = 0

    @property
    def stage(self) -> CardStage:
        """How it stands."""
        with self._lock:
            return self._sight.stage

    @property
    def shown(self) -> CardStage:
        """What the screen may say: a card just left is called after by voice and lamp first."""
        with self._lock:
            sight = self._sight
        since = sight.alone_since
        early = since is not None and self._now() - since < SHOWN_AFTER_SECONDS
        return CardStage.IN_USE if sight.stage is CardStage.LEFT and early else sight.stage

    @property
    def forgotten(self) -> int:
        """How many cards were forgotten since the host started."""
        with self._lock:
            return self._forgotten

    def tick(self) -> None:
        """Look once, remind where it is time, and tell a change of stage."""
        with self._lock:
            before = self._sight
            after = self._sight = self._look(before)
            if after.stage is CardStage.FORGOTTEN and before.stage is not CardStage.FORGOTTEN:
                self._forgotten += 1
        if after.stage is not before.stage:
            _log.info("card_on_reader", stage=after.stage.value)
            self._changed(after.stage)
        if after.reminders > before.reminders:
            self._remind()

    def _look(self, before: _Sight) -> _Sight:
        if not self._lies():
            return _Sight(placed=before.placed)
        now, placed = self._now(), self._placed()
        if placed != before.placed:
            before = _Sight(CardStage.IN_USE, placed)
        if self._visit():
            # Another's visit, begun over a card that was left: it is not his.
            left = before.stage in (CardStage.LEFT, CardStage.FORGOTTEN)
            stage = CardStage.FORGOTTEN if left else CardStage.IN_USE
            return replace(before, stage=stage, alone_since=None)
        if before.stage is CardStage.FORGOTTEN:
            return before
        since = now if before.alone_since is None else before.alone_since
        alone = now - since
        if alone < GRACE_SECONDS:
            return replace(before, alone_since=since)
        if alone >= self._patience:
            return replace(before, stage=CardStage.FORGOTTEN, alone_since=since)
        due = 1 + int((alone - GRACE_SECONDS) / REMIND_EVERY_SECONDS)
        return replace(
            before,
            stage=CardStage.LEFT,
            alone_since=since,
            reminders=max(before.reminders, min(due, MOST_REMINDERS)),
        )


class ReaderStatus:
    """The reader's status with what lies on it, as the supervisor asks for it."""

    def __init__(self, ask: Callable[[], DeviceStatus], card: LeftCard) -> None:
        self._ask = ask
        self._card = card

    def status(self) -> DeviceStatus:
        """Ask the reader, and add the card that was left on it."""
        status = self._ask()
        trouble = _TROUBLES.get(self._card.stage)
        if status.condition is Condition.ABSENT:
            return status
        details = {**status.details, "cards_forgotten": self._card.forgotten}
        return DeviceStatus.of([*status.troubles, *([trouble] if trouble else [])], details)


_TROUBLES = {
    CardStage.LEFT: Trouble.CARD_LEFT,
    CardStage.FORGOTTEN: Trouble.CARD_FORGOTTEN,
}
