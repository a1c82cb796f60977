"""How long to wait before the next try, and when to stop trying."""

from datetime import timedelta
from enum import StrEnum

MOST_ATTEMPTS = 10
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(hours=1)


class MessageState(StrEnum):
    """Where a message stands. Only `ready` is carried out."""

    READY = "ready"
    DONE = "done"
    DEAD = "dead"
    """Tried too often; listed for a person."""
    UNKNOWN = "unknown"
    """The partner's answer was lost and it cannot be asked; a person settles it."""


ENDED_BADLY = (MessageState.DEAD, MessageState.UNKNOWN)


def delay_after(attempt: int, chance: float) -> timedelta:
    """Return the wait after *attempt* (from 1) failed; *chance* in [0, 1) spreads the crowd.

    It doubles up to `LONGEST_DELAY`; the lower half of it is certain, the upper half is chance.
    """
    doublings: int = 2 ** min(attempt - 1, 20)
    full = min(FIRST_DELAY * doublings, LONGEST_DELAY)
    return full * (0.5 + chance / 2)


def is_last(attempt: int) -> bool:
    """Return whether nothing is tried any more after *attempt* failed."""
    return attempt >= MOST_ATTEMPTS
