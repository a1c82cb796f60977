"""
Book, confirm, cancel, move; let go what nobody said yes to. Each is one unit of work, audited.

    hold(session, slot_id, wish, terms=, by=)        -> Booking
    confirm(session, booking_id, by=)                -> Booking
    cancel(session, booking_id, ended_for, terms=, by=)
    move(session, booking_id, slot_id, terms=, by=)  -> Booking
    expire(session, booking_id, terms=)
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Actor, Subject, note
from kiosk_server.bookings import waiting
from kiosk_server.bookings.capacity import Day, give_back, lock_days, places_of, take
from kiosk_server.bookings.life import (
    LIFE,
    BookingState,
    BookingVerb,
    Channel,
    EndedFor,
    Priority,
    WaitingVerb,
)
from kiosk_server.bookings.making import (
    Wish,
    lock_resident,
    make,
    require_room_for,
    require_room_on,
    require_way,
)
from kiosk_server.bookings.models import Booking, Slot
from kiosk_server.bookings.queries import booking_by_key
from kiosk_server.bookings.rules import BookingTerms, Place, run_from
from kiosk_server.bookings.telling import tell
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound
from kiosk_server.notices.rules import Topic
from kiosk_server.places.service_groups import group_of


def hold(
    session: Session,
    slot_id: str,
    wish: Wish,
    *,
    terms: BookingTerms,
    by: Actor,
    request_key: str | None = None,
) -> Booking:
    """
    Keep places from *slot_id* on for some minutes, until `confirm`.

    The same *request_key* gets the same booking. Raises `NotFound("slot_not_found")`,
    `Invalid("booking_invalid")`, `Conflict` with `slot_full`, `slot_over` or `slot_too_short`,
    and what `require_room_for` raises.
    """
    lock_resident(session, wish.resident_id)
    again = booking_by_key(session, request_key) if request_key else None
    if again is not None:
        return again
    require_way(wish)
    slot, run = _run(session, slot_id, wish.services)
    require_room_for(session, wish.resident_id, slot.day, terms)
    _take(session, run)
    until = min(clock.now() + terms.hold, run[0].starts_at)
    booking = make(session, _day(slot), run, wish, held_until=until, request_key=request_key)
    note_booking(session, AuditEvent.BOOKING_HELD, booking, by)
    return booking


def confirm(session: Session, booking_id: str, *, by: Actor, owner: str | None = None) -> Booking:
    """
    Say yes to a place that is held; raises `Conflict("hold_over")` once its time is over.

    Where its *owner* is named, anybody else's is `NotFound("booking_not_found")`.
    """
    booking = locked(session, booking_id)
    if owner is not None and booking.resident_id != owner:
        raise NotFound("booking_not_found")
    if booking.state == BookingState.CONFIRMED:
        return booking
    if booking.state == BookingState.EXPIRED or _is_over(booking):
        raise Conflict("hold_over")
    go(booking, BookingVerb.CONFIRM)
    booking.held_until = None
    waiting.follow(session, booking, WaitingVerb.TAKE)
    note_booking(session, AuditEvent.BOOKING_CONFIRMED, booking, by)
    tell(session, booking, Topic.BOOKING_CONFIRMED)
    return booking


def cancel(
    session: Session,
    booking_id: str,
    ended_for: EndedFor,
    *,
    terms: BookingTerms,
    by: Actor,
    verb: BookingVerb = BookingVerb.CANCEL,
) -> Booking:
    """
    Give a booking's places up; they are offered to who waits, at once.

    Who is at the site already gives his ticket up: that is the queue's, and its *verb* `LEAVE`.
    """
    lock_days(session, [_day(_get(session, booking_id))])
    booking = locked(session, booking_id)
    end(session, booking, verb, terms=terms, by=by)
    booking.ended_for = ended_for.value
    note_booking(session, AuditEvent.BOOKING_CANCELLED, booking, by)
    if ended_for is not EndedFor.OWN_WISH:
        tell(session, booking, Topic.BOOKING_CANCELLED)
    return booking


def move(
    session: Session,
    booking_id: str,
    slot_id: str,
    *,
    terms: BookingTerms,
    by: Actor,
    request_key: str | None = None,
) -> Booking:
    """
    Take places from *slot_id* on, and then give the old ones up: all of it, or nothing.

    Returns the new booking, confirmed; raises what `hold` raises for places, and
    `Refused("bookings_enough")` where he has enough on that day already.
    """
    old = _get(session, booking_id)
    if old.resident_id is not None:
        lock_resident(session, old.resident_id)
    again = booking_by_key(session, request_key) if request_key else None
    if again is not None:
        return again
    services = tuple(old.services)
    slot, run = _run(session, slot_id, services)
    if old.resident_id is not None and slot.day != old.day:
        require_room_on(session, old.resident_id, slot.day, terms)
    lock_days(session, [_day(old), _day(slot)])
    old = locked(session, booking_id)
    LIFE.after(BookingState(old.state), BookingVerb.MOVE)
    _take(session, run)
    priority = Priority(old.priority) if old.priority else None
    wish = Wish(old.resident_id or "", services, Channel(old.channel), priority)
    new = make(
        session,
        _day(slot),
        run,
        wish,
        held_until=None,
        request_key=request_key,
        moved_from=old.id,
    )
    end(session, old, BookingVerb.MOVE, terms=terms, by=by)
    note_booking(session, AuditEvent.BOOKING_MOVED, new, by)
    tell(session, new, Topic.BOOKING_MOVED)
    return new


def expire(session: Session, booking_id: str, *, terms: BookingTerms) -> None:
    """Let a place go that nobody said yes to in time; nothing where somebody did meanwhile."""
    lock_days(session, [_day(_get(session, booking_id))])
    booking = locked(session, booking_id)
    if booking.state == BookingState.HELD and _is_over(booking):
        end(session, booking, BookingVerb.EXPIRE, terms=terms, by=SYSTEM)
        note_booking(session, AuditEvent.BOOKING_EXPIRED, booking, SYSTEM)


def overdue(session: Session) -> list[str]:
    """Return what is held past its time, the oldest first."""
    wanted = select(Booking.id).where(
        Booking.state == BookingState.HELD, Booking.held_until <= clock.now()
    )
    return list(session.scalars(wanted.order_by(Booking.held_until, Booking.id)))


def end(
    session: Session, booking: Booking, verb: BookingVerb, *, terms: BookingTerms, by: Actor
) -> None:
    """End a booking by *verb*, give its places back and offer them; its day is locked."""
    go(booking, verb)
    session.flush()
    give_back(session, booking)
    waiting.follow(session, booking, WaitingVerb.LAPSE)
    waiting.offer(session, _day(booking), terms=terms, by=by)


def go(booking: Booking, verb: BookingVerb) -> None:
    """Change a booking's state as its life allows; raises `WrongState`."""
    booking.state = LIFE.after(BookingState(booking.state), verb).value


