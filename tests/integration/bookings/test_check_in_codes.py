"""Check-in codes: whose booking eight digits open, and whose they do not."""

from datetime import timedelta

import pytest

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings.check_in_codes import (
    booking_by_code,
    check_in_code,
    qr_text,
    read_code,
)
from kiosk_server.bookings.life import EndedFor
from kiosk_server.bookings.services import cancel
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from tests.support.booking import DAY, NOON, SITE, TERMS, BookedSite
from tests.support.queue_hall import Hall


@pytest.fixture
def hall(database: Database) -> Hall:
    """A centre with slots on its Wednesday, two days before."""
    with clock.frozen(NOON):
        return Hall(BookedSite.open(database))


def opened(hall: Hall, code: str, *, site_id: str = SITE, days: int = 0) -> str | None:
    """The booking that a code opens at a site, some days later."""
    with hall.site.database.reading() as session:
        day = DAY + timedelta(days=days)
        found = booking_by_code(session, site_id, day, code, hall.site.database.keyring)
        return found.id if found else None


def test_a_code_opens_its_booking_on_its_day_at_its_site(hall: Hall) -> None:
    """Not on another day, not elsewhere; again once it is checked in; not when given up."""
    mine, other = hall.books(1), hall.books(2, slot=1)
    code = check_in_code(mine, hall.site.database.keyring)
    assert opened(hall, code) == mine
    assert opened(hall, code, days=1) is None
    assert opened(hall, code, site_id="xingfulu") is None
    hall.checks_in(0, mine)
    assert opened(hall, code) == mine
    with clock.frozen(NOON), hall.site.database.unit_of_work() as session:
        cancel(session, other, EndedFor.OWN_WISH, terms=TERMS, by=SYSTEM)
    assert opened(hall, check_in_code(other, hall.site.database.keyring)) is None


def test_a_hold_has_no_code_and_digits_are_not_guessed(hall: Hall) -> None:
    """Who has not said yes yet is not let in; codes beside a right one open nothing."""
    with clock.frozen(NOON):
        held = hall.site.hold(1)
    assert opened(hall, check_in_code(held.id, hall.site.database.keyring)) is None
    code = int(check_in_code(hall.books(2, slot=1), hall.site.database.keyring))
    assert not any(opened(hall, f"{(code + step) % 10**8:08}") for step in (-1, 1, 10, 10**7))


def test_what_is_typed_and_what_is_scanned_are_read_alike() -> None:
    """Spaces do not matter; nothing but eight ASCII digits is a code."""
    assert read_code("1234 5678") == read_code(qr_text("12345678")) == "12345678"
    assert read_code(" kci1:12345678\n") == "12345678"
    wrong = ("", "1234567", "123456789", "KCI2:12345678", "1234567x", "１２３４５６７８", "KCI1:")
    assert [read_code(text) for text in wrong] == [None] * len(wrong)
