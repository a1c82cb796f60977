"""Tickets at a site on both databases: taken, called, worked, given back."""

from functools import partial
from threading import Barrier, local
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings import desk
from kiosk_server.bookings.life import BookingState, Channel, Priority
from kiosk_server.bookings.models import Booking
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict, Invalid, NotFound, WrongState
from kiosk_server.notices.models import ResidentNotice
from kiosk_server.places.models import ServiceWindow
from kiosk_server.queue import calling, queries, services
from kiosk_server.queue.life import CallReason, TicketState
from kiosk_server.queue.models import QueueTicket
from tests.support.at_once import at_once
from tests.support.booking import GROUP, NOON, SITE, TERMS, BookedSite
from tests.support.queue_hall import Hall, at

WINDOW, OTHER_WINDOW = "atushi-centre-1", "atushi-centre-2"
OTHER_GROUP = "medical-insurance"


@pytest.fixture
def hall(database: Database) -> Hall:
    """A centre with slots of a quarter from 10:00 to 10:30, two days before."""
    with clock.frozen(NOON):
        return Hall(BookedSite.open(database))


def booking_state(hall: Hall, ticket_id: str) -> BookingState:
    """Where the booking of a ticket stands."""
    with hall.site.database.reading() as session:
        ticket = session.get_one(QueueTicket, ticket_id)
        return BookingState(session.get_one(Booking, ticket.booking_id).state)


@pytest.mark.policy("P16")
def test_a_ticket_needs_no_name_and_numbers_count_up(hall: Hall) -> None:
    """Whoever comes gets the next number of his group's letter; its booking names nobody."""
    tickets = [hall.ticket(hall.takes(minute)) for minute in (0, 1)]
    tickets.append(hall.ticket(hall.takes(2, group=OTHER_GROUP)))
    assert [each.label for each in tickets] == ["A001", "A002", "B001"]
    with hall.site.database.reading() as session:
        assert session.get_one(Booking, tickets[0].booking_id).resident_id is None


def test_a_request_sent_again_takes_one_ticket(hall: Hall) -> None:
    """The same key has the same ticket and the same token; a terminal gives none at night."""
    found = []
    for _ in range(2):
        with clock.frozen(at(0)), hall.site.database.unit_of_work() as session:
            taken = services.take_ticket(
                session, SITE, GROUP, channel=Channel.KIOSK, by=SYSTEM, request_key="k" * 64
            )
            found.append((taken.ticket.id, taken.token))
    assert found[0] == found[1]
    with hall.site.database.reading() as session:
        by_token = queries.ticket_by_token(session, found[0][1])
        assert by_token is not None
        assert by_token.id == found[0][0]
        assert queries.ticket_by_token(session, found[0][0]) is None
    with pytest.raises(Conflict, match="tickets_not_now"):
        hall.takes(-31)


def test_checking_in_has_its_place_and_time(hall: Hall) -> None:
    """At its site, on its day, an hour before at most, once; and not when it was given up."""
    booking = hall.books(1)
    with pytest.raises(Conflict, match="check_in_elsewhere"):
        hall.checks_in(0, booking, site_id="xingfulu")
    with pytest.raises(Conflict, match="not_expected_today"):
        hall.checks_in(-24 * 60, booking)
    with pytest.raises(Conflict, match="too_early_to_check_in"):
        hall.checks_in(-61, booking)
    ticket = hall.checks_in(-60, booking)
    assert hall.checks_in(-10, booking) == ticket
    assert booking_state(hall, ticket) == BookingState.CHECKED_IN
    with pytest.raises(NotFound):
        hall.checks_in(0, "0" * 26)
    with clock.frozen(NOON):
        held = hall.site.hold(2, 1)
    with pytest.raises(Conflict, match="no_longer_expected"):
        hall.checks_in(0, held.id)


