"""The terms of bookings as the settings tell them."""

from datetime import timedelta

from kiosk_server.bookings.rules import BookingTerms
from kiosk_server.settings import Settings


def booking_terms(settings: Settings) -> BookingTerms:
    """Return what people may book, as *settings* say."""
    return BookingTerms(
        hold=timedelta(minutes=settings.booking_hold_minutes),
        offer=timedelta(minutes=settings.booking_offer_minutes),
        days_ahead=settings.booking_days_ahead,
        per_day=settings.bookings_per_day,
        at_once=settings.bookings_at_once,
    )
