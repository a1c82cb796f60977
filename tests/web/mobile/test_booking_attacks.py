"""Whoever would have what is another's, or more than his share: refused, and written down."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings import chores
from kiosk_server.bookings.models import Booking, Slot, WaitingEntry
from kiosk_server.bookings.rules import MOST_AN_HOUR
from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_id
from kiosk_server.queue.models import QueueTicket
from kiosk_server.queue.services import check_in
from kiosk_server.residents.models import PhoneAccount
from tests.support.booking import DAY, GROUP, NOON, SHORT, SITE, TERMS, BookedSite
from tests.support.crowd import phones
from tests.support.phone import API

KEY = "the-same-key-twice"


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is Monday noon, and the places are those of Wednesday."""
    with clock.frozen(NOON):
        yield


@dataclass
class Caller:
    """A signed-in program of one person."""

    app: Flask
    resident: str
    token: str

    def call(self, method: str, path: str, key: str = "", **body: Any) -> TestResponse:
        """Send one request."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if key:
            headers["Idempotency-Key"] = key
        return self.app.test_client().open(
            f"{API}{path}", method=method, json=body or None, headers=headers
        )

    def holds(self, slot_id: str, key: str = "", **more: Any) -> TestResponse:
        """Ask for a place."""
        return self.call("POST", "/bookings", key, slot_id=slot_id, services=list(SHORT), **more)

    def booked(self, slot_id: str) -> str:
        """Book a place; return the booking."""
        booking: str = self.holds(slot_id).get_json()["id"]
        assert self.call("POST", f"/bookings/{booking}/confirm").status_code == 200
        return booking

    def waits(self, day: date) -> TestResponse:
        """Ask to wait for a place on a day."""
        return self.call("POST", "/waiting", site=SITE, services=list(SHORT), day=str(day))


@dataclass
class Town:
    """A site with one place at a time to be booked, and people who would like it."""

    app: Flask
    site: BookedSite
    tokens: dict[str, str]

    def caller(self, index: int) -> Caller:
        """The program of one person who has proven his name."""
        resident, token = list(self.tokens.items())[index]
        return Caller(self.app, resident, token)

    def slots(self) -> list[str]:
        """The day's slots, the first one first."""
        return [slot.id for slot in self.site.slots()]

    def full_day(self, ahead: int) -> date:
        """Enter a slot without a place on a day of its own."""
        day, starts = DAY + timedelta(days=ahead), NOON + timedelta(days=2 + ahead)
        row = Slot(
            id=new_id(),
            site_id=SITE,
            group_code=GROUP,
            day=day,
            starts_at=starts,
            ends_at=starts + timedelta(minutes=15),
            capacity=1,
            walk_in=1,
            remaining_booked=0,
            remaining_total=1,
        )
        with self.site.database.unit_of_work() as session:
            session.add(row)
        return day

    def audited(self) -> list[tuple[str, str | None]]:
        """Who was refused what, in order."""
        events = (AuditEvent.BOOKING_REFUSED.value, AuditEvent.TICKET_REFUSED.value)
        wanted = select(AuditEntry).where(AuditEntry.event.in_(events)).order_by(AuditEntry.id)
        with self.site.database.reading() as session:
            whose = dict(session.execute(select(PhoneAccount.id, PhoneAccount.resident_id)).all())
            return [
                (each.facts["reason"], whose.get(each.actor_id, each.actor_id))
                for each in session.scalars(wanted)
            ]

    def bookings(self) -> list[Booking]:
        """Every booking, the first one first."""
        with self.site.database.reading() as session:
            return list(session.scalars(select(Booking).order_by(Booking.id)))


@pytest.fixture
def town(app: Flask) -> Town:
    """Eight slots of one bookable place each."""
    site = BookedSite.open(app.extensions["kiosk_database"], closes=time(12))
    with site.database.unit_of_work() as session:
        return Town(app, site, phones(session, 3))


def refused(answer: TestResponse, status: int) -> str:
    """The code of a refusal."""
    assert answer.status_code == status, answer.text
    code: str = answer.get_json()["code"]
    return code


def test_nobody_books_for_another(town: Town) -> None:
    """A body that names somebody else is refused whole, not read past."""
    thief, other = town.caller(1), town.caller(2)
    for field in ("resident_id", "account_id", "for", "channel", "state", "held_until"):
        answer = thief.holds(town.slots()[0], **{field: other.resident})
        assert refused(answer, 422) == "invalid"
    assert town.bookings() == []


def test_anothers_booking_is_not_there(town: Town) -> None:
    """Read, confirmed, cancelled or moved by its id: as unknown as none, and audited each time."""
    owner, thief = town.caller(1), town.caller(2)
    first, second, *_ = town.slots()
    kept, held = owner.booked(first), owner.holds(second).get_json()["id"]
    tried = [
        thief.call("GET", f"/bookings/{kept}"),
        thief.call("POST", f"/bookings/{held}/confirm"),
        thief.call("POST", f"/bookings/{kept}/cancel"),
        thief.call("POST", f"/bookings/{kept}/move", slot_id=town.slots()[3]),
    ]
    nothing = thief.call("GET", f"/bookings/{new_id()}")
    assert {refused(each, 404) for each in [*tried, nothing]} == {"booking_not_found"}
    assert [each.get_json() | {"request_id": ""} for each in tried[:1]] == [
        nothing.get_json() | {"request_id": ""}
    ]
    assert thief.call("GET", "/bookings").get_json()["items"] == []
    assert [each.state for each in town.bookings()] == ["confirmed", "held"]
    assert town.audited() == [("booking_not_found", thief.resident)] * 5


