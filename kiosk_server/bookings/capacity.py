"""
The places of slots: taken and given back by conditional updates, so that the database decides.

Whoever takes, gives back or waits goes in one order: the resident's row, slots in order of id,
bookings and the waiting list. No two of them can wait for each other.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import CursorResult, and_, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from kiosk_server.bookings.life import OCCUPYING
from kiosk_server.bookings.models import Booking, BookingSlot, Slot
from kiosk_server.bookings.rules import Place
from kiosk_server.core import clock

Day = tuple[str, str, date]
"""Site, group, day: what one waiting list is for."""


def take(session: Session, slot_ids: Iterable[str], *, walk_in: bool = False) -> bool:
    """Take one place in each slot, or return False: then the unit of work must not commit.

    A booking leaves the walk-in share alone; who simply comes may have any place.
    """
    room = [Slot.remaining_total > 0, Slot.closed_at.is_(None)]
    left = {"remaining_total": Slot.remaining_total - 1}
    if not walk_in:
        room.append(Slot.remaining_booked > 0)
        left["remaining_booked"] = Slot.remaining_booked - 1
    return all(
        _changed(session, update(Slot).where(Slot.id == slot_id, *room).values(**left))
        for slot_id in sorted(slot_ids)
    )


def give_back(session: Session, booking: Booking) -> None:
    """Give the places of *booking* back; the caller has just ended it, once."""
    more = {"remaining_total": Slot.remaining_total + 1}
    if not booking.walk_in:
        more["remaining_booked"] = Slot.remaining_booked + 1
    for slot_id in slots_of(session, booking.id):
        _changed(session, update(Slot).where(Slot.id == slot_id).values(**more))


def resize(session: Session, slot_id: str, *, capacity: int, walk_in: int) -> bool:
    """
    Give a slot another capacity and walk-in share, or return False: more is taken than would be.

    What is taken stays counted as it was, whatever was taken since the caller looked.
    """
    booked = Slot.capacity - Slot.walk_in - Slot.remaining_booked
    taken = Slot.capacity - Slot.remaining_total
    change = (
        update(Slot)
        .where(Slot.id == slot_id, booked <= capacity - walk_in, taken <= capacity)
        .values(
            capacity=capacity,
            walk_in=walk_in,
            remaining_booked=capacity - walk_in - booked,
            remaining_total=capacity - taken,
        )
    )
    return _changed(session, change)


def slots_of(session: Session, booking_id: str) -> list[str]:
    """Return the slots in which a booking has a place, in order of id."""
    wanted = select(BookingSlot.slot_id).where(BookingSlot.booking_id == booking_id)
    return list(session.scalars(wanted.order_by(BookingSlot.slot_id)))


def lock_days(session: Session, days: Iterable[Day]) -> None:
    """Keep everybody else from the slots of *days* until this unit of work ends."""
    wanted = tuple_(Slot.site_id, Slot.group_code, Slot.day).in_(sorted(set(days)))
    session.execute(select(Slot.id).where(wanted).order_by(Slot.id).with_for_update()).all()


def lock_site(session: Session, site_id: str, first: date, last: date) -> None:
    """Keep everybody else from all slots of a site in some days."""
    wanted = and_(Slot.site_id == site_id, Slot.day.between(first, last))
    session.execute(select(Slot.id).where(wanted).order_by(Slot.id).with_for_update()).all()


def places_of(session: Session, day: Day, *, to_come: bool = True) -> list[Place]:
    """Return the slots of a day in order of time; those that have begun are left out."""
    site_id, group_code, on = day
    wanted = select(
        Slot.id, Slot.starts_at, Slot.ends_at, Slot.remaining_booked, Slot.remaining_total
    ).where(
        Slot.site_id == site_id,
        Slot.group_code == group_code,
        Slot.day == on,
        Slot.closed_at.is_(None),
    )
    if to_come:
        wanted = wanted.where(Slot.starts_at > clock.now())
    rows = session.execute(wanted.order_by(Slot.starts_at))
    return [
        Place(slot_id, starts_at, ends_at, free=booked > 0 and total > 0)
        for slot_id, starts_at, ends_at, booked, total in rows
    ]


def places_by_day(
    session: Session, site_id: str, group_code: str, first: date, last: date
) -> dict[date, list[Place]]:
    """Return the slots to come of some days, each day's in order of time, in one select."""
    wanted = select(
        Slot.day,
        Slot.id,
        Slot.starts_at,
        Slot.ends_at,
        Slot.remaining_booked,
        Slot.remaining_total,
    ).where(
        Slot.site_id == site_id,
        Slot.group_code == group_code,
        Slot.day.between(first, last),
        Slot.closed_at.is_(None),
        Slot.starts_at > clock.now(),
    )
    found: dict[date, list[Place]] = {}
    for day, slot_id, starts_at, ends_at, booked, total in session.execute(
        wanted.order_by(Slot.starts_at)
    ):
        place = Place(slot_id, starts_at, ends_at, free=booked > 0 and total > 0)
        found.setdefault(day, []).append(place)
    return found


def miscounted(session: Session) -> Sequence[str]:
    """Return the slots whose counters differ from what their bookings say: there are none."""
    occupying = sorted(OCCUPYING)
    counted = (
        select(
            BookingSlot.slot_id,
            func.count().label("everybody"),
            func.count().filter(Booking.walk_in.is_(False)).label("booked"),
        )
        .join(Booking, Booking.id == BookingSlot.booking_id)
        .where(Booking.state.in_(occupying))
        .group_by(BookingSlot.slot_id)
        .subquery()
    )
    everybody = func.coalesce(counted.c.everybody, 0)
    booked = func.coalesce(counted.c.booked, 0)
    wrong = or_(
        Slot.capacity - Slot.remaining_total != everybody,
        Slot.capacity - Slot.walk_in - Slot.remaining_booked != booked,
    )
    wanted = select(Slot.id).outerjoin(counted, counted.c.slot_id == Slot.id).where(wrong)
    return session.scalars(wanted.order_by(Slot.id)).all()


def _changed(session: Session, change: Any) -> bool:
    result = session.execute(change.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", result).rowcount == 1
