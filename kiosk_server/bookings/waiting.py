"""
The waiting list (候补) of one day: joined when it is full, offered in order when a place is freed.

A freed place is offered in the unit of work that frees it, behind the same locks under which
people join: no place stands empty that somebody waits for. An offer is a booking that is held.
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.bookings.capacity import Day, lock_days, places_of, take
from kiosk_server.bookings.life import WAITING_LIFE, Channel, WaitingState, WaitingVerb
from kiosk_server.bookings.making import (
    Wish,
    lock_resident,
    make,
    require_room_for,
    require_way,
)
from kiosk_server.bookings.models import Booking, WaitingEntry
from kiosk_server.bookings.queries import waiting_of
from kiosk_server.bookings.rules import BookingTerms, free_runs
from kiosk_server.bookings.telling import tell
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, NotFound
from kiosk_server.core.identifiers import new_id
from kiosk_server.notices.rules import Topic
from kiosk_server.places.service_groups import service_groups


def join(session: Session, day: Day, wish: Wish, *, terms: BookingTerms, by: Actor) -> WaitingEntry:
    """
    Let a person wait for a place on *day*, which has none that would do.

    Raises `Conflict` with `place_free`, `waiting_already`, `not_bookable`, and what
    `require_room_for` raises.
    """
    site_id, group_code, on = day
    resident_id = wish.resident_id
    require_way(wish)
    lock_resident(session, resident_id)
    require_room_for(session, resident_id, on, terms)
    mine = [each for each in waiting_of(session, resident_id) if _day_of(each) == day]
    if mine:
        raise Conflict("waiting_already")
    lock_days(session, [day])
    places = places_of(session, day)
    if not places:
        raise Conflict("not_bookable")
    minutes = service_groups()[group_code].minutes_for(wish.services)
    if next(free_runs(places, timedelta(minutes=minutes)), None) is not None:
        raise Conflict("place_free")
    entry = WaitingEntry(
        id=new_id(),
        site_id=site_id,
        group_code=group_code,
        day=on,
        services=list(wish.services),
        minutes=minutes,
        resident_id=resident_id,
        first=wish.priority is not None,
        state=WaitingState.WAITING.value,
        asked_at=clock.now(),
    )
    session.add(entry)
    session.flush()
    _note(session, AuditEvent.WAITING_JOINED, entry, by)
    return entry


def leave(session: Session, resident_id: str, entry_id: str, *, by: Actor) -> None:
    """Let a person wait no longer; raises `NotFound("waiting_not_found")` and `WrongState`."""
    entry = session.get(WaitingEntry, entry_id)
    if entry is None or entry.resident_id != resident_id:
        raise NotFound("waiting_not_found")
    lock_days(session, [_day_of(entry)])
    session.refresh(entry, with_for_update=True)
    _move(entry, WaitingVerb.LEAVE)
    _note(session, AuditEvent.WAITING_LEFT, entry, by)


def offer(session: Session, day: Day, *, terms: BookingTerms, by: Actor) -> None:
    """
    Offer what is free on *day* to who waits for it, in order; the caller has locked the day.

    Somebody who needs more than is free keeps his place, and who comes after him may fit.
    """
    site_id, group_code, on = day
    waiting = (
        select(WaitingEntry)
        .where(
            WaitingEntry.site_id == site_id,
            WaitingEntry.group_code == group_code,
            WaitingEntry.day == on,
            WaitingEntry.state == WaitingState.WAITING,
        )
        .order_by(WaitingEntry.first.desc(), WaitingEntry.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for entry in session.scalars(waiting).all():
        needed = timedelta(minutes=entry.minutes)
        run = next(free_runs(places_of(session, day), needed), None)
        if run is None or not take(session, [place.id for place in run]):
            continue
        wish = Wish(entry.resident_id, tuple(entry.services), Channel.WAITING_LIST)
        until = min(clock.now() + terms.offer, run[0].starts_at)
        booking = make(session, day, run, wish, held_until=until)
        _move(entry, WaitingVerb.OFFER)
        entry.booking_id = booking.id
        session.flush()
        _note(session, AuditEvent.WAITING_OFFERED, entry, by)
        tell(session, booking, Topic.BOOKING_OFFERED)


def follow(session: Session, booking: Booking, verb: WaitingVerb) -> None:
    """Let the entry that led to *booking* go its way, if one did."""
    if booking.channel != Channel.WAITING_LIST:
        return
    wanted = select(WaitingEntry).where(WaitingEntry.booking_id == booking.id)
    entry = session.scalar(wanted.with_for_update())
    if entry is not None and verb in WAITING_LIFE.open_verbs(WaitingState(entry.state)):
        _move(entry, verb)


def lapse_old(session: Session) -> None:
    """Let those go for whom nothing came free on their day."""
    wanted = select(WaitingEntry).where(
        WaitingEntry.state == WaitingState.WAITING, WaitingEntry.day < clock.beijing_today()
    )
    for entry in session.scalars(wanted.with_for_update()):
        _move(entry, WaitingVerb.LAPSE)


def _day_of(entry: WaitingEntry) -> Day:
    return entry.site_id, entry.group_code, entry.day


def _move(entry: WaitingEntry, verb: WaitingVerb) -> None:
    entry.state = WAITING_LIFE.after(WaitingState(entry.state), verb).value


def _note(session: Session, event: AuditEvent, entry: WaitingEntry, by: Actor) -> None:
    facts = {"day": entry.day.isoformat(), "booking": entry.booking_id}
    note(session, event, actor=by, subject=Subject("waiting_entry", entry.id), facts=facts)
