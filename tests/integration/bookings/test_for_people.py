"""Bookings that staff make for somebody, on both databases: groups, visits at home, limits."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta

import pytest
from sqlalchemy import select

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings import chores, waiting
from kiosk_server.bookings.for_people import book_for, book_party, cancel_party, party_of
from kiosk_server.bookings.home_visits import Where, book_visit, look_at_visits, visits_on
from kiosk_server.bookings.life import BookingState, Channel, EndedFor, Priority
from kiosk_server.bookings.making import Wish
from kiosk_server.bookings.models import Booking, HomeVisit
from kiosk_server.bookings.queries import share_of, slots_on
from kiosk_server.bookings.services import cancel, hold, move
from kiosk_server.bookings.slots import fit_ahead
from kiosk_server.bookings.templates import enter_template
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict, Invalid
from kiosk_server.notices.queries import notices_of
from tests.support.booking import DAY, DAY_OF, NOON, SITE, TERMS, TWO_SLOTS, BookedSite

VISIT = ("visit-at-home",)
ADDRESS = Where("测试乡测试村三组十二号", "13900000001")


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is Monday noon in Beijing."""
    with clock.frozen(NOON):
        yield


@pytest.fixture
def site(database: Database) -> BookedSite:
    """Four slots of three places, one of them for who just comes."""
    return BookedSite.open(database, capacity=3, closes=time(11))


def by_phone(site: BookedSite, index: int, services: tuple[str, ...] | None = None) -> Wish:
    wish = replace(site.wish(index), channel=Channel.HOTLINE)
    return replace(wish, services=services) if services else wish


def books_party(site: BookedSite, people: int, key: str | None = None) -> list[Booking]:
    wish, slot_id = by_phone(site, 1), site.slots()[0].id
    with site.database.unit_of_work() as session:
        return book_party(session, slot_id, wish, people, terms=TERMS, by=SYSTEM, request_key=key)


def told(site: BookedSite, index: int) -> list[str]:
    resident = site.person(index)
    with site.database.reading() as session:
        return [each.topic for each in notices_of(session, resident)]


def test_somebody_who_calls_is_booked_at_once_and_once(site: BookedSite) -> None:
    """A booking by telephone is confirmed, told, and the same when it is sent again."""
    wish, slot_id = by_phone(site, 1), site.slots()[0].id
    for _again in range(2):
        with site.database.unit_of_work() as session:
            booking = book_for(session, slot_id, wish, terms=TERMS, by=SYSTEM, request_key="k" * 64)
    assert (booking.state, booking.channel) == ("confirmed", "hotline")
    assert told(site, 1) == ["booking_confirmed"]
    assert site.left()[0] == (1, 2)


def test_a_group_spreads_over_the_slots_that_follow(site: BookedSite) -> None:
    """Five people take what is free from the chosen time on, and count as one booking."""
    site.hold(9, 1)
    party = books_party(site, 5, key="p" * 64)
    starts = [clock.to_beijing(each.starts_at).strftime("%H:%M") for each in party]
    assert starts == ["10:00", "10:00", "10:15", "10:30", "10:30"]
    assert {each.party_id for each in party} == {party[0].party_id}
    assert [each.id for each in books_party(site, 5, key="p" * 64)] == [each.id for each in party]
    assert site.counted_right()
    with site.database.reading() as session:
        assert share_of(session, site.person(1), DAY).ahead == 1
    assert told(site, 1) == ["booking_confirmed"]


def test_a_group_has_all_its_places_or_none(site: BookedSite) -> None:
    """Nine do not fit into eight places: nothing is taken."""
    with pytest.raises(Conflict) as refused:
        books_party(site, 9)
    assert refused.value.code == "party_too_large"
    assert site.left() == [(2, 3)] * 4
    for people in (1, 31):
        with pytest.raises(Invalid):
            books_party(site, people)


def test_a_group_is_given_up_whole_or_one_by_one(site: BookedSite) -> None:
    """One of it may go alone; all of the rest at once, offered to who waits, told once."""
    party = books_party(site, 8)
    wish = site.wish(2)
    with site.database.unit_of_work() as session:
        waiting.join(session, DAY_OF, wish, terms=TERMS, by=SYSTEM)
    with site.database.unit_of_work() as session:
        cancel(session, party[0].id, EndedFor.BY_STAFF, terms=TERMS, by=SYSTEM)
    assert site.left()[0] == (0, 1)
    with site.database.unit_of_work() as session:
        assert cancel_party(session, party[0].party_id or "", terms=TERMS, by=SYSTEM) == 7
    with site.database.unit_of_work() as session:
        assert cancel_party(session, party[0].party_id or "", terms=TERMS, by=SYSTEM) == 0
    assert told(site, 1).count("booking_cancelled") == 2
    assert site.left() == [(1, 2), (2, 3), (2, 3), (2, 3)]
    assert site.counted_right()


