"""Bookings on both databases: places, lives, moves, waiting lists, closings, and the counter."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings import chores, desk, waiting
from kiosk_server.bookings.life import BookingState, BookingVerb, EndedFor, Priority, WaitingState
from kiosk_server.bookings.making import Wish
from kiosk_server.bookings.models import Booking, WaitingEntry
from kiosk_server.bookings.queries import bookings_of, opportunities
from kiosk_server.bookings.services import cancel, confirm, move
from kiosk_server.bookings.slots import fit_ahead
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict, Invalid, NotFound, Refused, WrongState
from kiosk_server.notices.queries import notices_of
from kiosk_server.places import site_hours
from kiosk_server.places.hours import DayKind, DayTold, Interval
from kiosk_server.places.site_hours import ClosedFor
from tests.support.at_once import at_once
from tests.support.booking import (
    DAY,
    DAY_OF,
    GROUP,
    NOON,
    SHORT,
    SITE,
    TERMS,
    TWO_SLOTS,
    BookedSite,
)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is Monday noon in Beijing unless a test says otherwise."""
    with clock.frozen(NOON):
        yield


@pytest.fixture
def site(database: Database) -> BookedSite:
    """Two slots of two places, one of them for who just comes."""
    return BookedSite.open(database)


def ends(site: BookedSite, booking: Booking, ended_for: EndedFor = EndedFor.OWN_WISH) -> None:
    with site.database.unit_of_work() as session:
        cancel(session, booking.id, ended_for, terms=TERMS, by=SYSTEM)


def says_yes(site: BookedSite, booking: Booking) -> Booking:
    with site.database.unit_of_work() as session:
        return confirm(session, booking.id, by=SYSTEM)


def waits(site: BookedSite, index: int, services: tuple[str, ...] = SHORT) -> WaitingEntry:
    wish = site.wish(index, services)
    with site.database.unit_of_work() as session:
        return waiting.join(session, DAY_OF, wish, terms=TERMS, by=SYSTEM)


def state_of(site: BookedSite, row: Booking | WaitingEntry) -> str:
    with site.database.reading() as session:
        if isinstance(row, Booking):
            return session.get_one(Booking, row.id).state
        return session.get_one(WaitingEntry, row.id).state


def offered_to(site: BookedSite, index: int) -> list[Booking]:
    resident = site.person(index)
    with site.database.reading() as session:
        found = bookings_of(session, resident)
    return [each for each in found if each.state == BookingState.HELD]


def topics(site: BookedSite, index: int) -> list[str]:
    resident = site.person(index)
    with site.database.reading() as session:
        return [each.topic for each in notices_of(session, resident)]


@pytest.mark.policy("P16", "P41")
def test_the_walk_in_share_is_never_booked(site: BookedSite) -> None:
    """One place of two is booked; the other is left for who comes, and taken at the counter."""
    site.hold(1)
    with pytest.raises(Conflict, match="slot_full"):
        site.hold(2)
    assert site.left() == [(0, 1), (1, 2)]
    with clock.frozen(NOON + timedelta(days=1, hours=22, minutes=5)):
        with site.database.unit_of_work() as session:
            came = desk.walk_in(session, SITE, GROUP, by=SYSTEM)
        assert (came.state, came.resident_id) == (BookingState.CHECKED_IN, None)
        assert site.left() == [(0, 0), (1, 2)]
    assert site.counted_right()


@pytest.mark.policy("P16")
def test_who_comes_is_taken_in_even_when_nothing_is_free(site: BookedSite) -> None:
    """The counter takes anyone: without a place he waits behind."""
    with clock.frozen(NOON + timedelta(days=1, hours=22, minutes=5)):
        for _ in range(5):
            with site.database.unit_of_work() as session:
                came = desk.walk_in(session, SITE, GROUP, by=SYSTEM, priority=Priority.ELDERLY)
    assert site.left() == [(1, 0), (1, 0)]
    assert came.state == BookingState.CHECKED_IN
    assert site.counted_right()
    with site.database.unit_of_work() as session, pytest.raises(Invalid, match="walk_in_invalid"):
        desk.walk_in(session, SITE, "no-such-group", by=SYSTEM)


def test_two_slots_are_taken_whole_or_not_at_all(site: BookedSite) -> None:
    """A long matter has two places in a row; where one is gone, none is touched."""
    site.hold(1, 1)
    with pytest.raises(Conflict, match="slot_full"):
        site.hold(2, 0, TWO_SLOTS)
    assert site.left() == [(1, 2), (0, 1)]
    with pytest.raises(Conflict, match="slot_too_short"):
        site.hold(2, 1, TWO_SLOTS)
    with site.database.reading() as session:
        found = opportunities(session, SITE, GROUP, DAY, DAY, needed=timedelta(minutes=20))
    assert found == {DAY: []}