def test_a_ticket_goes_its_way_and_its_booking_with_it(hall: Hall) -> None:
    """Called, called again, put aside, sent to another group, missed, back, served."""
    ticket = hall.checks_in(-5, hall.books(1))
    assert hall.calls(0, WINDOW) == ticket
    assert booking_state(hall, ticket) == BookingState.CALLED
    work = hall.site.database.unit_of_work
    with clock.frozen(at(1)), work() as session:
        assert calling.recall(session, ticket, by=SYSTEM).calls == 2
        calling.park(session, ticket, by=SYSTEM)
    assert booking_state(hall, ticket) == BookingState.CHECKED_IN
    with clock.frozen(at(2)), work() as session:
        assert calling.recall(session, ticket, by=SYSTEM).state == TicketState.CALLED
        calling.transfer(session, ticket, OTHER_GROUP, by=SYSTEM)
    assert hall.calls(3, WINDOW) is None
    assert hall.calls(3, OTHER_WINDOW) == ticket
    with clock.frozen(at(4)), work() as session:
        calling.miss(session, ticket, by=SYSTEM)
        calling.miss(session, ticket, by=SYSTEM)
    assert booking_state(hall, ticket) == BookingState.NO_SHOW
    with clock.frozen(at(35)), work() as session, pytest.raises(Conflict, match="too_long_ago"):
        calling.bring_back(session, ticket, by=SYSTEM)
    with clock.frozen(at(20)), work() as session:
        calling.bring_back(session, ticket, by=SYSTEM)
    assert hall.calls(21, OTHER_WINDOW) == ticket
    hall.finishes(22, ticket)
    hall.finishes(23, ticket)
    assert booking_state(hall, ticket) == BookingState.SERVED
    assert hall.ticket(ticket).due_at == at(-60)
    with work() as session, pytest.raises(WrongState):
        calling.recall(session, ticket, by=SYSTEM)
    with work() as session, pytest.raises(Invalid):
        calling.transfer(session, ticket, "no-such-group", by=SYSTEM)


def test_nobody_has_missed_a_time_that_has_not_begun(hall: Hall) -> None:
    """Called early, because nobody else waits, and not there: put aside, not missed."""
    ticket = hall.checks_in(-40, hall.books(1))
    assert hall.calls(-39, WINDOW) == ticket
    with clock.frozen(at(-38)), hall.site.database.unit_of_work() as session:
        with pytest.raises(Conflict, match="not_missed_yet"):
            calling.miss(session, ticket, by=SYSTEM)
        session.rollback()
    with clock.frozen(at(-38)), hall.site.database.unit_of_work() as session:
        calling.park(session, ticket, by=SYSTEM)


def test_a_window_has_one_ticket_at_a_time(hall: Hall) -> None:
    """Calling twice calls one; somebody out of turn waits until the window is free."""
    first, second = hall.takes(0), hall.takes(1)
    assert hall.calls(2, WINDOW) == hall.calls(2, WINDOW) == first
    work = hall.site.database.unit_of_work
    with work() as session, pytest.raises(Conflict, match="window_busy"):
        calling.call_this(session, second, WINDOW, CallReason.EMERGENCY, by=SYSTEM)
    third = hall.takes(3)
    hall.finishes(4, first)
    for _ in range(2):
        with clock.frozen(at(5)), work() as session:
            calling.call_this(session, third, WINDOW, CallReason.UNWELL, by=SYSTEM)
    assert hall.ticket(third).calls == 1
    with work() as session, pytest.raises(NotFound):
        calling.call_next(session, "no-such-window", by=SYSTEM)
    with work() as session, pytest.raises(NotFound):
        calling.call_this(session, second, "xingfulu-1", CallReason.EMERGENCY, by=SYSTEM)


@pytest.mark.policy("P41")
def test_who_is_due_first_is_called_first(hall: Hall) -> None:
    """Priority before a booking whose time has come, that before who came a moment ago."""
    walked_in = hall.takes(-15)
    booked = hall.checks_in(-14, hall.books(1))
    first = hall.takes(-13, priority=Priority.ELDERLY)
    order = []
    for minute in (-12, -10, -8):
        called = hall.calls(minute, WINDOW)
        assert called is not None
        order.append(called)
        hall.finishes(minute + 1, called)
    assert order == [first, booked, walked_in]
    assert hall.calls(0, WINDOW) is None


def test_leaving_gives_the_place_back_once(hall: Hall) -> None:
    """Who goes again before his time frees his place; from the phone a second time, nothing."""
    booking = hall.books(1, slot=1)
    left = hall.site.left()
    ticket = hall.ticket(hall.checks_in(-5, booking))
    for _ in range(2):
        with clock.frozen(at(0)), hall.site.database.unit_of_work() as session:
            services.leave(session, ticket, terms=TERMS, by=SYSTEM)
    assert hall.ticket(ticket.id).state == TicketState.LEFT
    assert booking_state(hall, ticket.id) == BookingState.CANCELLED
    assert hall.site.left()[1][0] == left[1][0] + 1
    assert hall.calls(1, WINDOW) is None