def locked(session: Session, booking_id: str) -> Booking:
    """Return a booking as it is now, and keep others from it until this unit of work ends."""
    found = session.get(Booking, booking_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("booking_not_found")
    return found


def note_booking(session: Session, event: AuditEvent, booking: Booking, by: Actor) -> None:
    """Write down what became of a booking."""
    facts = {"site": booking.site_id, "group": booking.group_code, "channel": booking.channel}
    note(session, event, actor=by, subject=Subject("booking", booking.id), facts=facts)


def _run(session: Session, slot_id: str, services: tuple[str, ...]) -> tuple[Slot, list[Place]]:
    slot = session.get(Slot, slot_id)
    if slot is None:
        raise NotFound("slot_not_found")
    group = group_of(services)
    if group is None or group.code != slot.group_code:
        fault = FieldFault("services", "services_not_together")
        raise Invalid("booking_invalid", fields=[fault])
    if slot.starts_at <= clock.now():
        raise Conflict("slot_over")
    needed = timedelta(minutes=group.minutes_for(services))
    run = run_from(places_of(session, _day(slot)), slot_id, needed)
    if run is None:
        raise Conflict("slot_full" if slot.closed_at else "slot_too_short")
    return slot, run


def _take(session: Session, run: list[Place]) -> None:
    if not take(session, [place.id for place in run]):
        raise Conflict("slot_full")


def _get(session: Session, booking_id: str) -> Booking:
    found = session.get(Booking, booking_id)
    if found is None:
        raise NotFound("booking_not_found")
    return found


def _day(row: Slot | Booking) -> Day:
    return row.site_id, row.group_code, row.day


def _is_over(booking: Booking) -> bool:
    return booking.held_until is not None and booking.held_until <= clock.now()
