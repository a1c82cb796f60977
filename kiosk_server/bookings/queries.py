"""
Read bookings: one's own, those of a day, and where there is room.

A booking of somebody else is as unknown as none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Function, and_, func, or_, select
from sqlalchemy.orm import Session

from kiosk_server.bookings.capacity import places_by_day
from kiosk_server.bookings.life import UPCOMING, BookingState, WaitingState
from kiosk_server.bookings.models import Booking, Slot, WaitingEntry
from kiosk_server.bookings.rules import AN_HOUR, NO_SHOW_COUNTS, free_runs
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound

_AT_THE_SITE = frozenset({BookingState.CHECKED_IN, BookingState.CALLED})
_LIVE_WAITING = (WaitingState.WAITING.value, WaitingState.OFFERED.value)


@dataclass(frozen=True)
class Opportunity:
    """A time that can be booked now: begin with this slot."""

    slot_id: str
    starts_at: datetime
    ends_at: datetime


def opportunities(
    session: Session,
    site_id: str,
    group_code: str,
    first: date,
    last: date,
    *,
    needed: timedelta,
) -> dict[date, list[Opportunity]]:
    """Return by day when a visit of a certain length could begin; a full day has an empty list."""
    return {
        day: [
            Opportunity(run[0].id, run[0].starts_at, run[-1].ends_at)
            for run in free_runs(places, needed)
        ]
        for day, places in places_by_day(session, site_id, group_code, first, last).items()
    }


def booking_of(session: Session, resident_id: str, booking_id: str) -> Booking:
    """Return a booking of one resident; `NotFound("booking_not_found")` for anybody else's."""
    found = session.get(Booking, booking_id)
    if found is None or found.resident_id != resident_id:
        raise NotFound("booking_not_found")
    return found


def bookings_of(
    session: Session, resident_id: str, *, after: str | None = None, limit: int = 50
) -> list[Booking]:
    """Return the bookings of one resident, the newest first, from the one *after* a booking."""
    wanted = select(Booking).where(Booking.resident_id == resident_id)
    if after:
        wanted = wanted.where(Booking.id < after)
    return list(session.scalars(wanted.order_by(Booking.id.desc()).limit(limit)))


def expected_of(session: Session, resident_id: str) -> list[Booking]:
    """Return what one resident has ahead of him or is waiting at, the soonest first."""
    ahead = and_(Booking.state.in_(_values(UPCOMING)), Booking.ends_at > clock.now())
    there = and_(Booking.state.in_(_values(_AT_THE_SITE)), Booking.day == clock.beijing_today())
    wanted = select(Booking).where(Booking.resident_id == resident_id, or_(ahead, there))
    return list(session.scalars(wanted.order_by(Booking.starts_at, Booking.id)))


def booking_by_key(session: Session, request_key: str) -> Booking | None:
    """Return what was booked under a request key."""
    return session.scalar(select(Booking).where(Booking.request_key == request_key))


def bookings_on(session: Session, site_id: str, day: date) -> list[Booking]:
    """Return who is expected or came on one day at one site, in order of time."""
    gone = (BookingState.EXPIRED, BookingState.MOVED)
    wanted = select(Booking).where(
        Booking.site_id == site_id, Booking.day == day, Booking.state.not_in(gone)
    )
    return list(session.scalars(wanted.order_by(Booking.starts_at, Booking.id)))


def slots_on(session: Session, site_id: str, day: date) -> list[Slot]:
    """Return the slots of one day at one site, in order of group and time."""
    wanted = select(Slot).where(Slot.site_id == site_id, Slot.day == day)
    return list(session.scalars(wanted.order_by(Slot.group_code, Slot.starts_at)))


def waiting_of(session: Session, resident_id: str) -> list[WaitingEntry]:
    """Return where one resident waits or has an offer, the newest first."""
    wanted = select(WaitingEntry).where(
        WaitingEntry.resident_id == resident_id, WaitingEntry.state.in_(_LIVE_WAITING)
    )
    return list(session.scalars(wanted.order_by(WaitingEntry.id.desc())))


@dataclass(frozen=True)
class Share:
    """What one person has of everybody's places: ahead of him, on one day of it; what he missed
    lately, and asked for within the hour.

    To wait for a place counts like having it: each may become one.
    """

    ahead: int
    on_day: int
    missed: int
    asked: int


def share_of(session: Session, resident_id: str, day: date) -> Share:
    """Return what one person has, a group (团体) as one, in one select."""
    now = clock.now()
    ahead = and_(Booking.state.in_(_values(UPCOMING)), Booking.ends_at > now)
    waits = select(func.count()).where(
        WaitingEntry.resident_id == resident_id,
        WaitingEntry.state == WaitingState.WAITING,
        WaitingEntry.day >= clock.beijing_today(),
    )
    wanted = select(
        _each_group_once().filter(ahead),
        waits.scalar_subquery(),
        _each_group_once().filter(ahead, Booking.day == day),
        waits.where(WaitingEntry.day == day).scalar_subquery(),
        _each_group_once().filter(_missed()),
        _each_group_once().filter(Booking.made_at > now - AN_HOUR),
    ).where(Booking.resident_id == resident_id)
    has, waiting, has_then, waits_then, missed, asked = session.execute(wanted).one()
    return Share(has + waiting, has_then + waits_then, missed, asked)


def count_no_shows(session: Session, resident_id: str) -> int:
    """Return how many bookings one person missed lately, a group as one."""
    wanted = select(_each_group_once()).where(Booking.resident_id == resident_id, _missed())
    return session.scalar(wanted) or 0


def _missed() -> ColumnElement[bool]:
    lately = clock.now() - NO_SHOW_COUNTS
    return and_(Booking.state == BookingState.NO_SHOW, Booking.starts_at > lately)


def _each_group_once() -> Function[int]:
    return func.count(func.coalesce(Booking.party_id, Booking.id).distinct())


def _values(states: Iterable[BookingState]) -> list[str]:
    return sorted(state.value for state in states)
