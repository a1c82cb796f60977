"""
What may be booked: how a template becomes slots, how many one visit needs, how many one may have.

Pure. Times of templates are Beijing time; a slot is a `places.hours.Interval`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kiosk_server.core import clock
from kiosk_server.places.hours import Interval

NO_SHOWS_UNTIL_ONE = 3
"""From so many missed bookings on, one at a time."""
NO_SHOW_COUNTS = timedelta(days=60)
AN_HOUR = timedelta(hours=1)
MOST_AN_HOUR = 12
"""Places that one person may ask for in an hour, kept or not: nobody keeps others out in a loop."""
MISSED_AFTER = timedelta(minutes=30)
BOOKINGS_KEPT = timedelta(days=90)
"""How long after its day a booking, or a place in the waiting list, is kept."""
"""Who has not come so long after his time's end has missed it."""


@dataclass(frozen=True)
class BookingTerms:
    """What the house lets people do, as its settings say."""

    hold: timedelta
    offer: timedelta
    days_ahead: int
    per_day: int
    at_once: int


@dataclass(frozen=True)
class Pattern:
    """A template's day: slots of *length* from *opens* to *closes*."""

    opens: time
    closes: time
    length: timedelta


@dataclass(frozen=True)
class Place:
    """One slot as far as finding room in it goes."""

    id: str
    starts_at: datetime
    ends_at: datetime
    free: bool


def slots_on(day: date, pattern: Pattern, openings: Iterable[Interval]) -> Iterator[Interval]:
    """Yield the slots of *pattern* on *day* that lie wholly within one of *openings*."""
    opened = tuple(openings)
    starts = datetime.combine(day, pattern.opens, clock.BEIJING)
    last = datetime.combine(day, pattern.closes, clock.BEIJING)
    while starts + pattern.length <= last:
        slot = Interval(starts, starts + pattern.length)
        if any(each.covers(slot) for each in opened):
            yield slot
        starts += pattern.length


def run_from(places: Sequence[Place], slot_id: str, needed: timedelta) -> list[Place] | None:
    """
    Return the slots that follow each other without a gap from *slot_id* and last for *needed*.

    *places* stand in order of time. None where there are not enough of them, free or not.
    """
    for at, each in enumerate(places):
        if each.id == slot_id:
            return _run_at(places, at, needed)
    return None


def free_runs(places: Sequence[Place], needed: timedelta) -> Iterator[list[Place]]:
    """Yield every run of free slots that lasts for *needed*, the earliest first."""
    for at, each in enumerate(places):
        run = _run_at(places, at, needed) if each.free else None
        if run is not None and all(slot.free for slot in run):
            yield run


def _run_at(places: Sequence[Place], first: int, needed: timedelta) -> list[Place] | None:
    starts_at, last = places[first].starts_at, first
    while places[last].ends_at - starts_at < needed:
        last += 1
        if last == len(places) or places[last].starts_at != places[last - 1].ends_at:
            return None
    return list(places[first : last + 1])


def most_at_once(terms: BookingTerms, no_shows: int) -> int:
    """
    Return how many bookings one person may have ahead of him.

    Who missed several lately has one at a time: that is all that ever follows, and never for who
    comes without a booking.
    """
    return 1 if no_shows >= NO_SHOWS_UNTIL_ONE else terms.at_once