def test_the_board_and_the_page_say_how_things_stand(hall: Hall) -> None:
    """Who is called where; how many go before one, and a wait that is a range."""
    tickets = [hall.takes(minute) for minute in range(4)]
    hall.calls(5, WINDOW)
    with clock.frozen(at(6)), hall.site.database.reading() as session:
        board = queries.board_of(session, SITE, now=clock.now())
        last = queries.position_of(session, session.get_one(QueueTicket, tickets[3]))
        called = queries.position_of(session, session.get_one(QueueTicket, tickets[0]))
        waits = queries.wait_now(session, SITE)
    assert [(call.label, call.window_label, call.calls) for call in board.calls] == [
        ("A001", "1", 1)
    ]
    assert board.waiting == {GROUP: 3, OTHER_GROUP: 0, "general": 0, "public-legal": 0}
    assert (called.state, called.window_label) == (TicketState.CALLED, "1")
    # Two before him at 20 minutes each, and half a visit that goes on: 50 minutes.
    assert (last.ahead, last.at_least_minutes, last.at_most_minutes) == (2, 35, 70)
    assert (waits[GROUP].waiting, waits[GROUP].at_least_minutes) == (3, 50)
    assert (waits[OTHER_GROUP].waiting, waits[OTHER_GROUP].at_most_minutes) == (0, 5)


def test_who_has_booked_is_told_that_he_is_called(hall: Hall) -> None:
    """A notice names site, label and window; nobody is told of a walk-in."""
    walk_in, booked = hall.takes(0), hall.checks_in(1, hall.books(1))
    assert hall.calls(2, WINDOW) == booked
    hall.finishes(3, booked)
    assert hall.calls(4, WINDOW) == walk_in
    with hall.site.database.reading() as session:
        told = session.scalars(
            select(ResidentNotice).where(ResidentNotice.topic == "ticket_called")
        ).one()
    assert told.facts == {"site": SITE, "label": "A002", "window": "1"}


def windows_of(hall: Hall, count: int) -> list[str]:
    """Let the centre have *count* windows of one group."""
    windows = [WINDOW, *(f"more-{each}" for each in range(count - 1))]
    with hall.site.database.unit_of_work() as session:
        for window in windows[1:]:
            session.add(ServiceWindow(id=window, site_id=SITE, label=window[-1], groups=[GROUP]))
    return windows


def test_windows_that_call_at_once_never_get_the_same(hall: Hall) -> None:
    """Four windows and twelve tickets: whoever comes second in the database looks again."""
    windows = windows_of(hall, 4)
    tickets = [hall.takes(minute) for minute in range(12)]
    called: list[str] = []
    for turn in range(3):
        found = at_once(*(partial(hall.calls, 20 + turn, window) for window in windows))
        called += [each for each in found if each is not None]
        for each in called[-len(windows) :]:
            hall.finishes(20.5 + turn, each)
    assert sorted(called) == sorted(tickets)


def call_without_looking(session: Session, ticket_id: str, window_id: str) -> bool:
    """Call a ticket whoever has called it meanwhile, as a check before would let it be."""
    ticket = session.get_one(QueueTicket, ticket_id)
    ticket.state, ticket.window_id = TicketState.CALLED.value, window_id
    session.flush()
    return True


@pytest.mark.parametrize("engine_name", ["postgresql"])
@pytest.mark.parametrize("guarded", [True, False])
def test_the_database_decides_who_calls_a_ticket(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Three windows that have all seen the same first ticket get three; without the guard, one."""
    windows = windows_of(hall, 3)
    for minute in range(3):
        hall.takes(minute)
    all_have_seen, seen = Barrier(len(windows)), local()

    def look_together(*asked: Any) -> list[QueueTicket]:
        found = queries.waiting_at(*asked)
        if not hasattr(seen, "once"):
            seen.once = True
            all_have_seen.wait()
        return found

    monkeypatch.setattr(calling, "waiting_at", look_together)
    if not guarded:
        monkeypatch.setattr(calling, "_take", call_without_looking)
        monkeypatch.setattr(desk, "work", lambda *_, **__: None)
    called = at_once(*(partial(hall.calls, 5, window) for window in windows))
    assert len(set(called)) == (3 if guarded else 1)
