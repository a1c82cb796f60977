"""
Which booking came of which: a move, or a closing, leaves the old one and makes another.

The first of them gives a visit its name for calendars; how many there were, its sequence.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.bookings.life import BookingState
from kiosk_server.bookings.models import Booking

_GONE = (BookingState.EXPIRED.value, BookingState.CANCELLED.value)


def before(session: Session, booking: Booking) -> list[Booking]:
    """Return the bookings in whose place *booking* stands, the nearest first."""
    found: list[Booking] = []
    earlier = booking
    while earlier.moved_from is not None:
        previous = session.get(Booking, earlier.moved_from)
        if previous is None:
            # Forgotten after its time: what is left begins here.
            break
        found.append(previous)
        earlier = previous
    return found


def after(session: Session, booking: Booking) -> Booking | None:
    """Return the booking that stands in place of *booking* now, held ones included."""
    wanted = (
        select(Booking)
        .where(
            Booking.resident_id == booking.resident_id,
            Booking.moved_from == booking.id,
            Booking.state.not_in(_GONE),
        )
        .order_by(Booking.id.desc())
        .limit(1)
    )
    return session.scalar(wanted)