def test_a_hold_that_nobody_said_yes_to_comes_back(site: BookedSite) -> None:
    """After its minutes it can neither be confirmed nor does it keep a place."""
    booking = site.hold(1)
    with clock.frozen(NOON + timedelta(minutes=6)):
        with pytest.raises(Conflict, match="hold_over"):
            says_yes(site, booking)
        chores.end_holds(site.database, TERMS)
        chores.end_holds(site.database, TERMS)
    assert state_of(site, booking) == BookingState.EXPIRED
    assert site.left() == [(1, 2), (1, 2)]


def test_a_key_sent_again_books_once(site: BookedSite) -> None:
    """A double touch gets the same booking, one after the other and at the same moment."""
    key = "k" * 64
    first = site.hold(1, key=key)
    assert site.hold(1, key=key).id == first.id
    other = "m" * 64
    assert len({each.id for each in at_once(*[lambda: site.hold(2, 1, key=other)] * 3)}) == 1
    assert site.left() == [(0, 1), (0, 1)]


def test_moving_takes_the_new_place_first(site: BookedSite) -> None:
    """Where the new time is full the old one stays; else one booking follows the other."""
    mine, other = says_yes(site, site.hold(1, 0)), says_yes(site, site.hold(2, 1))
    target = site.slots()[1].id
    with site.database.unit_of_work() as session, pytest.raises(Conflict, match="slot_full"):
        move(session, mine.id, target, terms=TERMS, by=SYSTEM)
    assert state_of(site, mine) == BookingState.CONFIRMED
    ends(site, other)
    with site.database.unit_of_work() as session:
        new = move(session, mine.id, target, terms=TERMS, by=SYSTEM, request_key="n" * 64)
    with site.database.unit_of_work() as session:
        assert (
            move(session, mine.id, target, terms=TERMS, by=SYSTEM, request_key="n" * 64) is not new
        )
    assert (new.state, new.moved_from) == (BookingState.CONFIRMED, mine.id)
    assert state_of(site, mine) == BookingState.MOVED
    assert site.left() == [(1, 2), (0, 1)]
    assert topics(site, 1)[0] == "booking_moved"
    assert site.counted_right()


def test_a_freed_place_is_offered_in_order_each_offer_with_its_own_life(site: BookedSite) -> None:
    """The first who waits has half an hour; then the next; who needs more is passed, not lost."""
    held = [site.hold(1, 0), site.hold(2, 1)]
    long, first, second = waits(site, 3, TWO_SLOTS), waits(site, 4), waits(site, 5)
    ends(site, held[0])
    assert [state_of(site, each) for each in (long, first, second)] == [
        WaitingState.WAITING,
        WaitingState.OFFERED,
        WaitingState.WAITING,
    ]
    (offer,) = offered_to(site, 4)
    assert offer.held_until == NOON + TERMS.offer
    assert topics(site, 4) == ["booking_offered"]
    with clock.frozen(NOON + timedelta(minutes=31)):
        chores.end_holds(site.database, TERMS)
        assert state_of(site, first) == WaitingState.LAPSED
        (offer,) = offered_to(site, 5)
        says_yes(site, offer)
    assert state_of(site, second) == WaitingState.TAKEN
    assert site.counted_right()


@pytest.mark.policy("P41")
def test_the_green_channel_is_offered_first(site: BookedSite) -> None:
    """A soldier who came later is asked before who came sooner."""
    held = site.hold(1, 0), site.hold(2, 1)
    ordinary = waits(site, 3)
    wish = Wish(site.person(4), SHORT, site.wish(4).channel, Priority.SOLDIER)
    with site.database.unit_of_work() as session:
        soldier = waiting.join(session, DAY_OF, wish, terms=TERMS, by=SYSTEM)
    ends(site, held[0])
    assert state_of(site, soldier) == WaitingState.OFFERED
    assert state_of(site, ordinary) == WaitingState.WAITING


def test_nobody_waits_for_what_is_free_nor_twice(site: BookedSite) -> None:
    """Joining is for a full day, once, and can be left."""
    with pytest.raises(Conflict, match="place_free"):
        waits(site, 1)
    site.hold(1, 0)
    site.hold(2, 1)
    entry = waits(site, 3)
    with pytest.raises(Conflict, match="waiting_already"):
        waits(site, 3)
    stranger = site.person(4)
    with site.database.unit_of_work() as session, pytest.raises(NotFound):
        waiting.leave(session, stranger, entry.id, by=SYSTEM)
    with site.database.unit_of_work() as session:
        waiting.leave(session, entry.resident_id, entry.id, by=SYSTEM)
    with clock.frozen(NOON + timedelta(days=5)), site.database.unit_of_work() as session:
        chores.end_the_past(session)
    assert state_of(site, entry) == WaitingState.LEFT


