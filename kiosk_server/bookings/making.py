"""
Making a booking's rows, and what one person may have: shared by every way to a place.

`make` is called by who has just taken the places; it takes none itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kiosk_server.bookings.capacity import Day
from kiosk_server.bookings.life import BY_STAFF, BookingState, Channel, Priority
from kiosk_server.bookings.models import Booking, BookingSlot, HomeVisit
from kiosk_server.bookings.queries import share_of
from kiosk_server.bookings.rules import AN_HOUR, MOST_AN_HOUR, BookingTerms, Place, most_at_once
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid, Refused, TooMany
from kiosk_server.core.identifiers import new_id
from kiosk_server.places.service_groups import group_of
from kiosk_server.residents.models import Resident


@dataclass(frozen=True)
class Wish:
    """For whom, for which services, and where he asked."""

    resident_id: str
    services: tuple[str, ...]
    channel: Channel
    priority: Priority | None = None


def lock_resident(session: Session, resident_id: str) -> None:
    """Let one person's requests come one after the other; others may refer to him meanwhile."""
    wanted = select(Resident.id).where(Resident.id == resident_id)
    session.execute(wanted.with_for_update(key_share=True)).one()


def require_way(wish: Wish) -> None:
    """Go on if *wish* may be asked where it was; visits at home are booked by staff alone."""
    group = group_of(wish.services)
    if group is not None and group.at_home and wish.channel not in BY_STAFF:
        fault = FieldFault("services", "services_not_together")
        raise Invalid("booking_invalid", fields=[fault])


def require_room_for(session: Session, resident_id: str, day: date, terms: BookingTerms) -> None:
    """
    Go on if one person may have one more booking, or wait for one, on *day*; he is locked.

    Raises `Refused` with `bookings_enough` (on that day or at all) or `bookings_one_at_a_time`
    (after several that he missed), and `TooMany("too_many_bookings")` who asks again and again.
    """
    has = share_of(session, resident_id, day)
    if has.asked >= MOST_AN_HOUR:
        raise TooMany("too_many_bookings", retry_after_seconds=int(AN_HOUR.total_seconds()))
    most = most_at_once(terms, has.missed)
    if most < terms.at_once and has.ahead >= most:
        raise Refused("bookings_one_at_a_time")
    if has.ahead >= most or has.on_day >= terms.per_day:
        raise Refused("bookings_enough")


def require_room_on(session: Session, resident_id: str, day: date, terms: BookingTerms) -> None:
    """Go on if one person may move a booking to *day*; raises `Refused("bookings_enough")`."""
    if share_of(session, resident_id, day).on_day >= terms.per_day:
        raise Refused("bookings_enough")


def make(
    session: Session,
    day: Day,
    run: Sequence[Place],
    wish: Wish,
    *,
    held_until: datetime | None,
    request_key: str | None = None,
    moved_from: str | None = None,
) -> Booking:
    """
    Write down a booking of the places of *run*; held until a moment, or confirmed at once.

    What belongs to the booking that it was *moved_from* goes with it: its group, where to visit.
    """
    site_id, group_code, on = day
    booking = Booking(
        id=new_id(),
        site_id=site_id,
        group_code=group_code,
        day=on,
        starts_at=run[0].starts_at,
        ends_at=run[-1].ends_at,
        services=list(wish.services),
        resident_id=wish.resident_id,
        channel=wish.channel.value,
        priority=wish.priority.value if wish.priority else None,
        state=(BookingState.HELD if held_until else BookingState.CONFIRMED).value,
        held_until=held_until,
        request_key=request_key,
        moved_from=moved_from,
        made_at=clock.now(),
    )
    session.add(booking)
    session.flush()
    session.add_all(BookingSlot(booking_id=booking.id, slot_id=place.id) for place in run)
    session.flush()
    if moved_from is not None:
        _carry_over(session, moved_from, booking)
    return booking


def _carry_over(session: Session, moved_from: str, booking: Booking) -> None:
    booking.party_id = session.scalar(select(Booking.party_id).where(Booking.id == moved_from))
    visit = update(HomeVisit).where(HomeVisit.booking_id == moved_from)
    session.execute(visit.values(booking_id=booking.id))
    session.flush()
