"""Somebody before a terminal who books, comes and queues: a site with places, and its pages."""

import re
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings.models import Booking
from kiosk_server.bookings.slots import fit
from kiosk_server.bookings.terms import booking_terms
from kiosk_server.core import clock
from kiosk_server.queue.models import QueueTicket
from kiosk_server.settings import Settings
from kiosk_server.terminals.models import Terminal
from tests.support.first_rows import seed
from tests.support.kiosk_person import AYGUL, Person
from tests.support.terminal_client import database_of

MORNING = datetime(2026, 11, 25, 2, 20, tzinfo=UTC)
"""A Wednesday, 10:20 in Beijing."""
NIGHT = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
BOOK = "/kiosk/notice?errand=bookings"
CHECK_IN = "/kiosk/notice?errand=check_in"
NEW = "/kiosk/bookings/group"
_CODE = re.compile(r'code-figure num" data-private>(\d{4}) (\d{4})<')
_VALUE = 'name="{}" value="([^"]+)"'


def opened(app: Flask, settings: Settings) -> None:
    """The sample city, and places at its centre today and on the two days after."""
    database = database_of(app)
    seed(database, settings)
    today = clock.beijing_today()
    with database.unit_of_work() as session:
        last = today + timedelta(days=2)
        fit(session, "atushi-centre", today, last, booking_terms(settings), by=SYSTEM)


def known(person: Person, errand: str = BOOK, card: dict[str, str] = AYGUL) -> Person:
    """Choose the errand, agree to the reading, place *card*."""
    person.open(errand).touch("/kiosk/notice")
    assert person.path == "/kiosk/card"
    return person.place_card(card)


def offered(person: Person, name: str) -> list[str]:
    """What the buttons called *name* on the page send."""
    return re.findall(_VALUE.format(name), person.answer.text)


def chosen_day(person: Person, at: int = 0) -> Person:
    """From the group to the times of the day *at* so many days ahead, at this site."""
    person.open(NEW).touch(NEW, group="social-insurance")
    person.touch("/kiosk/bookings/services", service="insurance-record")
    person.touch("/kiosk/bookings/site", site=offered(person, "site")[0])
    return person.touch("/kiosk/bookings/day", day=offered(person, "day")[at])


def held(person: Person, *, at: int = 0, day: int = 0) -> Person:
    """A place of the day is kept."""
    chosen_day(person, at=day)
    return person.touch("/kiosk/bookings/time", slot=offered(person, "slot")[at])


def booked(person: Person, *, at: int = 0, day: int = 0) -> Person:
    """A place of the day is booked."""
    held(person, at=at, day=day)
    return person.touch(f"{person.path}/confirm")


def code_on(person: Person) -> str:
    """The check-in code that the screen shows."""
    found = _CODE.search(person.answer.text)
    assert found, person.path
    return "".join(found.groups())


def rows(app: Flask) -> list[Booking]:
    """Every booking, the oldest first."""
    with database_of(app).reading() as session:
        return list(session.scalars(select(Booking).order_by(Booking.id)))


def tickets(app: Flask) -> list[QueueTicket]:
    """Every ticket, the oldest first."""
    with database_of(app).reading() as session:
        return list(session.scalars(select(QueueTicket).order_by(QueueTicket.id)))


def moved_to_bank(person: Person, host: str = "sample-bank") -> None:
    """The terminal stands in a bank from now on."""
    with database_of(person.terminal.app).unit_of_work() as session:
        session.get_one(Terminal, person.terminal.id).host_place_id = host