def test_anothers_ticket_is_not_there(town: Town) -> None:
    """Neither seen nor given back by its id, and audited."""
    owner, thief = town.caller(1), town.caller(2)
    booking = owner.booked(town.slots()[0])
    with (
        clock.frozen(NOON + timedelta(days=1, hours=22)),
        town.site.database.unit_of_work() as session,
    ):
        ticket = check_in(session, booking, site_id=SITE, by=SYSTEM).ticket
    assert refused(thief.call("GET", f"/tickets/{ticket.id}"), 404) == "ticket_not_found"
    assert refused(thief.call("POST", f"/tickets/{ticket.id}/leave"), 404) == "ticket_not_found"
    assert thief.call("GET", "/tickets").get_json()["items"] == []
    with town.site.database.reading() as session:
        assert session.get_one(QueueTicket, ticket.id).state == "waiting"
    assert town.audited() == [("ticket_not_found", thief.resident)] * 2


def test_a_key_of_another_opens_nothing(town: Town) -> None:
    """The same Idempotency-Key in other hands neither shows the answer nor takes the booking."""
    owner, thief = town.caller(1), town.caller(2)
    first, second, *_ = town.slots()
    mine = owner.holds(first, KEY).get_json()["id"]
    assert refused(thief.holds(first, KEY), 409) == "slot_full"
    theirs = thief.holds(second, KEY)
    assert theirs.status_code == 201
    assert theirs.get_json()["id"] != mine
    assert owner.holds(first, KEY).get_json()["id"] == mine
    assert refused(owner.holds(second, KEY), 422) == "idempotency_key_reused"
    assert len(town.bookings()) == 2


def test_nobody_keeps_places_in_a_loop(town: Town) -> None:
    """Holds that are let go again and again end in a pause, which is audited."""
    hoarder, slot = town.caller(1), town.slots()[0]
    for turn in range(MOST_AN_HOUR):
        booking = hoarder.holds(slot).get_json()["id"]
        if turn % 2:
            assert hoarder.call("POST", f"/bookings/{booking}/cancel").status_code == 200
        else:
            with clock.frozen(NOON + TERMS.hold):
                chores.end_holds(town.site.database, TERMS)
    again = hoarder.holds(slot)
    assert refused(again, 429) == "too_many_bookings"
    assert 0 < int(again.headers["Retry-After"]) <= 3600
    assert town.caller(2).holds(slot).status_code == 201
    assert town.audited() == [("too_many_bookings", hoarder.resident)]


def test_nobody_waits_for_more_than_he_may_have(town: Town, app: Flask) -> None:
    """Places in waiting lists count like bookings: no offer can lead past the limit."""
    hoarder = town.caller(1)
    days = [town.full_day(ahead) for ahead in range(1, 7)]
    most = app.extensions["kiosk_settings"].bookings_at_once
    answers = [hoarder.waits(day) for day in days]
    assert [each.status_code for each in answers] == [201] * most + [403] * (len(days) - most)
    assert refused(hoarder.holds(town.slots()[0]), 403) == "bookings_enough"
    with town.site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(WaitingEntry)) == most
    refusals = len(days) - most + 1
    assert town.audited() == [("bookings_enough", hoarder.resident)] * refusals


def test_moving_does_not_lead_past_the_limit_of_a_day(town: Town) -> None:
    """Two bookings of a day are enough, also for who had a third on another day."""
    hoarder, slots = town.caller(1), town.slots()
    for slot in slots[:2]:
        hoarder.booked(slot)
    day = town.full_day(1)
    with town.site.database.unit_of_work() as session:
        other = session.scalars(select(Slot).where(Slot.day == day)).one()
        other.capacity, other.remaining_booked, other.remaining_total = 2, 1, 2
    third = hoarder.booked(other.id)
    moved = hoarder.call("POST", f"/bookings/{third}/move", slot_id=slots[3])
    assert refused(moved, 403) == "bookings_enough"
    within = hoarder.call("POST", f"/bookings/{town.bookings()[0].id}/move", slot_id=slots[3])
    assert within.status_code == 201
    assert town.audited() == [("bookings_enough", hoarder.resident)]


def test_without_a_sign_in_there_is_nothing(app: Flask) -> None:
    """No token, or one of nobody's: each door of bookings and tickets is shut."""
    doors = [
        ("GET", "/bookings"),
        ("POST", "/bookings"),
        ("GET", "/tickets"),
        ("POST", "/waiting"),
        ("POST", f"/bookings/{new_id()}/cancel"),
    ]
    for token in ("", "x" * 43, "0" * 2000):
        stranger = Caller(app, "", token)
        for method, path in doors:
            assert refused(stranger.call(method, path), 401) == "sign_in_needed"
