"""Bookings in the console: the day at a window, who just comes, and hours that change."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings.models import Booking, Slot
from kiosk_server.bookings.services import confirm
from kiosk_server.core import clock
from kiosk_server.queue.queries import waiting_at
from tests.support.booking import DAY, NOON, SITE, BookedSite
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed

HERE, HOURS = "/staff/bookings", f"/staff/sites/{SITE}/hours"
MORNING = NOON + timedelta(days=1, hours=22)
"""Ten o'clock of the day that is booked."""


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    """It is ten in the morning of a Wednesday."""
    with clock.frozen(MORNING):
        yield


@pytest.fixture
def booked(app: Flask) -> Booking:
    """Somebody who is expected at a quarter past ten."""
    seed(app)
    site = BookedSite.open(database_of(app))
    with clock.frozen(NOON):
        held = site.hold(1, 1)
        with site.database.unit_of_work() as session:
            return confirm(session, held.id, by=SYSTEM)


@pytest.fixture
def clerk(app: Flask, booked: Booking) -> StaffBrowser:
    """A clerk of the city, signed in."""
    return StaffBrowser(app).sign_in("chuangkou")


def proper(answer: TestResponse) -> str:
    """The text of a page in which nothing is wrong."""
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert faults_of(answer.text, policy, help_phone="") == []
    return answer.text


def states(app: Flask) -> list[str]:
    with database_of(app).reading() as session:
        return list(session.scalars(select(Booking.state).order_by(Booking.id)))


@pytest.mark.policy("P16")
def test_the_book_of_a_day(app: Flask, clerk: StaffBrowser, booked: Booking) -> None:
    """Who booked is checked in from it; who just came stands in it without a name."""
    page = proper(clerk.get(HERE))
    assert "测***·居民1" in page
    assert "/staff/queue/check-in" in page
    assert clerk.post(f"{HERE}/{booked.id}", HERE, verb="miss").status_code == 409
    assert clerk.post("/staff/queue/check-in", HERE, booking=booked.id).status_code == 303
    came = clerk.post("/staff/queue/walk-in", HERE, site=SITE, group="social-insurance")
    assert came.status_code == 303
    assert states(app) == ["checked_in", "checked_in"]
    with database_of(app).reading() as session:
        assert len(waiting_at(session, SITE, ["social-insurance"])) == 2
    assert "未登记身份" in proper(clerk.get(f"{HERE}?site={SITE}&day={DAY}"))
    assert clerk.post(f"{HERE}/{booked.id}", HERE, verb="cancel").status_code == 409


def test_the_book_calls_nobody(clerk: StaffBrowser, booked: Booking) -> None:
    """Calling, and numbers for who just comes, are on the queue's page alone."""
    page = proper(clerk.get(HERE))
    assert "/staff/queue" in page
    assert "/walk-in" not in page
    for verb in ("check_in", "call", "park", "serve"):
        assert clerk.post(f"{HERE}/{booked.id}", HERE, verb=verb).status_code == 404


def test_a_booking_of_another_division_is_not_there(app: Flask, booked: Booking) -> None:
    """A clerk of a township works with the bookings of its own sites alone."""
    other = StaffBrowser(app).sign_in("songtake")
    assert other.post(f"{HERE}/{booked.id}", HERE, verb="cancel").status_code == 404
    assert other.get(HOURS).status_code == 404
    assert states(app) == ["confirmed"]


def test_a_closing_takes_places_away_and_lifting_gives_them_back(
    app: Flask, clerk: StaffBrowser
) -> None:
    """In one step from the page: slots shut, the booking ended; and open again."""
    assert proper(clerk.get(HOURS))
    until = "2026-11-25T18:00"
    answer = clerk.post(f"/staff/sites/{SITE}/closings", HOURS, reason="power", until=until)
    assert answer.status_code == 303
    assert states(app)[0] == "cancelled"
    page = proper(clerk.get(HOURS))
    assert "停电" in page
    lift = page.split("/closings/")[1].split("/lift")[0]
    address = f"/staff/sites/{SITE}/closings/{lift}/lift"
    assert clerk.post(address, HOURS).status_code == 303
    with database_of(app).reading() as session:
        assert not session.scalars(select(Slot).where(Slot.closed_at.is_not(None))).all()


def test_a_day_is_set_and_cleared(app: Flask, clerk: StaffBrowser) -> None:
    """A day off, and as usual again; what cannot be read is said and changes nothing."""
    day, days = "2026-11-26", f"/staff/sites/{SITE}/days"
    assert clerk.post(days, HOURS, day=day, kind="closed").status_code == 303
    assert day in proper(clerk.get(HOURS))
    assert clerk.post(f"{days}/clear", HOURS, day=day).status_code == 303
    wrong = clerk.post(days, HOURS, day=day, kind="more", opens="20:00", closes="19:00")
    assert wrong.status_code == 422
    assert day not in clerk.get(HOURS).text
