"""
The code that says which booking somebody comes for (取号码): eight digits, as a QR code too.

Made from the booking's id by a keyed digest: nothing is stored, and no code can be told from
another. It opens a booking on its day at its site alone; eight digits among the few bookings of
one day are not found by trying, as long as the caller limits the tries of each terminal.
"""

import hmac
import re
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.bookings.life import BookingState
from kiosk_server.bookings.models import Booking
from kiosk_server.core.cryptography import Keyring

DIGITS = 8
MARK = "KCI1:"
"""What the QR code says before the digits."""
_READ = re.compile(rf"(?:{MARK})?([0-9]{{{DIGITS}}})")
_OPENS = (BookingState.CONFIRMED, BookingState.CHECKED_IN, BookingState.CALLED)
"""Who is here already and shows his code again is shown his ticket again."""


def check_in_code(booking_id: str, key: Keyring) -> str:
    """Return the eight digits of a booking."""
    made = key.mac(booking_id.encode(), purpose="check-in-code")
    return f"{int.from_bytes(made) % 10**DIGITS:0{DIGITS}}"


def qr_text(code: str) -> str:
    """Return what the QR code of eight digits says."""
    return f"{MARK}{code}"


def read_code(text: str) -> str | None:
    """Return the digits of what was typed or scanned, spaces left out; None for anything else."""
    found = _READ.fullmatch("".join(text.split()).upper())
    return found[1] if found and text.isascii() else None


def booking_by_code(
    session: Session, site_id: str, day: date, code: str, key: Keyring
) -> Booking | None:
    """Return the booking of one day at one site that a code opens; None where none does."""
    wanted = select(Booking).where(
        Booking.site_id == site_id,
        Booking.day == day,
        Booking.walk_in.is_(False),
        Booking.state.in_(_OPENS),
    )
    found = [
        booking
        for booking in session.scalars(wanted.order_by(Booking.id))
        if hmac.compare_digest(check_in_code(booking.id, key).encode(), code.encode())
    ]
    # Two of one day with one code happen once in a city's lifetime: then neither is guessed at.
    return found[0] if len(found) == 1 else None
