"""
Working days (工作日) of the official calendar, with the days that were moved (调休).

A year whose calendar is not known yet is reckoned by weekdays alone and said to be provisional:
rules cannot derive what is announced each November.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "calendar.toml"
_SATURDAY = 5


@dataclass(frozen=True)
class DueDay:
    """The last day of a limit; `provisional` where a year on the way is not known yet."""

    day: date
    provisional: bool


@cache
def _exceptions() -> Mapping[int, Mapping[date, bool]]:
    """Year -> day -> whether it is worked on, for days that are not what their weekday says."""
    years: dict[int, dict[date, bool]] = {}
    for told in tomllib.loads(_DATA.read_text("utf-8"))["year"]:
        days = years.setdefault(told["year"], {})
        for first, last in told["free"]:
            day = date.fromisoformat(first)
            while day <= date.fromisoformat(last):
                days[day] = False
                day += timedelta(days=1)
        days.update({date.fromisoformat(day): True for day in told["worked"]})
    return years


def is_known(year: int) -> bool:
    """Return whether the calendar of *year* is known."""
    return year in _exceptions()


def announced(day: date) -> bool | None:
    """Return whether the calendar has *day* worked or free; None where it says nothing of it."""
    return _exceptions().get(day.year, {}).get(day)


def is_working_day(day: date) -> bool:
    """Return whether *day* is worked on; by its weekday where its year is not known."""
    return _exceptions().get(day.year, {}).get(day, day.weekday() < _SATURDAY)


def working_days_after(start: date, days: int) -> DueDay:
    """Return the last day of a limit of *days* working days that begins the day after *start*."""
    day, left, provisional = start, days, False
    while left:
        day += timedelta(days=1)
        provisional = provisional or not is_known(day.year)
        left -= is_working_day(day)
    return DueDay(day, provisional)
