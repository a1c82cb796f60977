"""Whatever people do in whatever order: places, the walk-in share, the waiting list, and keys."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings import chores, desk, waiting
from kiosk_server.bookings.life import OCCUPYING, BookingState, EndedFor
from kiosk_server.bookings.models import Booking, BookingSlot, Slot, WaitingEntry
from kiosk_server.bookings.queries import opportunities
from kiosk_server.bookings.services import cancel, confirm, move
from kiosk_server.bookings.slots import fit_ahead
from kiosk_server.bookings.templates import save_week, week_of
from kiosk_server.bookings.weeks import digest_of
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, Refused
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
    copied,
    site_to_copy,
)

PEOPLE, SLOTS, CAPACITY, WALK_IN = 5, 2, 3, 1
MORNING = NOON + timedelta(days=1, hours=22)
"""The first slot has begun: who comes is taken in."""
MATTERS = st.sampled_from((SHORT, TWO_SLOTS))
WHO = st.integers(0, PEOPLE - 1)
WHICH = st.integers(0, 9)


class AnyOrder(RuleBasedStateMachine):
    """A site with two slots, five people, and every verb."""

    template: Path
    """A database with the site in it, to be copied."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.now = NOON
        self.kept: dict[str, str] = {}

    @initialize()
    def open(self) -> None:
        """Enter the places."""
        self.site = BookedSite(copied(self.template, Path(self.folder.name)))

    @rule(who=WHO, slot=st.integers(0, SLOTS - 1), matters=MATTERS)
    def holds(self, who: int, slot: int, matters: tuple[str, ...]) -> None:
        """Somebody chooses a time; the same request sent again is the same booking."""
        key = f"{len(self.kept):064}"
        self.tries(lambda: self.kept.update({key: self.site.hold(who, slot, matters, key).id}))
        if key in self.kept:
            with clock.frozen(self.now):
                assert self.site.hold(who, slot, matters, key).id == self.kept[key]

    @rule(which=WHICH)
    def says_yes(self, which: int) -> None:
        """Somebody confirms, in time or not."""
        self.does(which, lambda session, booking: confirm(session, booking.id, by=SYSTEM))

    @rule(which=WHICH)
    def gives_up(self, which: int) -> None:
        """Somebody cancels."""
        self.does(
            which,
            lambda session, booking: cancel(
                session, booking.id, EndedFor.OWN_WISH, terms=TERMS, by=SYSTEM
            ),
        )

    @rule(which=WHICH, slot=st.integers(0, SLOTS - 1))
    def moves(self, which: int, slot: int) -> None:
        """Somebody would like another time; he has one afterwards, the old or the new."""

        def deed(session: Any, booking: Booking) -> None:
            target = self.site.slots()[slot].id
            move(session, booking.id, target, terms=TERMS, by=SYSTEM)

        self.does(which, deed)

    @rule(who=WHO, matters=MATTERS)
    def waits(self, who: int, matters: tuple[str, ...]) -> None:
        """Somebody joins the waiting list."""

        def deed() -> None:
            wish = self.site.wish(who, matters)
            with self.site.database.unit_of_work() as session:
                waiting.join(session, DAY_OF, wish, terms=TERMS, by=SYSTEM)

        self.tries(deed)

    @rule(capacity=st.integers(WALK_IN + 1, CAPACITY))
    def staff_change_the_week(self, capacity: int) -> None:
        """The template has more places or fewer; what is taken stays taken."""

        def deed() -> None:
            with self.site.database.unit_of_work() as session:
                week = week_of(session, SITE)
                new = tuple(replace(each, capacity=capacity) for each in week)
                looked_at = digest_of(week)
                event = AuditEvent.SITE_TEMPLATE_SET
                save_week(session, SITE, new, event, looked_at=looked_at, by=SYSTEM)
                fit_ahead(session, SITE, terms=TERMS, by=SYSTEM)

        self.tries(deed)

    @rule()
    def comes(self) -> None:
        """Somebody simply comes, on the day, and is never sent away."""
        with clock.frozen(MORNING), self.site.database.unit_of_work() as session:
            desk.walk_in(session, SITE, GROUP, by=SYSTEM)

    @rule(minutes=st.sampled_from((1, 6, 31)))
    def time_goes_by(self, minutes: int) -> None:
        """Holds end."""
        self.now += timedelta(minutes=minutes)
        with clock.frozen(self.now):
            chores.end_holds(self.site.database, TERMS)

    @invariant()
    def every_place_is_one_persons(self) -> None:
        """Never more than the capacity, never a booking in the walk-in share, counters right."""
        if not hasattr(self, "site"):
            return
        assert self.site.counted_right()
        occupying = sorted(OCCUPYING)
        with self.site.database.reading() as session:
            for slot in session.scalars(select(Slot)):
                inside = session.scalars(
                    select(Booking.walk_in)
                    .join(BookingSlot, BookingSlot.booking_id == Booking.id)
                    .where(BookingSlot.slot_id == slot.id, Booking.state.in_(occupying))
                ).all()
                assert len(inside) <= slot.capacity <= CAPACITY
                assert inside.count(False) <= slot.capacity - slot.walk_in
                assert slot.walk_in == WALK_IN

    @invariant()
    def nothing_stands_empty_that_somebody_waits_for(self) -> None:
        """Whoever waits still, waits because nothing fits; who came first was asked first."""
        if not hasattr(self, "site"):
            return
        with clock.frozen(self.now), self.site.database.reading() as session:
            entries = session.scalars(select(WaitingEntry).order_by(WaitingEntry.id)).all()
            for entry in entries:
                if entry.state == "waiting":
                    needed = timedelta(minutes=entry.minutes)
                    found = opportunities(session, SITE, GROUP, DAY, DAY, needed=needed)
                    assert not any(found.values())
            for minutes in {entry.minutes for entry in entries}:
                alike = [each.state != "waiting" for each in entries if each.minutes == minutes]
                assert alike == sorted(alike, reverse=True)

    def does(self, which: int, deed: Any) -> None:
        """Do something with one of the bookings, if it can be done."""
        with self.site.database.reading() as session:
            wanted = select(Booking).where(Booking.walk_in.is_(False)).order_by(Booking.id.desc())
            found = session.scalars(wanted).all()
        if not found:
            return
        booking = found[which % len(found)]

        def one_deed() -> None:
            with self.site.database.unit_of_work() as session:
                deed(session, booking)

        self.tries(one_deed)
        with self.site.database.reading() as session:
            after = session.get_one(Booking, booking.id)
            if after.state == BookingState.MOVED:
                new = select(Booking).where(Booking.moved_from == booking.id)
                assert session.scalars(new).one().resident_id == booking.resident_id

    def tries(self, deed: Any) -> None:
        """Do something that may be refused, never for a reason that is a fault of ours."""
        with clock.frozen(self.now), suppress(Conflict, Refused):
            deed()

    def teardown(self) -> None:
        """Close the database."""
        if hasattr(self, "site"):
            self.site.database.dispose()
        self.folder.cleanup()


def test_any_order_of_any_verbs(tmp_path: Path, sqlite_template: Path) -> None:
    """Random schedules of holds, moves, offers and people who come: the rules hold after each."""
    AnyOrder.template = site_to_copy(
        sqlite_template, tmp_path, people=PEOPLE, capacity=CAPACITY, walk_in=WALK_IN
    )
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=6,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
