"""
What we ask of the region's unified booking (统一预约, P26 P41).

Capacity stays with our database: the region shows what we publish and hands us wishes, each of
which takes its places as any booking does, or is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class SlotPublished:
    """One time that can be booked, and how many places of it are left to book."""

    id: str
    starts_at: datetime
    ends_at: datetime
    free: int


@dataclass(frozen=True)
class DayPublished:
    """One day of one group at one site, whole: it takes the place of what was published before."""

    site_id: str
    group_code: str
    day: date
    as_of: datetime
    slots: tuple[SlotPublished, ...]


class WishVerb(StrEnum):
    """What a person asked for at the region's."""

    BOOK = "book"
    CANCEL = "cancel"


@dataclass(frozen=True)
class RegionWish:
    """One request that was made there, in the order of *position*; *id* is the region's name."""

    position: int
    id: str
    verb: WishVerb
    slot_id: str = ""
    services: tuple[str, ...] = ()
    number: str = ""
    name: str = ""


@dataclass(frozen=True)
class WishAnswer:
    """What became of a wish: `booked`, `cancelled`, `ended` (by us), or why it was refused."""

    id: str
    answer: str
    starts_at: datetime | None


class UnifiedBooking(Protocol):
    """The region's unified booking; everything said to it may be said twice."""

    simulated: bool

    def publish(self, day: DayPublished) -> bool:
        """Show a day there; False where no answer can be believed."""
        ...

    def wishes(self, after: int) -> Sequence[RegionWish] | None:
        """Return the next wishes after a position, in order; None where there was no answer."""
        ...

    def answer(self, told: WishAnswer) -> bool:
        """Say what became of a wish; False where no answer can be believed."""
        ...
