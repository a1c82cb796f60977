"""My tickets through the phone's API, and those who would like to see another's."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings.life import Channel
from kiosk_server.bookings.making import Wish
from kiosk_server.bookings.services import confirm, hold
from kiosk_server.core import clock
from kiosk_server.queue.queries import tickets_of
from kiosk_server.queue.services import check_in
from kiosk_server.residents.models import PhoneAccount
from tests.support.booking import NOON, SHORT, SITE, TERMS, BookedSite
from tests.support.phone import AYGUL, Program
from tests.support.queue_hall import Hall, at

WINDOW = "atushi-centre-1"


@pytest.fixture
def morning() -> Iterator[None]:
    """Ten in the morning of the day that is booked."""
    with clock.frozen(at(0)):
        yield


@pytest.fixture
def phone(app: Flask, morning: None) -> Program:
    """A program of somebody who has proven her name."""
    program = Program(app).sign_in()
    assert program.prove(AYGUL).status_code == 200
    return program


@pytest.fixture
def hall(phone: Program) -> Hall:
    """The centre, with slots from ten on."""
    with clock.frozen(NOON):
        return Hall(BookedSite.open(phone.database))


def mine(phone: Program, hall: Hall) -> str:
    """Let the phone's holder check in who had booked the first slot; return her ticket."""
    with phone.database.unit_of_work() as session:
        resident = session.scalars(select(PhoneAccount.resident_id)).one()
        wish = Wish(resident or "", SHORT, Channel.PHONE)
        with clock.frozen(NOON):
            booking = hold(session, hall.site.slots()[0].id, wish, terms=TERMS, by=SYSTEM)
            confirm(session, booking.id, by=SYSTEM)
        return check_in(session, booking.id, site_id=SITE, by=SYSTEM).ticket.id


def test_my_ticket_is_followed_and_given_back(phone: Program, hall: Hall) -> None:
    """Where it stands, its window once called, its page's address; a ticket that waits is left."""
    ticket = mine(phone, hall)
    (told,) = phone.call("GET", "/tickets").get_json()["items"]
    assert (told["id"], told["label"], told["state"], told["ahead"]) == (
        ticket,
        "A001",
        "waiting",
        0,
    )
    assert (told["at_least_minutes"], told["at_most_minutes"]) == (0, 5)
    page = told["address"].split(phone.settings.public_origin)[1]
    assert phone.app.test_client().get(page).status_code == 200
    assert hall.calls(1, WINDOW) == ticket
    called = phone.call("GET", f"/tickets/{ticket}").get_json()
    assert (called["state"], called["window"], called["at_least_minutes"]) == ("called", "1", None)
    refused = phone.call("POST", f"/tickets/{ticket}/leave")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "wrong_state")
    with clock.frozen(at(24 * 60)), phone.database.reading() as session:
        resident = session.scalars(select(PhoneAccount.resident_id)).one()
        assert tickets_of(session, resident or "") == []


def test_a_ticket_that_waits_is_left_twice_and_is_left_once(phone: Program, hall: Hall) -> None:
    """Whatever is sent again changes nothing more."""
    ticket = mine(phone, hall)
    for _ in range(2):
        left = phone.call("POST", f"/tickets/{ticket}/leave")
        assert (left.status_code, left.get_json()["state"]) == (200, "left")


@pytest.mark.policy("P39")
def test_anothers_ticket_is_as_unknown_as_none(phone: Program, hall: Hall) -> None:
    """A walk-in's, another resident's, nobody's: refused alike, and audited."""
    walk_in, other = hall.takes(0), hall.checks_in(0, hall.books(1, slot=1))
    for ticket in (walk_in, other, "0" * 26):
        for method, path in (("GET", ""), ("POST", "/leave")):
            answer = phone.call(method, f"/tickets/{ticket}{path}")
            assert (answer.status_code, answer.get_json()["code"]) == (404, "ticket_not_found")
    assert phone.call("GET", "/tickets").get_json()["items"] == []
    with phone.database.reading() as session:
        refused = select(AuditEntry).where(AuditEntry.event == "ticket.refused")
        assert len(session.scalars(refused).all()) == 6
