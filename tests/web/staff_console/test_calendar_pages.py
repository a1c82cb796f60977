"""The official calendar in the console: warned of, previewed, entered; slots follow."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.bookings.chores import CALENDAR_CHANGED
from kiosk_server.bookings.queries import slots_on
from kiosk_server.core import clock
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.reactions import HANDLERS, Context
from kiosk_server.settings import Settings
from tests.support.booking import SITE, BookedSite
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed

HERE = "/staff/calendar"
TOLD = {
    "year": "2027",
    "free": "2027-01-01 2027-01-03\n2027-02-05 2027-02-12",
    "worked": "2027-02-20",
    "basis": "测试通知：2027年部分节假日安排",
}


@pytest.fixture(autouse=True)
def december() -> Iterator[None]:
    """It is the last Monday of a year whose successor is not known."""
    with clock.frozen(datetime(2026, 12, 28, 4, tzinfo=UTC)):
        yield


@pytest.fixture
def site(app: Flask) -> BookedSite:
    """A site that is booked on Wednesdays."""
    seed(app)
    return BookedSite.open(database_of(app))


def proper(answer: TestResponse, status: int = 200) -> str:
    """The text of a page in which nothing is wrong."""
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert faults_of(answer.text, policy, help_phone="") == []
    return answer.text


def test_a_year_is_entered_by_who_may(app: Flask, settings: Settings, site: BookedSite) -> None:
    """Clerks are warned, the administrator enters; the worker makes the slots of the new year."""
    clerk = StaffBrowser(app).sign_in("chuangkou")
    assert "2027 年的节假日安排还没有录入" in proper(clerk.get("/staff/bookings"))
    assert clerk.get(HERE).status_code == 403
    keeper = StaffBrowser(app).sign_in("guanli")
    assert "还没有" in proper(keeper.get(HERE))
    preview = proper(keeper.post(f"{HERE}/preview", HERE, **TOLD))
    assert "新放出" in preview
    assert "还没有录入" in proper(keeper.get(HERE))
    assert keeper.post(HERE, HERE, **TOLD).status_code == 303
    assert "还没有录入" not in proper(keeper.get(HERE))
    with site.database.reading() as session:
        wanted = select(OutboxMessage).where(OutboxMessage.topic == CALENDAR_CHANGED)
        letter = session.scalars(wanted).one()
    HANDLERS[CALENDAR_CHANGED](Context(site.database, settings), letter)  # type: ignore[arg-type]
    with site.database.reading() as session:
        assert len(slots_on(session, SITE, date(2027, 1, 6))) == 2


def test_what_cannot_be_read_is_said_and_kept(app: Flask, site: BookedSite) -> None:
    """A wrong line is named, and what was typed stands there still."""
    keeper = StaffBrowser(app).sign_in("guanli")
    wrong = proper(keeper.post(f"{HERE}/preview", HERE, **{**TOLD, "worked": "2027-02-22"}), 422)
    assert "本来就是工作日" in wrong
    assert "2027-02-22" in wrong
    missing = keeper.post(HERE, HERE, **{**TOLD, "basis": ""})
    assert "依据的通知" in proper(missing, 422)
