"""A year's calendar entered on both databases: days that were unknown get their places."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings.chores import make_slots
from kiosk_server.bookings.queries import slots_on
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Invalid
from kiosk_server.places.calendars import (
    calendar_of,
    enter_year,
    is_day_known,
    missing_year,
    pretend,
    warn_of_missing_year,
    year_told,
)
from tests.support.booking import SITE, TERMS, BookedSite

DECEMBER = datetime(2026, 12, 28, 4, tzinfo=UTC)
FREE = ["2027-01-01 2027-01-03", "", "2027-02-05 – 2027-02-12"]
TERMS_OF_TWO_WEEKS = replace(TERMS, days_ahead=14)
WEDNESDAY = date(2027, 1, 6)
BASIS = "测试通知：2027年部分节假日安排"


@pytest.fixture(autouse=True)
def december() -> Iterator[None]:
    """It is the last Monday of a year whose successor is not known."""
    with clock.frozen(DECEMBER):
        yield


def slots(database: Database, day: date) -> int:
    with database.reading() as session:
        return len(slots_on(session, SITE, day))


@pytest.mark.policy("P41")
def test_days_of_a_year_get_places_once_it_is_known(database: Database) -> None:
    """Nothing is offered beyond the known years; entered, the year counts, and again anew."""
    BookedSite.open(database)
    make_slots(database, TERMS_OF_TWO_WEEKS)
    with database.reading() as session:
        assert not is_day_known(session, WEDNESDAY)
        assert missing_year(session) == 2027
    assert (slots(database, date(2026, 12, 30)), slots(database, WEDNESDAY)) == (2, 0)
    told = year_told(FREE, ["2027-02-20"], year=2027)
    with database.unit_of_work() as session:
        enter_year(session, told, BASIS, by=SYSTEM)
    make_slots(database, TERMS_OF_TWO_WEEKS)
    assert slots(database, WEDNESDAY) == 2
    with database.unit_of_work() as session:
        assert missing_year(session) is None
        again = year_told(["2027-01-01 2027-01-06"], [], year=2027)
        enter_year(session, again, BASIS, by=SYSTEM)
        assert calendar_of(session).announced(WEDNESDAY) is False
    make_slots(database, TERMS_OF_TWO_WEEKS)
    with database.reading() as session:
        assert all(each.closed_at for each in slots_on(session, SITE, WEDNESDAY))


def test_a_preview_reckons_with_a_year_that_is_not_kept(database: Database) -> None:
    """What is pretended stays in its session."""
    with database.reading() as session:
        pretend(session, year_told(FREE, [], year=2027))
        assert calendar_of(session).is_known(2027)
    with database.reading() as session:
        assert not calendar_of(session).is_known(2027)


def test_in_december_the_log_says_what_is_missing(database: Database) -> None:
    """A chore says so every day from the first of December on, and not before."""
    with capture_logs() as said, database.reading() as session:
        warn_of_missing_year(session)
    assert [(each["event"], each["year"]) for each in said] == [("calendar_missing", 2027)]
    november = DECEMBER - timedelta(days=40)
    with clock.frozen(november), capture_logs() as said, database.reading() as session:
        warn_of_missing_year(session)
    assert said == []


@pytest.mark.parametrize(
    ("free", "worked", "code"),
    [
        (["2027-13-01"], [], "day_unreadable"),
        (["2027-01-05 2027-01-01"], [], "day_unreadable"),
        (["2027-01-01 2027-03-01"], [], "day_unreadable"),
        (["2026-12-31 2027-01-01"], [], "day_of_another_year"),
        (["2027-01-01 2027-01-03", "2027-01-03"], [], "day_told_twice"),
        (["2027-01-02"], ["2027-01-02"], "day_told_twice"),
        (["2027-01-01"], ["2027-01-04"], "weekday_anyway"),
        ([], [], "days_missing"),
    ],
    ids=["no day", "backwards", "too long", "year", "twice", "both", "weekday", "none"],
)
def test_an_announcement_that_cannot_be_is_refused(
    free: list[str], worked: list[str], code: str
) -> None:
    """Every line that is wrong is named."""
    with pytest.raises(Invalid) as refused:
        year_told(free, worked, year=2027)
    assert code in {fault.code for fault in refused.value.fields}
