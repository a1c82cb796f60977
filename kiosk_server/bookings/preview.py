"""
What saving a week would do, told before it is saved (预览): slots, days and bookings counted.

It counts the very plan that saving follows; nothing is changed and nobody is told.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk_server.bookings.life import UPCOMING
from kiosk_server.bookings.models import Booking, BookingSlot
from kiosk_server.bookings.rules import BookingTerms
from kiosk_server.bookings.shaping import LOSING, Change, Fate
from kiosk_server.bookings.slots import days_from, plan_for
from kiosk_server.bookings.weeks import Week
from kiosk_server.core import clock
from kiosk_server.places.calendars import calendar_of


@dataclass(frozen=True)
class DayEffect:
    """One day: how many slots come, go, are cut anew, grow, shrink, or stay for what is taken."""

    day: date
    come: int
    go: int
    recut: int
    grow: int
    shrink: int
    kept: int
    bookings: int
    """How many lose their place; each is told and offered another."""


@dataclass(frozen=True)
class Effects:
    """The days that change, and those that have no slots because their calendar is not known."""

    days: tuple[DayEffect, ...]
    not_known: tuple[date, ...]

    @property
    def bookings(self) -> int:
        """How many bookings lose their place in all."""
        return sum(each.bookings for each in self.days)


def effects_of(session: Session, site_id: str, week: Week, terms: BookingTerms) -> Effects:
    """Return what making *week* a site's would do to the days that may be booked."""
    today = clock.beijing_today()
    last = today + timedelta(days=terms.days_ahead)
    changes = plan_for(session, site_id, week, today, last)
    lost = _bookings_lost(session, changes)
    fates = Counter((change.day, change.fate) for change in changes)
    held_back = Counter(change.day for change in changes if change.held_back)
    days = sorted({change.day for change in changes})
    calendar = calendar_of(session)
    return Effects(
        tuple(
            DayEffect(
                day=day,
                come=fates[day, Fate.MADE] + fates[day, Fate.OPENED],
                go=fates[day, Fate.CLOSED],
                recut=fates[day, Fate.RECUT],
                grow=fates[day, Fate.GROWN],
                shrink=fates[day, Fate.SHRUNK],
                kept=held_back[day],
                bookings=lost.get(day, 0),
            )
            for day in days
        ),
        tuple(day for day in days_from(today, last) if not calendar.is_known(day.year)),
    )


def _bookings_lost(session: Session, changes: Sequence[Change]) -> dict[date, int]:
    losing = [each.standing.id for each in changes if each.standing and each.fate in LOSING]
    wanted = (
        select(Booking.day, func.count(Booking.id.distinct()))
        .join(BookingSlot, BookingSlot.booking_id == Booking.id)
        .where(BookingSlot.slot_id.in_(losing), Booking.state.in_(sorted(UPCOMING)))
        .group_by(Booking.day)
    )
    lost: dict[date, int] = {}
    for day, count in session.execute(wanted):
        lost[day] = count
    return lost
