"""Letting a place go that is only held: somebody chose another, or went away."""

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor
from kiosk_server.bookings.capacity import lock_days
from kiosk_server.bookings.life import BookingState, BookingVerb, EndedFor
from kiosk_server.bookings.models import Booking
from kiosk_server.bookings.rules import BookingTerms
from kiosk_server.bookings.services import end, locked, note_booking


def let_go(session: Session, booking_id: str, *, terms: BookingTerms, by: Actor) -> None:
    """Give back what is held; nothing happens where its holder said yes meanwhile."""
    kept = session.get_one(Booking, booking_id)
    lock_days(session, [(kept.site_id, kept.group_code, kept.day)])
    booking = locked(session, booking_id)
    if booking.state != BookingState.HELD:
        return
    end(session, booking, BookingVerb.CANCEL, terms=terms, by=by)
    booking.ended_for = EndedFor.OWN_WISH.value
    note_booking(session, AuditEvent.BOOKING_CANCELLED, booking, by)
