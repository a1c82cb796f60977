"""Working days of the official calendar."""

from datetime import date, timedelta

import pytest

from kiosk_server.places.working_days import DueDay, exceptions, shipped

WORKED = ("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10")


def test_days_that_were_moved_are_worked_on() -> None:
    """Six Saturdays and Sundays of 2026 are worked on, and no other."""
    day, found = date(2026, 1, 1), []
    while day.year == 2026:
        if day.weekday() >= 5 and shipped().is_working_day(day):
            found.append(day.isoformat())
        day += timedelta(days=1)
    assert tuple(found) == WORKED


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 11, 20), 10, DueDay(date(2026, 12, 4), provisional=False)),
        (date(2026, 9, 24), 1, DueDay(date(2026, 9, 28), provisional=False)),
        (date(2026, 9, 30), 2, DueDay(date(2026, 10, 9), provisional=False)),
        (date(2026, 12, 30), 1, DueDay(date(2026, 12, 31), provisional=False)),
        (date(2026, 12, 30), 3, DueDay(date(2027, 1, 4), provisional=True)),
    ],
)
def test_a_limit_counts_working_days_alone(start: date, days: int, due: DueDay) -> None:
    """The first day is the one after; a year that is not known makes it provisional."""
    assert shipped().working_days_after(start, days) == due
    assert not shipped().is_known(2027)


def test_a_year_that_was_entered_counts_and_others_stay_as_they_were() -> None:
    """A limit into a year that became known is no longer provisional, and steps over its days."""
    year = exceptions([("2027-01-01", "2027-01-03")], ["2027-01-09"])
    calendar = shipped().with_year(2027, year)
    assert calendar.working_days_after(date(2026, 12, 30), 2) == DueDay(date(2027, 1, 4), False)
    assert calendar.is_working_day(date(2027, 1, 9))
    assert calendar.announced(date(2026, 10, 1)) is False
    assert not calendar.is_known(2028)
