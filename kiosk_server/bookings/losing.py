"""
Places that are taken from who has booked them: he is told, and offered another where there is one.

Both in the unit of work that takes the place away, behind the locks of its caller (`slots.fit`).
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Actor
from kiosk_server.bookings import waiting
from kiosk_server.bookings.capacity import give_back, places_of, take
from kiosk_server.bookings.life import (
    UPCOMING,
    BookingVerb,
    Channel,
    EndedFor,
    Priority,
    WaitingVerb,
)
from kiosk_server.bookings.making import Wish, make
from kiosk_server.bookings.models import Booking, BookingSlot
from kiosk_server.bookings.rules import BookingTerms, Place, free_runs
from kiosk_server.bookings.services import go, note_booking
from kiosk_server.bookings.telling import tell
from kiosk_server.core import clock
from kiosk_server.notices.rules import Topic

_SEARCHED_FOR_ANOTHER = timedelta(days=7)


def who_has_a_place(session: Session, slot_ids: list[str]) -> list[Booking]:
    """Return who has booked one of some slots and has not come yet, kept from others."""
    wanted = (
        select(Booking)
        .where(
            Booking.id.in_(select(BookingSlot.booking_id).where(BookingSlot.slot_id.in_(slot_ids))),
            Booking.state.in_(sorted(UPCOMING)),
        )
        .order_by(Booking.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(wanted))


def take_away(session: Session, booking: Booking, by: Actor) -> None:
    """End a booking whose time is no more, and tell whose it was."""
    go(booking, BookingVerb.CANCEL)
    booking.ended_for = EndedFor.SITE_CLOSED.value
    session.flush()
    give_back(session, booking)
    waiting.follow(session, booking, WaitingVerb.LAPSE)
    note_booking(session, AuditEvent.BOOKING_CANCELLED, booking, by)
    tell(session, booking, Topic.BOOKING_CLOSED)


def offer_another(session: Session, booking: Booking, terms: BookingTerms) -> None:
    """Hold the next places that would do, for as long as an offer lives."""
    if booking.resident_id is None:
        return
    run = _next_run(session, booking, terms)
    if run is None or not take(session, [place.id for place in run]):
        return
    priority = Priority(booking.priority) if booking.priority else None
    wish = Wish(booking.resident_id, tuple(booking.services), Channel.CLOSING, priority)
    day = booking.site_id, booking.group_code, clock.to_beijing(run[0].starts_at).date()
    until = min(clock.now() + terms.offer, run[0].starts_at)
    another = make(session, day, run, wish, held_until=until, moved_from=booking.id)
    note_booking(session, AuditEvent.BOOKING_HELD, another, SYSTEM)
    tell(session, another, Topic.BOOKING_OFFERED)


def _next_run(session: Session, booking: Booking, terms: BookingTerms) -> list[Place] | None:
    needed = booking.ends_at - booking.starts_at
    horizon = clock.beijing_today() + timedelta(days=terms.days_ahead)
    on = max(booking.day, clock.beijing_today())
    for ahead in range((min(on + _SEARCHED_FOR_ANOTHER, horizon) - on).days + 1):
        day = booking.site_id, booking.group_code, on + timedelta(days=ahead)
        run = next(free_runs(places_of(session, day), needed), None)
        if run is not None:
            return run
    return None