def test_one_person_has_a_few_and_after_missing_several_one_at_a_time(database: Database) -> None:
    """Two a day; who missed three lately has one ahead of him, and is told so."""
    site = BookedSite.open(database, capacity=5, walk_in=1, closes=time(12))
    for slot in (0, 1):
        says_yes(site, site.hold(1, slot))
    with pytest.raises(Refused, match="bookings_enough"):
        site.hold(1, 2)
    with clock.frozen(NOON + timedelta(days=2, hours=4)), database.unit_of_work() as session:
        chores.end_the_past(session)
    says_yes(site, site.hold(1, 2))
    with database.unit_of_work() as session:
        third = session.scalars(select(Booking).where(Booking.state == "confirmed")).one()
        for verb in (BookingVerb.CHECK_IN, BookingVerb.CALL, BookingVerb.PARK, BookingVerb.CALL):
            desk.work(session, third.id, verb, by=SYSTEM)
        with pytest.raises(Conflict, match="not_missed_yet"):
            desk.work(session, third.id, BookingVerb.MISS, by=SYSTEM)
        with clock.frozen(third.starts_at):
            desk.work(session, third.id, BookingVerb.MISS, by=SYSTEM)
    site.hold(1, 3)
    with pytest.raises(Refused, match="bookings_one_at_a_time"):
        site.hold(1, 4)


def test_a_table_of_states_refuses_what_is_over(site: BookedSite) -> None:
    """What was given up is not given up again, and its places come back once."""
    booking = site.hold(1)
    ends(site, booking)
    with pytest.raises(WrongState):
        ends(site, booking)
    assert site.left() == [(1, 2), (1, 2)]


@pytest.mark.policy("P41")
def test_a_site_that_closes_tells_everybody_and_offers_another(database: Database) -> None:
    """In one step: slots shut, bookings ended, people told, the next places held for them."""
    site = BookedSite.open(database, closes=time(12))
    mine = says_yes(site, site.hold(1, 0))
    start = clock.to_beijing(mine.starts_at)
    with database.unit_of_work() as session:
        closing = site_hours.close(
            session,
            SITE,
            Interval(start, start + timedelta(hours=1)),
            ClosedFor.POWER,
            by=SYSTEM,
        )
        assert fit_ahead(session, SITE, terms=TERMS, by=SYSTEM) == 1
    assert state_of(site, mine) == BookingState.CANCELLED
    (another,) = offered_to(site, 1)
    assert another.starts_at == mine.starts_at + timedelta(hours=1)
    assert topics(site, 1) == ["booking_offered", "booking_closed", "booking_confirmed"]
    with pytest.raises(Conflict, match="slot_full"):
        site.hold(2, 0)
    with database.unit_of_work() as session:
        site_hours.reopen(session, closing.id, by=SYSTEM)
        assert fit_ahead(session, SITE, terms=TERMS, by=SYSTEM) == 0
    site.hold(2, 0)
    assert site.counted_right()


def test_a_day_off_has_no_slots_and_a_longer_day_has_more(site: BookedSite) -> None:
    """Slots follow the hours: a day that is closed shuts them, clearing it opens them again."""
    with site.database.unit_of_work() as session:
        site_hours.set_day(session, SITE, DayTold(DAY, DayKind.CLOSED), by=SYSTEM)
        fit_ahead(session, SITE, terms=TERMS, by=SYSTEM)
    assert all(slot.closed_at for slot in site.slots())
    with site.database.unit_of_work() as session:
        site_hours.clear_day(session, SITE, DAY, by=SYSTEM)
        fit_ahead(session, SITE, terms=TERMS, by=SYSTEM)
    assert not any(slot.closed_at for slot in site.slots())
    assert len(site.slots()) == 2


def test_people_are_reminded_once_and_the_past_is_forgotten(site: BookedSite) -> None:
    """A day before, once; ninety days later nothing of it is left."""
    says_yes(site, site.hold(1))
    with clock.frozen(NOON + timedelta(days=1)):
        for _ in range(2):
            with site.database.unit_of_work() as session:
                chores.remind(session)
        assert topics(site, 1) == ["booking_soon", "booking_confirmed"]
    with clock.frozen(NOON + timedelta(days=100)), site.database.unit_of_work() as session:
        chores.count_again(session)
        chores.forget_bookings(session)
        assert not session.scalars(select(Booking)).all()
    assert not site.slots()


def test_what_has_begun_is_not_booked(site: BookedSite) -> None:
    """A time that has passed is refused."""
    first: datetime = site.slots()[0].starts_at
    with clock.frozen(first), pytest.raises(Conflict, match="slot_over"):
        site.hold(1)
