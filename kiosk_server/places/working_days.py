"""
Working days (工作日) of the official calendar, with the days that were moved (调休).

A year whose calendar is not known yet is reckoned by weekdays alone and said to be provisional:
rules cannot derive what is announced each November. What ships with the product is `shipped`; what
an editor entered since then lies over it, year by year (`calendars.py`). Pure.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "calendar.toml"
_SATURDAY = 5
Exceptions = Mapping[date, bool]
"""Day -> whether it is worked on, for days that are not what their weekday says."""


@dataclass(frozen=True)
class DueDay:
    """The last day of a limit; `provisional` where a year on the way is not known yet."""

    day: date
    provisional: bool


@dataclass(frozen=True)
class Calendar:
    """The years that are known, each with its exceptions."""

    years: Mapping[int, Exceptions]

    def is_known(self, year: int) -> bool:
        """Return whether the calendar of *year* is known."""
        return year in self.years

    def announced(self, day: date) -> bool | None:
        """Return whether *day* was announced as worked or free; None where nothing is said."""
        return self.years.get(day.year, {}).get(day)

    def is_working_day(self, day: date) -> bool:
        """Return whether *day* is worked on; by its weekday where its year is not known."""
        return self.years.get(day.year, {}).get(day, day.weekday() < _SATURDAY)

    def working_days_after(self, start: date, days: int) -> DueDay:
        """Return the last day of a limit of *days* working days that begins the day after."""
        day, left, provisional = start, days, False
        while left:
            day += timedelta(days=1)
            provisional = provisional or not self.is_known(day.year)
            left -= self.is_working_day(day)
        return DueDay(day, provisional)

    def with_year(self, year: int, exceptions: Exceptions) -> "Calendar":
        """Return this calendar with *year* as *exceptions* have it."""
        return Calendar({**self.years, year: exceptions})


@cache
def shipped() -> Calendar:
    """Return the calendar that came with the product, from `data/calendar.toml`."""
    told = tomllib.loads(_DATA.read_text("utf-8"))["year"]
    return Calendar({year["year"]: exceptions(year["free"], year["worked"]) for year in told})


def exceptions(free: Iterable[Iterable[str]], worked: Iterable[str]) -> Exceptions:
    """Return one year's exceptions from spells of free days and single days that are worked."""
    days: dict[date, bool] = {}
    for first, last in free:
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            days[day] = False
            day += timedelta(days=1)
    return days | {date.fromisoformat(day): True for day in worked}
