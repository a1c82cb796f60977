"""Whatever people and windows do in whatever order: bookings and queue together keep the rules."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings import waiting
from kiosk_server.bookings.chores import end_holds
from kiosk_server.bookings.life import OCCUPYING, BookingState, Channel, EndedFor, Priority
from kiosk_server.bookings.models import Booking, BookingSlot, Slot
from kiosk_server.bookings.services import cancel, confirm, move
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, NotFound, Refused, TooMany
from kiosk_server.places.models import ServiceWindow
from kiosk_server.queue import calling, services
from kiosk_server.queue.life import HERE, TicketState
from kiosk_server.queue.models import QueueTicket
from kiosk_server.queue.queries import turn_of
from kiosk_server.queue.rules import LONGEST_CREDIT, next_turn
from tests.support.booking import (
    DAY_OF,
    GROUP,
    NOON,
    SHORT,
    SITE,
    TERMS,
    BookedSite,
    copied,
    site_to_copy,
)

PEOPLE, SLOTS, CAPACITY, WALK_IN = 5, 2, 3, 1
WINDOWS = ("atushi-centre-1", "atushi-centre-2")
MORNING = NOON + timedelta(days=1, hours=21, minutes=10)
"""Ten past nine of the day that is booked: whoever has booked may check in."""
WHICH, WHO = st.integers(0, 9), st.integers(0, PEOPLE - 1)
WINDOW = st.sampled_from(WINDOWS)
STANDS = {
    TicketState.WAITING: BookingState.CHECKED_IN,
    TicketState.CALLED: BookingState.CALLED,
    TicketState.PARKED: BookingState.CHECKED_IN,
    TicketState.MISSED: BookingState.NO_SHOW,
    TicketState.FINISHED: BookingState.SERVED,
    TicketState.LEFT: BookingState.CANCELLED,
}
"""Where the booking of a ticket stands."""


class BookedAndQueued(RuleBasedStateMachine):
    """A morning at a site with two slots and two windows; five people book, anybody comes."""

    template: Path
    """A database with the site and its people in it, to be copied."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.now = MORNING
        self.numbers: dict[str, str] = {}
        self.due: dict[str, datetime] = {}

    @initialize()
    def open(self) -> None:
        """Enter the places."""
        self.site = BookedSite(copied(self.template, Path(self.folder.name)))

    @rule(who=WHO, slot=st.integers(0, SLOTS - 1))
    def books(self, who: int, slot: int) -> None:
        """Somebody books a place."""
        with clock.frozen(self.now), suppress(Conflict, Refused, TooMany):
            booking = self.site.hold(who, slot)
            with self.site.database.unit_of_work() as session:
                confirm(session, booking.id, by=SYSTEM)

    @rule(which=WHICH)
    def cancels(self, which: int) -> None:
        """Somebody gives his booking up."""
        booking = self.booking(which)
        if booking:
            self.tries(
                lambda session: cancel(session, booking, EndedFor.OWN_WISH, terms=TERMS, by=SYSTEM)
            )

    @rule(which=WHICH, slot=st.integers(0, SLOTS - 1))
    def moves(self, which: int, slot: int) -> None:
        """Somebody would like another time."""
        booking, target = self.booking(which), self.site.slots()[slot].id
        if booking:
            self.tries(lambda session: move(session, booking, target, terms=TERMS, by=SYSTEM))

    @rule(who=WHO)
    def waits_for_a_place(self, who: int) -> None:
        """Somebody joins the waiting list."""
        wish = self.site.wish(who, SHORT)
        self.tries(lambda session: waiting.join(session, DAY_OF, wish, terms=TERMS, by=SYSTEM))

    @rule(which=WHICH)
    def checks_in(self, which: int) -> None:
        """Who has booked comes; a second time he gets the same ticket."""
        booking = self.booking(which)
        if booking is None:
            return
        found = [self.takes_number(booking) for _ in range(2)]
        assert found[0] == found[1]

    @rule(green=st.booleans(), key=st.sampled_from((None, "a" * 64, "b" * 64)))
    def comes(self, green: bool, key: str | None) -> None:
        """Somebody simply comes, and is never sent away; sent again, it is one ticket."""
        with clock.frozen(self.now), self.site.database.unit_of_work() as session:
            taken = services.take_ticket(
                session,
                SITE,
                GROUP,
                channel=Channel.COUNTER,
                by=SYSTEM,
                priority=Priority.ELDERLY if green else None,
                request_key=key,
            )
        if key:
            assert self.numbers.setdefault(key, taken.ticket.id) == taken.ticket.id

    @rule(window=WINDOW)
    def calls_next(self, window: str) -> None:
        """A window calls: whom the fair rule says, if it serves nobody."""
        with self.site.database.reading() as session:
            rows = session.scalars(select(QueueTicket)).all()
        here = [row.id for row in rows if row.window_id == window and row.state == "called"]
        turns = [turn_of(row) for row in rows if row.state == "waiting"]
        due = next_turn(turns, self.now)
        with clock.frozen(self.now), self.site.database.unit_of_work() as session:
            called = calling.call_next(session, window, by=SYSTEM)
        wanted = here[0] if here else due.id if due else None
        assert (called.id if called else None) == wanted
        if called and not here:
            over = [each for each in turns if each.taken_at < called.taken_at - LONGEST_CREDIT]
            assert not over, "nobody is overtaken by who came so much later"

    @rule(
        which=WHICH,
        verb=st.sampled_from(
            (calling.finish, calling.miss, calling.park, calling.recall, calling.bring_back)
        ),
    )
    def works(self, which: int, verb: Callable[..., QueueTicket]) -> None:
        """A window does something with a ticket, if it can be done."""
        ticket = self.ticket(which)
        if ticket:
            self.tries(lambda session: verb(session, ticket, by=SYSTEM))

    @rule(which=WHICH)
    def leaves(self, which: int) -> None:
        """Somebody does not wait."""
        ticket = self.ticket(which)
        if ticket:
            self.tries(
                lambda session: services.leave(
                    session, session.get_one(QueueTicket, ticket), terms=TERMS, by=SYSTEM
                )
            )

    @rule(minutes=st.sampled_from((1, 6, 25)))
    def time_goes_by(self, minutes: int) -> None:
        """Holds end; slots begin."""
        self.now += timedelta(minutes=minutes)
        with clock.frozen(self.now):
            end_holds(self.site.database, TERMS)

    @invariant()
    def places_are_counted(self) -> None:
        """Never more than the capacity, the walk-in share kept, counters right."""
        if not hasattr(self, "site"):
            return
        assert self.site.counted_right()
        inside = (
            select(
                BookingSlot.slot_id, func.count(), func.count().filter(Booking.walk_in.is_(False))
            )
            .join(Booking, Booking.id == BookingSlot.booking_id)
            .where(Booking.state.in_(sorted(OCCUPYING)))
            .group_by(BookingSlot.slot_id)
        )
        with self.site.database.reading() as session:
            assert set(session.scalars(select(Slot.capacity))) == {CAPACITY}
            for _, everybody, booked in session.execute(inside):
                assert everybody <= CAPACITY
                assert booked <= CAPACITY - WALK_IN

    @invariant()
    def tickets_are_in_order(self) -> None:
        """Numbers count up without a gap or a twin, due moments stay, a window has one ticket,
        and every booking stands where its ticket does."""
        if not hasattr(self, "site"):
            return
        joined = select(QueueTicket, Booking.state).join(
            Booking, Booking.id == QueueTicket.booking_id
        )
        with self.site.database.reading() as session:
            rows = session.execute(joined.order_by(QueueTicket.label)).all()
        labels = [ticket.label for ticket, _ in rows]
        assert labels == [f"A{number:03}" for number in range(1, len(rows) + 1)]
        called = [ticket.window_id for ticket, _ in rows if ticket.state == TicketState.CALLED]
        assert len(called) == len(set(called))
        for ticket, booking in rows:
            assert self.due.setdefault(ticket.id, ticket.due_at) == ticket.due_at
            assert booking == STANDS[TicketState(ticket.state)]

    def takes_number(self, booking: str) -> str | None:
        """Let somebody check in; return his ticket, or None where he may not."""
        try:
            with clock.frozen(self.now), self.site.database.unit_of_work() as session:
                return services.check_in(session, booking, site_id=SITE, by=SYSTEM).ticket.id
        except Conflict:
            return None

    def booking(self, which: int) -> str | None:
        """One of the bookings of people with a name."""
        wanted = select(Booking.id).where(Booking.walk_in.is_(False)).order_by(Booking.id.desc())
        return self.one_of(which, wanted)

    def ticket(self, which: int) -> str | None:
        """One of the tickets, those that wait or are called rather than others."""
        here = QueueTicket.state.in_(HERE)
        wanted = select(QueueTicket.id).order_by(here.desc(), QueueTicket.id.desc())
        return self.one_of(which, wanted)

    def one_of(self, which: int, wanted: Select[str]) -> str | None:
        """One of what a select finds."""
        with self.site.database.reading() as session:
            found = session.scalars(wanted).all()
        return found[which % len(found)] if found else None

    def tries(self, deed: Callable[[Session], object]) -> None:
        """Do something that may be refused, never for a reason that is a fault of ours."""
        with (
            clock.frozen(self.now),
            suppress(Conflict, Refused, TooMany, NotFound),
            self.site.database.unit_of_work() as session,
        ):
            deed(session)

    def teardown(self) -> None:
        """Close the database."""
        if hasattr(self, "site"):
            self.site.database.dispose()
        self.folder.cleanup()


def open_windows(session: Session) -> None:
    """Let each window serve the group."""
    for window in WINDOWS:
        session.get_one(ServiceWindow, window).groups = [GROUP]


def test_any_order_of_bookings_and_calls(tmp_path: Path, sqlite_template: Path) -> None:
    """Random mornings of bookings, tickets and windows: the rules of both hold after each deed."""
    BookedAndQueued.template = site_to_copy(
        sqlite_template,
        tmp_path,
        people=PEOPLE,
        capacity=CAPACITY,
        walk_in=WALK_IN,
        more=open_windows,
    )
    run_state_machine_as_test(
        BookedAndQueued,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