def test_a_group_is_reminded_once_and_stays_one_when_somebody_moves(site: BookedSite) -> None:
    """One reminder for its contact; a moved booking still belongs to it."""
    party = books_party(site, 3)
    with site.database.unit_of_work() as session:
        later = site.slots()[3].id
        new = move(session, party[0].id, later, terms=TERMS, by=SYSTEM)
        assert new.party_id == party[0].party_id
    with clock.frozen(NOON + timedelta(days=1, hours=2)), site.database.unit_of_work() as session:
        chores.remind(session)
        assert len(party_of(session, party[0].party_id or "")) == 4
    assert told(site, 1).count("booking_soon") == 1


@pytest.fixture
def visited(site: BookedSite) -> BookedSite:
    """The site with visits at home on its Wednesday."""
    with site.database.unit_of_work() as session:
        enter_template(
            session,
            SITE,
            "home-visit",
            weekday=DAY.isoweekday(),
            spell=(time(10), time(14)),
            minutes=60,
            capacity=2,
            walk_in=1,
        )
        fit_ahead(session, SITE, terms=TERMS, by=SYSTEM)
    return site


def home_slot(site: BookedSite, index: int = 0) -> str:
    with site.database.reading() as session:
        found = [each for each in slots_on(session, SITE, DAY) if each.group_code == "home-visit"]
    return found[index].id


def books_visit(site: BookedSite, index: int, slot: int, priority: Priority | None) -> Booking:
    wish = replace(by_phone(site, index, VISIT), priority=priority)
    with site.database.unit_of_work() as session:
        return book_visit(session, home_slot(site, slot), wish, ADDRESS, terms=TERMS, by=SYSTEM)


@pytest.mark.policy("P41")
def test_a_visit_at_home_is_sealed_seen_by_who_goes_and_forgotten(visited: BookedSite) -> None:
    """Old and disabled people alone; the list stands by time; a look is audited; no trace later."""
    with pytest.raises(Invalid) as refused:
        books_visit(visited, 1, 0, None)
    assert [fault.code for fault in refused.value.fields] == ["visit_for_others"]
    late = books_visit(visited, 1, 2, Priority.DISABLED)
    early = books_visit(visited, 2, 0, Priority.ELDERLY)
    with visited.database.unit_of_work() as session:
        assert [each.id for each in visits_on(session, SITE, DAY)] == [early.id, late.id]
        seen = look_at_visits(session, SITE, DAY, by=SYSTEM)
        assert [each.where for each in seen] == [ADDRESS, ADDRESS]
        row = session.scalars(select(HomeVisit)).first()
        assert row is not None
        assert "测试".encode() not in row.address_sealed
    with visited.database.unit_of_work() as session:
        new = move(session, early.id, home_slot(visited, 1), terms=TERMS, by=SYSTEM)
        assert look_at_visits(session, SITE, DAY, by=SYSTEM)[0].booking.id == new.id
        cancel(session, new.id, EndedFor.BY_STAFF, terms=TERMS, by=SYSTEM)
    with clock.frozen(NOON + timedelta(days=11)), visited.database.unit_of_work() as session:
        chores.forget_bookings(session)
        assert session.scalars(select(HomeVisit)).all() == []
        looks = select(AuditEntry).where(AuditEntry.event == AuditEvent.HOME_VISITS_SEEN)
        assert len(session.scalars(looks).all()) == 2
    assert visited.counted_right()


def test_nobody_books_a_visit_at_home_for_himself(visited: BookedSite) -> None:
    """On a phone or at a terminal there is no such matter, whatever slot is named."""
    slot_id, day = home_slot(visited), (SITE, "home-visit", DAY)
    for channel in (Channel.PHONE, Channel.KIOSK, Channel.REGION):
        wish = replace(visited.wish(1, VISIT), channel=channel)
        with visited.database.unit_of_work() as session:
            with pytest.raises(Invalid):
                hold(session, slot_id, wish, terms=TERMS, by=SYSTEM)
            with pytest.raises(Invalid):
                waiting.join(session, day, wish, terms=TERMS, by=SYSTEM)


def test_a_group_takes_runs_of_several_slots(site: BookedSite) -> None:
    """Each person of a longer matter has slots that follow each other."""
    wish, slot_id = by_phone(site, 1, TWO_SLOTS), site.slots()[0].id
    with site.database.unit_of_work() as session:
        party = book_party(session, slot_id, wish, 4, terms=TERMS, by=SYSTEM)
    assert {each.ends_at - each.starts_at for each in party} == {timedelta(minutes=30)}
    assert [left for left, _total in site.left()] == [0, 0, 0, 0]
    assert {each.state for each in party} == {BookingState.CONFIRMED}
    assert site.counted_right()
