"""How long to wait before the next try, when to stop trying, how long a silent partner rests."""

from datetime import timedelta
from enum import StrEnum

MOST_ATTEMPTS = 10
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(hours=1)

HOUSE = "house"
"""The lane of what needs no partner."""
SILENCES_UNTIL_REST = 3
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=5)


class MessageState(StrEnum):
    """Where a message stands. Only `ready` is carried out."""

    READY = "ready"
    DONE = "done"
    DEAD = "dead"
    """Tried too often; listed for a person."""
    UNKNOWN = "unknown"
    """The partner's answer was lost and it cannot be asked; a person settles it."""
    DROPPED = "dropped"
    """A person said that it shall not be done."""


ENDED_BADLY = (MessageState.DEAD, MessageState.UNKNOWN)
ENDED_WELL = (MessageState.DONE, MessageState.DROPPED)


def delay_after(attempt: int, chance: float) -> timedelta:
    """Return the wait after *attempt* (from 1) failed; *chance* in [0, 1) spreads the crowd.

    It doubles up to `LONGEST_DELAY`; the lower half of it is certain, the upper half is chance.
    """
    doublings: int = 2 ** min(attempt - 1, 20)
    full = min(FIRST_DELAY * doublings, LONGEST_DELAY)
    return full * (0.5 + chance / 2)


def rest_after(failures: int) -> timedelta | None:
    """Return how long a partner is left alone who was silent *failures* times in a row.

    It doubles up to `LONGEST_REST`; None while he is not left alone yet.
    """
    more = failures - SILENCES_UNTIL_REST
    if more < 0:
        return None
    doublings: int = 2 ** min(more, 20)
    return min(FIRST_REST * doublings, LONGEST_REST)


def is_last(attempt: int) -> bool:
    """Return whether nothing is tried any more after *attempt* failed."""
    return attempt >= MOST_ATTEMPTS
