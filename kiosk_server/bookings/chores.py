"""
What is done for bookings by the clock: slots for the days ahead, holds that are over, reminders,
who did not come, the count, and forgetting.
"""

from datetime import timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings import waiting
from kiosk_server.bookings.capacity import miscounted
from kiosk_server.bookings.desk import let_miss
from kiosk_server.bookings.home_visits import forget_addresses
from kiosk_server.bookings.life import BookingState
from kiosk_server.bookings.models import (
    Booking,
    BookingSlot,
    ExtraPlaces,
    RegionBooking,
    Slot,
    WaitingEntry,
)
from kiosk_server.bookings.rules import BOOKINGS_KEPT, BookingTerms
from kiosk_server.bookings.services import expire, overdue
from kiosk_server.bookings.slots import fit_ahead
from kiosk_server.bookings.telling import tell
from kiosk_server.bookings.templates import sites_with_templates
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.notices.rules import Topic

REMINDED_BEFORE = timedelta(hours=24)
NOT_JUST_MADE = timedelta(hours=2)
CALENDAR_CHANGED = "calendar.changed"
"""Outbox topic: `{"year": int, "entry": id}`; the slots of every site are fitted again."""

log = structlog.get_logger()


def make_slots(database: Database, terms: BookingTerms) -> None:
    """Fit the slots of every site to its hours, a site a unit of work."""
    with database.reading() as session:
        sites = sites_with_templates(session)
    for site_id in sites:
        with database.unit_of_work() as session:
            fit_ahead(session, site_id, terms=terms, by=SYSTEM)


def end_holds(database: Database, terms: BookingTerms) -> None:
    """Let places go that nobody said yes to in time, each in a unit of work of its own."""
    with database.reading() as session:
        over = overdue(session)
    for booking_id in over:
        with database.unit_of_work() as session:
            expire(session, booking_id, terms=terms)


def end_the_past(session: Session) -> None:
    """Mark who did not come, and let the waiting lists of days go that are over."""
    let_miss(session)
    waiting.lapse_old(session)


def remind(session: Session) -> None:
    """Tell people of bookings within a day, once."""
    now = clock.now()
    wanted = select(Booking).where(
        Booking.state == BookingState.CONFIRMED,
        Booking.reminded_at.is_(None),
        Booking.starts_at.between(now, now + REMINDED_BEFORE),
        Booking.made_at < now - NOT_JUST_MADE,
    )
    for booking in session.scalars(wanted.order_by(Booking.id).with_for_update()).all():
        booking.reminded_at = now
        tell(session, booking, Topic.BOOKING_SOON)


def count_again(session: Session) -> None:
    """Compare the counters of slots with their bookings; what differs is logged as an error."""
    for slot_id in miscounted(session):
        log.error("slot_miscounted", slot=slot_id)


def forget_bookings(session: Session) -> None:
    """Delete bookings, waiting lists and slots of days long past, addresses sooner (P37)."""
    forget_addresses(session)
    before = clock.beijing_today() - BOOKINGS_KEPT
    old = select(Booking.id).where(Booking.day < before)
    session.execute(delete(WaitingEntry).where(WaitingEntry.day < before))
    session.execute(delete(RegionBooking).where(RegionBooking.day < before))
    session.execute(delete(ExtraPlaces).where(ExtraPlaces.day < before))
    session.execute(delete(BookingSlot).where(BookingSlot.booking_id.in_(old)))
    session.execute(delete(Booking).where(Booking.day < before))
    session.execute(delete(Slot).where(Slot.day < before))
