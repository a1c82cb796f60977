"""When a site is open: weeks, exchanged days, days of their own, longer hours, closings."""

from datetime import date, datetime, time

import pytest

from kiosk_server.core import clock
from kiosk_server.places.hours import (
    DayKind,
    DayTold,
    Interval,
    SiteHours,
    is_open_at,
    next_opening,
    open_intervals,
)
from kiosk_server.places.rules import Opening
from kiosk_server.places.service_groups import group_of, service_groups
from kiosk_server.places.working_days import shipped

WEEK = (
    Opening((1, 2, 3, 4, 5), time(10), time(14)),
    Opening((1, 2, 3, 4), time(16), time(19, 30)),
)
WEDNESDAY = date(2026, 11, 25)


def hours(*days: DayTold, closings: tuple[Interval, ...] = ()) -> SiteHours:
    return SiteHours(WEEK, days, closings, shipped().announced)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.BEIJING)


def spells(told: SiteHours, day: date) -> list[str]:
    return [f"{each.starts:%H:%M}-{each.ends:%H:%M}" for each in open_intervals(told, day)]


def test_lunch_is_no_opening_time() -> None:
    """A day has the spells of its weekday, with the midday between them closed."""
    assert spells(hours(), WEDNESDAY) == ["10:00-14:00", "16:00-19:30"]
    assert is_open_at(hours(), at(WEDNESDAY, 13, 59))
    assert not is_open_at(hours(), at(WEDNESDAY, 14))
    assert next_opening(hours(), at(WEDNESDAY, 14)) == at(WEDNESDAY, 16)


@pytest.mark.parametrize(
    ("day", "open_then"),
    [
        pytest.param(date(2026, 10, 1), [], id="a holiday on a Thursday"),
        pytest.param(date(2026, 10, 10), ["10:00-14:00"], id="a Saturday worked as a Friday"),
        pytest.param(date(2026, 11, 28), [], id="an ordinary Saturday"),
    ],
)
def test_the_official_calendar_moves_days(day: date, open_then: list[str]) -> None:
    """A holiday is closed whatever its weekday; a day worked in exchange has a Friday's hours."""
    assert spells(hours(), day) == open_then


@pytest.mark.policy("P41")
def test_longer_hours_come_on_top_and_serve_a_holiday_too() -> None:
    """延时错时 hours join the week's where they touch, and open a day that is off."""
    evening = DayTold(WEDNESDAY, DayKind.MORE, ((time(19, 30), time(21)),))
    assert spells(hours(evening), WEDNESDAY) == ["10:00-14:00", "16:00-21:00"]
    holiday = DayTold(date(2026, 10, 1), DayKind.MORE, ((time(11), time(13)),))
    assert spells(hours(holiday), holiday.day) == ["11:00-13:00"]


def test_a_day_of_its_own_counts_before_the_week() -> None:
    """A day may have other hours, or none."""
    short = DayTold(WEDNESDAY, DayKind.INSTEAD, ((time(12), time(13)),))
    assert spells(hours(short), WEDNESDAY) == ["12:00-13:00"]
    assert spells(hours(DayTold(WEDNESDAY, DayKind.CLOSED)), WEDNESDAY) == []


def test_a_closing_cuts_through_everything() -> None:
    """What is shut at short notice is shut, and the next opening is after it."""
    shut = Interval(at(WEDNESDAY, 11), at(WEDNESDAY, 17))
    told = hours(closings=(shut,))
    assert spells(told, WEDNESDAY) == ["10:00-11:00", "17:00-19:30"]
    assert next_opening(told, at(WEDNESDAY, 12)) == at(WEDNESDAY, 17)


def test_what_never_opens_says_so() -> None:
    """A site without hours has no next opening."""
    never = SiteHours((), (), (), shipped().announced)
    assert next_opening(never, at(WEDNESDAY, 9)) is None


def test_a_combination_takes_less_than_its_parts() -> None:
    """One reception serves several matters; some pairs have minutes of their own."""
    social = service_groups()["social-insurance"]
    assert social.minutes_for(["insurance-record"]) == 10
    assert social.minutes_for(["insurance-record", "insurance-enrol"]) == 25
    assert social.minutes_for(["pension-claim", "insurance-record"]) == 30


def test_services_of_two_windows_are_no_visit() -> None:
    """What one kind of window does not take together is not booked together, nor twice."""
    assert group_of(["insurance-record", "pension-claim"]) is not None
    assert group_of(["insurance-record", "medical-enrol"]) is None
    assert group_of(["insurance-record", "insurance-record"]) is None
    assert group_of([]) is None
