"""
The fair rule between booked, priority and walk-in (排队规则). Pure; docs/decisions/0026.

Each ticket has a due moment, fixed when it is taken. A window calls the smallest due moment among
those whose time has come and whose group it takes; where no time has come, the smallest of all.

    walk-in      due when it was taken
    priority     due 120 minutes before it was taken (绿色通道)
    booked       due 60 minutes before its slot, its time comes 10 minutes before the slot;
                 checked in more than 10 minutes late: due 30 minutes before it came

Nobody is overtaken for ever: whoever comes more than `LONGEST_CREDIT` after somebody has the later
due moment, whatever he is. Within a lane nobody overtakes who came on time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

BOOKED_CREDIT = timedelta(minutes=60)
LATE_CREDIT = timedelta(minutes=30)
PRIORITY_CREDIT = timedelta(minutes=120)
LONGEST_CREDIT = PRIORITY_CREDIT
LATE_AFTER = timedelta(minutes=10)
CALLED_BEFORE = timedelta(minutes=10)
"""How long before its slot the time of a booking comes."""
CHECK_IN_BEFORE = timedelta(minutes=60)
"""How long before its slot a booking may be checked in."""
COMES_BACK_WITHIN = timedelta(minutes=30)
"""Who missed his call may be put back into the queue so long."""
TAKEN_BEFORE_OPENING = timedelta(minutes=30)
"""How long before a site opens its terminals give tickets out."""
ENDS_AFTER_CLOSING = timedelta(minutes=60)
"""How long after a site closes its windows may still call who waits."""
TICKETS_KEPT = timedelta(days=7)
"""How long after its day a ticket is kept."""


class Lane(StrEnum):
    """In which of the three ways somebody came into the queue."""

    BOOKED = "booked"
    PRIORITY = "priority"
    WALK_IN = "walk_in"


@dataclass(frozen=True)
class Turn:
    """What the fair rule knows of one ticket."""

    id: str
    group_code: str
    due_at: datetime
    callable_at: datetime
    taken_at: datetime

    @property
    def order(self) -> tuple[datetime, datetime, str]:
        """The key that turns are sorted by; no two are equal."""
        return self.due_at, self.taken_at, self.id


@dataclass(frozen=True)
class Due:
    """What a ticket is given when it is taken."""

    lane: Lane
    due_at: datetime
    callable_at: datetime


def due_of(taken_at: datetime, *, slot_starts: datetime | None, priority: bool) -> Due:
    """Return the lane and moments of a ticket; *slot_starts* for who has booked."""
    moments = [taken_at if slot_starts is None else _booked_due(taken_at, slot_starts)]
    if priority:
        moments.append(taken_at - PRIORITY_CREDIT)
        return Due(Lane.PRIORITY, min(moments), taken_at)
    if slot_starts is None:
        return Due(Lane.WALK_IN, moments[0], taken_at)
    return Due(Lane.BOOKED, moments[0], slot_starts - CALLED_BEFORE)


def next_turn(turns: Iterable[Turn], now: datetime) -> Turn | None:
    """Return whose turn it is among those who wait for one window; None where nobody does."""
    everybody = list(turns)
    ready = [turn for turn in everybody if turn.callable_at <= now]
    return min(ready or everybody, key=lambda turn: turn.order, default=None)


def before(turns: Iterable[Turn], mine: Turn, now: datetime) -> list[Turn]:
    """Return those of *turns* who are called before *mine*, as things stand at *now*."""
    return [each for each in turns if each.id != mine.id and _goes_first(each, mine, now)]


def letter_of(place: int) -> str:
    """Return the letter of the group at *place* in the catalogue: A to Z, then AA to ZZ."""
    first, last = divmod(place, 26)
    return (chr(ord("A") + first - 1) if first else "") + chr(ord("A") + last)


def label_of(letter: str, number: int) -> str:
    """Return what is called out, as `A012`."""
    return f"{letter}{number:03}"


def _booked_due(taken_at: datetime, slot_starts: datetime) -> datetime:
    if taken_at > slot_starts + LATE_AFTER:
        return taken_at - LATE_CREDIT
    return slot_starts - BOOKED_CREDIT


def _goes_first(each: Turn, mine: Turn, now: datetime) -> bool:
    ready, i_am_ready = each.callable_at <= now, mine.callable_at <= now
    if ready is not i_am_ready:
        return ready
    return each.order < mine.order
