"""
What happens at the site: who comes is checked in, called, served; who came without a booking is
taken in like anybody (P16); who did not come has missed his time.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Actor, Subject, note
from kiosk_server.bookings.capacity import places_of, take
from kiosk_server.bookings.life import BookingState, BookingVerb, Channel, Priority
from kiosk_server.bookings.models import Booking, BookingSlot, Slot
from kiosk_server.bookings.queries import booking_by_key
from kiosk_server.bookings.rules import MISSED_AFTER
from kiosk_server.bookings.services import go, locked, note_booking
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, FieldFault, Invalid
from kiosk_server.core.identifiers import new_id
from kiosk_server.places.queries import groups_by_site

AT_THE_DESK = (
    BookingVerb.CHECK_IN,
    BookingVerb.CALL,
    BookingVerb.PARK,
    BookingVerb.SERVE,
    BookingVerb.MISS,
    BookingVerb.BRING_BACK,
)


def work(session: Session, booking_id: str, verb: BookingVerb, *, by: Actor) -> Booking:
    """
    Do one of `AT_THE_DESK` with a booking; raises `WrongState`.

    Nobody has missed a time that has not begun: `Conflict("not_missed_yet")`.
    """
    booking = locked(session, booking_id)
    if verb is BookingVerb.MISS and not booking.walk_in and clock.now() < booking.starts_at:
        raise Conflict("not_missed_yet")
    go(booking, verb)
    facts = {"verb": verb.value, "site": booking.site_id}
    subject = Subject("booking", booking.id)
    note(session, AuditEvent.BOOKING_WORKED, actor=by, subject=subject, facts=facts)
    return booking


def walk_in(
    session: Session,
    site_id: str,
    group_code: str,
    *,
    by: Actor,
    channel: Channel = Channel.COUNTER,
    priority: Priority | None = None,
    request_key: str | None = None,
) -> Booking:
    """
    Take in somebody who came without a booking, and without asking who he is.

    He has the first place of the day that is free, the walk-in share included; where none is, he
    is taken in all the same and waits behind. The same *request_key* gets the same booking. Raises
    `Invalid("walk_in_invalid")` where no window of the site takes the group.
    """
    again = booking_by_key(session, request_key) if request_key else None
    if again is not None:
        return again
    if group_code not in groups_by_site(session).get(site_id, []):
        raise Invalid("walk_in_invalid", fields=[FieldFault("group", "group_unknown")])
    now, today = clock.now(), clock.beijing_today()
    slot = _first_free(session, site_id, group_code, today)
    booking = Booking(
        id=new_id(),
        site_id=site_id,
        group_code=group_code,
        day=today,
        starts_at=max(now, slot.starts_at) if slot else now,
        ends_at=slot.ends_at if slot else now,
        services=[],
        walk_in=True,
        channel=channel.value,
        priority=priority.value if priority else None,
        state=BookingState.CHECKED_IN.value,
        request_key=request_key,
        made_at=now,
    )
    try:
        with session.begin_nested():
            session.add(booking)
    except IntegrityError:
        # The same request, twice at one moment: the other one is answered.
        raise Conflict("request_at_work") from None
    if slot is not None:
        session.add(BookingSlot(booking_id=booking.id, slot_id=slot.id))
    note_booking(session, AuditEvent.BOOKING_WALKED_IN, booking, by)
    return booking


def let_miss(session: Session) -> int:
    """Let those have missed their time who did not come; return how many."""
    wanted = (
        select(Booking)
        .where(
            Booking.state == BookingState.CONFIRMED, Booking.ends_at < clock.now() - MISSED_AFTER
        )
        .order_by(Booking.id)
        .with_for_update()
    )
    missed = session.scalars(wanted).all()
    for booking in missed:
        go(booking, BookingVerb.MISS)
        note_booking(session, AuditEvent.BOOKING_MISSED, booking, SYSTEM)
    return len(missed)


def _first_free(session: Session, site_id: str, group_code: str, today: date) -> Slot | None:
    for place in places_of(session, (site_id, group_code, today), to_come=False):
        if place.ends_at > clock.now() and take(session, [place.id], walk_in=True):
            return session.get_one(Slot, place.id)
    return None
