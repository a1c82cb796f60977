"""
Bookings that staff make for somebody (代约): at a counter, by telephone (热线), for a group (团体).

    book_for(session, slot_id, wish, terms=, by=, request_key=)           -> Booking, confirmed
    book_party(session, slot_id, wish, people, terms=, by=, request_key=) -> list[Booking]
    cancel_party(session, party_id, terms=, by=)                          all that is still to come

A group has one contact and a place for each of its people, in one run or in runs that follow; all
of them, or none. One of its bookings is cancelled as any other is.
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, FactValue, Subject, note
from kiosk_server.bookings.capacity import Day, lock_days, places_of, take
from kiosk_server.bookings.life import UPCOMING, BookingVerb, EndedFor
from kiosk_server.bookings.making import Wish, lock_resident, make, require_room_for
from kiosk_server.bookings.models import Booking, Slot
from kiosk_server.bookings.queries import booking_by_key
from kiosk_server.bookings.rules import BookingTerms, Place, free_runs
from kiosk_server.bookings.services import confirm, end, hold, locked, note_booking
from kiosk_server.bookings.telling import tell
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound
from kiosk_server.core.identifiers import new_id
from kiosk_server.notices.rules import Topic
from kiosk_server.places.service_groups import group_of

MOST_PEOPLE = 30
SPREAD = timedelta(hours=2)
"""How long after the chosen time the last people of a group may begin."""


def book_for(
    session: Session,
    slot_id: str,
    wish: Wish,
    *,
    terms: BookingTerms,
    by: Actor,
    request_key: str | None = None,
) -> Booking:
    """Book and confirm at once, for who said so to staff; raises what `hold` raises."""
    held = hold(session, slot_id, wish, terms=terms, by=by, request_key=request_key)
    return confirm(session, held.id, by=by)


def book_party(
    session: Session,
    slot_id: str,
    wish: Wish,
    people: int,
    *,
    terms: BookingTerms,
    by: Actor,
    request_key: str | None = None,
) -> list[Booking]:
    """
    Book a place for each of *people* from *slot_id* on, within `SPREAD`; *wish* names the contact.

    The group counts as one booking of his. Raises `Invalid("booking_invalid")`,
    `NotFound("slot_not_found")`, `Conflict` with `slot_over` or `party_too_large`, and what
    `require_room_for` raises; then nothing of it may commit.
    """
    lock_resident(session, wish.resident_id)
    again = booking_by_key(session, request_key) if request_key else None
    if again is not None:
        return party_of(session, again.party_id or "")
    day, slot, needed = _asked(session, slot_id, wish, people)
    require_room_for(session, wish.resident_id, slot.day, terms)
    lock_days(session, [day])
    party_id, booked = new_id(), list[Booking]()
    for _each in range(people):
        run = _next_run(session, day, slot, needed)
        if run is None or not take(session, [place.id for place in run]):
            raise Conflict("party_too_large")
        key = None if booked else request_key
        booking = make(session, day, run, wish, held_until=None, request_key=key)
        booking.party_id = party_id
        note_booking(session, AuditEvent.BOOKING_CONFIRMED, booking, by)
        booked.append(booking)
    session.flush()
    facts: dict[str, FactValue] = {
        "site": slot.site_id,
        "people": people,
        "channel": wish.channel.value,
    }
    subject = Subject("party", party_id)
    note(session, AuditEvent.PARTY_BOOKED, actor=by, subject=subject, facts=facts)
    tell(session, booked[0], Topic.BOOKING_CONFIRMED)
    return booked


def cancel_party(session: Session, party_id: str, *, terms: BookingTerms, by: Actor) -> int:
    """
    Give up every place of a group that is still to come; its contact is told once.

    Returns how many they were; raises `NotFound("party_not_found")` where there is no such group.
    """
    party = party_of(session, party_id)
    if not party:
        raise NotFound("party_not_found")
    lock_days(session, [(each.site_id, each.group_code, each.day) for each in party])
    ended = []
    for each in party:
        booking = locked(session, each.id)
        if booking.state in UPCOMING:
            end(session, booking, BookingVerb.CANCEL, terms=terms, by=by)
            booking.ended_for = EndedFor.BY_STAFF.value
            note_booking(session, AuditEvent.BOOKING_CANCELLED, booking, by)
            ended.append(booking)
    if ended:
        tell(session, ended[0], Topic.BOOKING_CANCELLED)
    return len(ended)


def party_of(session: Session, party_id: str) -> list[Booking]:
    """Return the bookings of one group, the first one first."""
    wanted = select(Booking).where(Booking.party_id == party_id)
    return list(session.scalars(wanted.order_by(Booking.starts_at, Booking.id)))


def _asked(session: Session, slot_id: str, wish: Wish, people: int) -> tuple[Day, Slot, timedelta]:
    slot, group = session.get(Slot, slot_id), group_of(wish.services)
    if slot is None:
        raise NotFound("slot_not_found")
    faults = []
    if group is None or group.code != slot.group_code or group.at_home:
        faults.append(FieldFault("services", "services_not_together"))
    if not 2 <= people <= MOST_PEOPLE:
        faults.append(FieldFault("people", "people_unusable"))
    if faults or group is None:
        raise Invalid("booking_invalid", fields=faults)
    if slot.starts_at <= clock.now():
        raise Conflict("slot_over")
    needed = timedelta(minutes=group.minutes_for(wish.services))
    return (slot.site_id, slot.group_code, slot.day), slot, needed


def _next_run(session: Session, day: Day, slot: Slot, needed: timedelta) -> list[Place] | None:
    """Return the earliest run that is free, from the chosen slot on."""
    latest = slot.starts_at + SPREAD
    runs = free_runs(places_of(session, day), needed)
    near = (run for run in runs if slot.starts_at <= run[0].starts_at <= latest)
    return next(near, None)
