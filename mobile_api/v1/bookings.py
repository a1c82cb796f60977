"""`/bookings`: hold a place, say yes to it, move it, give it up; always for oneself."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy.orm import Session

from kiosk_server.bookings import queries, services
from kiosk_server.bookings.life import BookingState, Channel, EndedFor, Priority
from kiosk_server.bookings.making import Wish
from kiosk_server.bookings.models import Booking
from kiosk_server.places.queries import site
from kiosk_server.places.service_groups import MOST_SERVICES, service_groups
from kiosk_server.residents.assurance import Act
from kiosk_server.web.request_context import database
from mobile_api.access import holder, signed_in
from mobile_api.booking_terms import refusals_noted, request_key, terms
from mobile_api.doors import Door
from mobile_api.v1.certificates import in_words
from mobile_api.v1.schemas import Asked, Id, Page, PageAsked, page_of
from mobile_api.wallets import actor_id

Code = Annotated[str, StringConstraints(pattern=r"^[a-z-]{1,40}$")]


class PlaceAsked(Asked):
    """From which slot on, for which services of one group."""

    slot_id: Id
    services: list[Code] = Field(min_length=1, max_length=MOST_SERVICES)
    priority: Priority | None = Field(
        default=None, description="绿色通道, as the booker says himself; shown at the window."
    )


class MoveAsked(Asked):
    """From which slot on instead."""

    slot_id: Id


class BookingSeen(BaseModel):
    """One booking of mine."""

    id: str
    site_id: str
    site: str
    address: str
    group: str
    services: list[str]
    state: BookingState
    starts_at: datetime
    ends_at: datetime
    held_until: datetime | None = Field(description="Say yes before, or it is let go.")
    ended_for: EndedFor | None
    moved_from: str | None
    priority: Priority | None


def hold_place(body: PlaceAsked) -> BookingSeen:
    """Keep a place for some minutes; sent again with its key, it is the same place."""
    wish = Wish(actor_id(), tuple(body.services), Channel.PHONE, body.priority)
    with refusals_noted(), database().unit_of_work() as session:
        booking = services.hold(
            session,
            body.slot_id,
            wish,
            terms=terms(),
            by=holder().actor,
            request_key=request_key(),
        )
        return booking_seen(session, booking)


def list_bookings(query: PageAsked) -> Page[BookingSeen]:
    """List my bookings."""
    with database().reading() as session:
        found = queries.bookings_of(session, actor_id(), after=query.cursor, limit=query.limit + 1)
        items = [booking_seen(session, each) for each in found]
    return page_of(items, [item.id for item in items], query.limit)


def see_booking(booking_id: str) -> BookingSeen:
    """Show one of my bookings."""
    with refusals_noted(), database().reading() as session:
        return booking_seen(session, queries.booking_of(session, actor_id(), booking_id))


def confirm_booking(booking_id: str) -> BookingSeen:
    """Say yes to a place that is held for me."""
    with refusals_noted(), database().unit_of_work() as session:
        booking = services.confirm(session, booking_id, by=holder().actor, owner=actor_id())
        return booking_seen(session, booking)


def cancel_booking(booking_id: str) -> BookingSeen:
    """Give a booking of mine up; its place is offered to who waits."""
    with refusals_noted(), database().unit_of_work() as session:
        queries.booking_of(session, actor_id(), booking_id)
        booking = services.cancel(
            session, booking_id, EndedFor.OWN_WISH, terms=terms(), by=holder().actor
        )
        return booking_seen(session, booking)


def move_booking(booking_id: str, body: MoveAsked) -> BookingSeen:
    """Move a booking of mine; the old place is given up once I have the new one."""
    with refusals_noted(), database().unit_of_work() as session:
        queries.booking_of(session, actor_id(), booking_id)
        booking = services.move(
            session,
            booking_id,
            body.slot_id,
            terms=terms(),
            by=holder().actor,
            request_key=request_key(),
        )
        return booking_seen(session, booking)


def booking_seen(session: Session, booking: Booking) -> BookingSeen:
    """Return a booking as the phone shows it."""
    place, group = site(session, booking.site_id), service_groups()[booking.group_code]
    return BookingSeen(
        id=booking.id,
        site_id=place.id,
        site=in_words(place.names),
        address=in_words(place.addresses),
        group=in_words(group.names),
        services=[in_words(group.services[code].names) for code in booking.services],
        state=BookingState(booking.state),
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        held_until=booking.held_until,
        ended_for=EndedFor(booking.ended_for) if booking.ended_for else None,
        moved_from=booking.moved_from,
        priority=Priority(booking.priority) if booking.priority else None,
    )


MAY = signed_in(Act.BOOK)
GONE = {HTTPStatus.NOT_FOUND: ("booking_not_found",)}
NO_PLACE = {
    HTTPStatus.NOT_FOUND: ("slot_not_found", "booking_not_found"),
    HTTPStatus.CONFLICT: ("slot_full", "slot_over", "slot_too_short", "wrong_state"),
    HTTPStatus.UNPROCESSABLE_ENTITY: ("booking_invalid",),
}
ENOUGH = {
    HTTPStatus.FORBIDDEN: ("bookings_enough", "bookings_one_at_a_time"),
    HTTPStatus.TOO_MANY_REQUESTS: ("too_many_bookings",),
}
DOORS = (
    Door("POST", "/bookings", hold_place, MAY, HTTPStatus.CREATED, refuses=NO_PLACE | ENOUGH),
    Door("GET", "/bookings", list_bookings, MAY),
    Door("GET", "/bookings/<booking_id>", see_booking, MAY, refuses=GONE),
    Door(
        "POST",
        "/bookings/<booking_id>/confirm",
        confirm_booking,
        MAY,
        refuses=GONE | {HTTPStatus.CONFLICT: ("hold_over", "wrong_state")},
    ),
    Door(
        "POST",
        "/bookings/<booking_id>/cancel",
        cancel_booking,
        MAY,
        refuses=GONE | {HTTPStatus.CONFLICT: ("wrong_state",)},
    ),
    Door(
        "POST",
        "/bookings/<booking_id>/move",
        move_booking,
        MAY,
        HTTPStatus.CREATED,
        refuses=NO_PLACE | {HTTPStatus.FORBIDDEN: ("bookings_enough",)},
    ),
)
