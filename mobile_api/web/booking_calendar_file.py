"""A booking as a file for its holder's calendar: the site and the time, and nothing of himself."""

from urllib.parse import urlsplit

from flask import Response
from sqlalchemy.orm import Session

from kiosk_server.bookings.calendar_entry import CalendarEntry, calendar_text
from kiosk_server.bookings.life import BookingState
from kiosk_server.bookings.models import Booking
from kiosk_server.bookings.succession import before
from kiosk_server.core import clock
from kiosk_server.places.queries import site
from kiosk_server.web.request_context import settings
from kiosk_server.web.words import words
from mobile_api.v1.certificates import in_words

_OVER = frozenset(
    {BookingState.CANCELLED, BookingState.MOVED, BookingState.EXPIRED, BookingState.NO_SHOW}
)


def calendar_file(session: Session, booking: Booking) -> Response:
    """Return the file. What was moved keeps its name, and the new time replaces the old one."""
    place, origin = site(session, booking.site_id), settings().public_origin
    earlier = before(session, booking)
    first = earlier[-1].id if earlier else booking.id
    cancelled = BookingState(booking.state) in _OVER
    name = in_words(place.names)
    starts = clock.to_beijing(booking.starts_at)
    entry = CalendarEntry(
        uid=f"{first}@{urlsplit(origin).hostname}",
        # Each move counts two, so that an end has a number between what it ends and what follows.
        sequence=2 * len(earlier) + cancelled,
        cancelled=cancelled,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        title=words("m-calendar-title", site=name),
        place=f"{name}, {in_words(place.addresses)}",
        note=words("m-calendar-note", time=f"{starts:%Y-%m-%d %H:%M}", phone=place.phone),
        page=f"{origin}/m/bookings/{booking.id}",
        host=name,
        origin=origin,
        position=(place.position.latitude, place.position.longitude)
        if place.position and not place.position.sample
        else None,
    )
    response = Response(
        calendar_text(entry, clock.now()), content_type="text/calendar; charset=utf-8"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="visit.ics"'
    return response
