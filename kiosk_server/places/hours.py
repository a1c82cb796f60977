"""
When a site is open (开放时间): its week, its days off, days of their own, longer hours, closings.

Pure, Beijing time. Of several words on one day the more particular counts: a closing over a day of
its own, that over the official calendar, that over the week.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from kiosk_server.core import clock
from kiosk_server.places.rules import Opening

LOOK_AHEAD_DAYS = 30
_FRIDAY = 5


class DayKind(StrEnum):
    """What is said of one day of one site."""

    CLOSED = "closed"
    INSTEAD = "instead"
    """These hours in place of the week's."""
    MORE = "more"
    """延时错时: these hours beside the week's, a holiday included."""


@dataclass(frozen=True, order=True)
class Interval:
    """A time in which a site is open; aware, `ends` is outside it."""

    starts: datetime
    ends: datetime

    def holds(self, moment: datetime) -> bool:
        """Return whether *moment* lies within."""
        return self.starts <= moment < self.ends

    def covers(self, other: "Interval") -> bool:
        """Return whether all of *other* lies within."""
        return self.starts <= other.starts and other.ends <= self.ends


Spell = tuple[time, time]


@dataclass(frozen=True)
class DayTold:
    """What is said of one day: its kind, and hours unless it is closed."""

    day: date
    kind: DayKind
    spells: tuple[Spell, ...] = ()


@dataclass(frozen=True)
class SiteHours:
    """Everything that decides when a site is open.

    *announced* says of a day whether the official calendar has it worked (True), free (False), or
    says nothing of it (None).
    """

    week: tuple[Opening, ...]
    days: tuple[DayTold, ...]
    closings: tuple[Interval, ...]
    announced: Callable[[date], bool | None]


def open_intervals(hours: SiteHours, day: date) -> tuple[Interval, ...]:
    """Return when a site is open on *day*, the earliest first, touching spells joined."""
    told = next((each for each in hours.days if each.day == day), None)
    spells = list(_spells_of_week(hours, day))
    if told is not None and told.kind is not DayKind.MORE:
        spells = []
    if told is not None:
        spells += told.spells
    return _without(_joined(_interval(day, spell) for spell in spells), hours.closings)


def is_open_at(hours: SiteHours, moment: datetime) -> bool:
    """Return whether a site is open at *moment* (aware)."""
    today = clock.to_beijing(moment).date()
    return any(each.holds(moment) for each in open_intervals(hours, today))


def next_opening(hours: SiteHours, moment: datetime) -> datetime | None:
    """Return when a site opens next after *moment*; None if not within `LOOK_AHEAD_DAYS`."""
    today = clock.to_beijing(moment).date()
    for ahead in range(LOOK_AHEAD_DAYS + 1):
        for each in open_intervals(hours, today + timedelta(days=ahead)):
            if each.starts > moment:
                return each.starts
    return None


def _spells_of_week(hours: SiteHours, day: date) -> Iterator[Spell]:
    announced = hours.announced(day)
    if announced is False:
        return
    found = [each for each in hours.week if day.isoweekday() in each.days]
    if announced and not found:
        # A day off that is worked in exchange (调休) has the hours of a Friday.
        found = [each for each in hours.week if _FRIDAY in each.days]
    yield from ((each.opens, each.closes) for each in found)


def _interval(day: date, spell: Spell) -> Interval:
    opens, closes = spell
    return Interval(
        datetime.combine(day, opens, clock.BEIJING), datetime.combine(day, closes, clock.BEIJING)
    )


def _joined(intervals: Iterable[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for each in sorted(intervals):
        if joined and each.starts <= joined[-1].ends:
            joined[-1] = Interval(joined[-1].starts, max(joined[-1].ends, each.ends))
        else:
            joined.append(each)
    return joined


def _without(intervals: list[Interval], closings: Iterable[Interval]) -> tuple[Interval, ...]:
    for closing in closings:
        intervals = [
            part
            for each in intervals
            for part in (
                Interval(each.starts, min(each.ends, closing.starts)),
                Interval(max(each.starts, closing.ends), each.ends),
            )
            if part.starts < part.ends
        ]
    return tuple(intervals)
