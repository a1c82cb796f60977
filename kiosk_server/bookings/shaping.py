"""
What slots a site ought to have, and what becomes of those that it has (号源排班).

Pure: the week as drafts, the days as shapes, and the plan that leads from the slots that stand to
those that are wanted. Saving and previewing follow one plan, so that what is shown is what is done.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from kiosk_server.bookings.rules import Pattern, slots_on
from kiosk_server.core import clock
from kiosk_server.places.hours import Interval, Spell

_FRIDAY = 5
Key = tuple[str, datetime]
"""Group and start: there is one slot of each at a site."""


@dataclass(frozen=True, order=True)
class Draft:
    """One template as a value: what one weekday (Monday = 1) has for one group."""

    group_code: str
    weekday: int
    opens: time
    closes: time
    minutes: int
    capacity: int
    walk_in: int

    def overlaps(self, other: "Draft") -> bool:
        """Return whether both would give one group two slots at one time."""
        same = (self.group_code, self.weekday) == (other.group_code, other.weekday)
        return same and self.opens < other.closes and other.opens < self.closes


@dataclass(frozen=True)
class Extra:
    """Places more in each slot of a group that lies within a spell of one day."""

    group_code: str
    day: date
    spell: Spell
    places: int

    def reaches(self, group_code: str, slot: Interval) -> bool:
        """Return whether a slot has these places."""
        opens, closes = (datetime.combine(self.day, at, clock.BEIJING) for at in self.spell)
        return group_code == self.group_code and Interval(opens, closes).covers(slot)


@dataclass(frozen=True)
class Shape:
    """A slot as it ought to be."""

    starts_at: datetime
    ends_at: datetime
    capacity: int
    walk_in: int


@dataclass(frozen=True)
class Standing:
    """A slot as it is; *booked* of the *taken* places were booked."""

    id: str
    group_code: str
    day: date
    starts_at: datetime
    ends_at: datetime
    capacity: int
    walk_in: int
    booked: int
    taken: int
    is_open: bool


class Fate(StrEnum):
    """What becomes of a slot."""

    MADE = "made"
    OPENED = "opened"
    CLOSED = "closed"
    RECUT = "recut"
    """It lasts for another time now: who booked it loses his place as in a closed one."""
    GROWN = "grown"
    SHRUNK = "shrunk"
    KEPT = "kept"
    """It ought to be smaller, and all of it is taken."""


LOSING = frozenset({Fate.CLOSED, Fate.RECUT})


@dataclass(frozen=True)
class Change:
    """One slot's fate; *shape* where it stays, *held_back* where more is taken than is wanted."""

    fate: Fate
    group_code: str
    day: date
    standing: Standing | None
    shape: Shape | None
    held_back: bool = False


def wanted_on(
    day: date,
    week: Iterable[Draft],
    extras: Iterable[Extra],
    openings: Iterable[Interval],
    *,
    announced: bool | None,
) -> dict[Key, Shape]:
    """
    Return the slots that *day* ought to have; *openings* are its hours.

    A weekend day worked in exchange (*announced*, 调休) has the week's Friday, as its hours do.
    """
    weekday = min(day.isoweekday(), _FRIDAY) if announced else day.isoweekday()
    opened, more = tuple(openings), [each for each in extras if each.day == day]
    found: dict[Key, Shape] = {}
    for draft in week:
        if draft.weekday != weekday:
            continue
        pattern = Pattern(draft.opens, draft.closes, timedelta(minutes=draft.minutes))
        for slot in slots_on(day, pattern, opened):
            places = sum(each.places for each in more if each.reaches(draft.group_code, slot))
            shape = Shape(slot.starts, slot.ends, draft.capacity + places, draft.walk_in)
            found[draft.group_code, slot.starts] = shape
    return found


def plan(
    standing: Iterable[Standing],
    wanted: Mapping[Key, Shape],
    within: Callable[[Interval], bool],
    now: datetime,
) -> list[Change]:
    """
    Return what has to change for *wanted* to stand; slots that have begun follow the hours alone.

    *within* says whether a time lies in the hours of its day. What stands as it ought to is left
    out; two open slots of one group never overlap.
    """
    rows = list(standing)
    changes = [change for row in rows if (change := _fate(row, wanted, within, now)) is not None]
    there = {(row.group_code, row.starts_at) for row in rows}
    begun = [row for row in rows if row.starts_at <= now and row.is_open]
    for key, shape in wanted.items():
        if key in there or any(_overlap(key[0], shape, row) for row in begun):
            continue
        day = clock.to_beijing(shape.starts_at).date()
        changes.append(Change(Fate.MADE, key[0], day, None, shape))
    return changes


def fitted(row: Standing, shape: Shape) -> tuple[int, int]:
    """
    Return capacity and walk-in share for *row*: those of *shape*, or more while more is taken.

    A slot shrinks to what is taken and no further, and keeps at least one place for who comes.
    """
    bookable = max(shape.capacity - shape.walk_in, row.booked)
    most = max(shape.capacity, row.capacity)
    walk_in = min(shape.walk_in, most - bookable)
    return max(bookable + walk_in, row.taken), max(bookable + walk_in, row.taken) - bookable


def _fate(
    row: Standing, wanted: Mapping[Key, Shape], within: Callable[[Interval], bool], now: datetime
) -> Change | None:
    shape = wanted.get((row.group_code, row.starts_at))
    same = shape is not None and shape.ends_at == row.ends_at
    if row.starts_at <= now:
        inside = within(Interval(row.starts_at, row.ends_at))
        if row.is_open and not inside:
            return _change(Fate.CLOSED, row, None)
        return _change(Fate.OPENED, row, None) if same and inside and not row.is_open else None
    if shape is None:
        return _change(Fate.CLOSED, row, None) if row.is_open else None
    if not same:
        return _change(Fate.RECUT, row, shape)
    capacity, walk_in = fitted(row, shape)
    held_back = capacity > shape.capacity
    if not row.is_open:
        return _change(Fate.OPENED, row, shape, held_back=held_back)
    if (capacity, walk_in) == (row.capacity, row.walk_in):
        return _change(Fate.KEPT, row, shape, held_back=True) if held_back else None
    fate = Fate.GROWN if capacity > row.capacity else Fate.SHRUNK
    return _change(fate, row, shape, held_back=held_back)


def _change(fate: Fate, row: Standing, shape: Shape | None, *, held_back: bool = False) -> Change:
    return Change(fate, row.group_code, row.day, row, shape, held_back)


def _overlap(group_code: str, shape: Shape, row: Standing) -> bool:
    same = row.group_code == group_code
    return same and row.starts_at < shape.ends_at and shape.starts_at < row.ends_at
