"""Days and times that can be booked, as a page draws them: weeks from Monday, spells of a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kiosk_server.bookings.queries import Opportunity
from kiosk_server.places.hours import Interval, SiteHours, open_intervals


@dataclass(frozen=True)
class DayCell:
    """One day: `free` times, 0 where it is full, None where nothing is to be booked."""

    day: date
    free: int | None
    first_of_page: bool = False
    gone: bool = False
    """Before the first day that is shown: it fills its week."""


@dataclass(frozen=True)
class SpellTimes:
    """The free times of one stretch of opening hours."""

    spell: Interval
    times: tuple[Opportunity, ...]


def weeks_of(
    found: Mapping[date, Sequence[Opportunity]], first: date, last: date
) -> list[list[DayCell]]:
    """Return whole weeks that hold *first* to *last*, a week a list of seven."""
    monday = first - timedelta(days=first.weekday())
    weeks = []
    while monday <= last:
        days = [monday + timedelta(days=ahead) for ahead in range(7)]
        weeks.append(
            [
                DayCell(
                    day,
                    len(found[day]) if day in found else None,
                    first_of_page=day == first,
                    gone=day < first,
                )
                for day in days
            ]
        )
        monday += timedelta(days=7)
    return weeks


def times_of(free: Sequence[Opportunity], hours: SiteHours, day: date) -> list[SpellTimes]:
    """Return the free times of *day* by its opening hours: before lunch, after it, later."""
    spells = [
        SpellTimes(spell, tuple(each for each in free if spell.holds(each.starts_at)))
        for spell in open_intervals(hours, day)
    ]
    return [each for each in spells if each.times]
