"""
Slots from templates: made for the days ahead, and fitted again when the hours or the week change.

Fitting is idempotent. Whoever has a place in a slot that goes is told, and offered another where
there is one; a slot that shrinks stops at what is taken. All of it in one unit of work.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM, Actor
from kiosk_server.bookings import waiting
from kiosk_server.bookings.capacity import Day, lock_site, resize
from kiosk_server.bookings.extra_places import standing_extras, value_of
from kiosk_server.bookings.losing import offer_another, take_away, who_has_a_place
from kiosk_server.bookings.models import Slot
from kiosk_server.bookings.rules import BookingTerms
from kiosk_server.bookings.shaping import (
    LOSING,
    Change,
    Fate,
    Key,
    Shape,
    Standing,
    fitted,
    plan,
    wanted_on,
)
from kiosk_server.bookings.templates import week_of
from kiosk_server.bookings.weeks import Week
from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_id
from kiosk_server.places.calendars import calendar_of
from kiosk_server.places.hours import Interval, SiteHours, open_intervals
from kiosk_server.places.site_hours import hours_of

_OPEN_AFTERWARDS = frozenset({Fate.OPENED, Fate.RECUT})


def fit_ahead(session: Session, site_id: str, *, terms: BookingTerms, by: Actor = SYSTEM) -> int:
    """Fit the slots of one site to its hours, for all days that may be booked; see `fit`."""
    today = clock.beijing_today()
    return fit(session, site_id, today, today + timedelta(days=terms.days_ahead), terms, by=by)


def fit(
    session: Session, site_id: str, first: date, last: date, terms: BookingTerms, *, by: Actor
) -> int:
    """
    Make what slots are missing, close, open, grow and shrink those that are there, as `plan` says.

    Returns how many bookings lost their place; each is told, and offered another. A year whose
    official calendar is not known yet has no slots.
    """
    # Another place may be found on any day that can be booked: all are locked in one go.
    horizon = clock.beijing_today() + timedelta(days=terms.days_ahead)
    lock_site(session, site_id, first, max(last, horizon))
    changes = plan_for(session, site_id, week_of(session, site_id), first, last)
    _make(session, site_id, changes)
    _close(session, changes)
    lost = who_has_a_place(session, _losing(changes))
    for booking in lost:
        take_away(session, booking, by)
    _reshape(session, site_id, changes)
    for booking in lost:
        offer_another(session, booking, terms)
    for day_of in _open_days(session, site_id, first, last):
        waiting.offer(session, day_of, terms=terms, by=by)
    return len(lost)


def plan_for(
    session: Session, site_id: str, week: Week, first: date, last: date
) -> Sequence[Change]:
    """Return what *week* would change in the slots of some days; nothing is changed."""
    hours = hours_of(session, site_id)
    extras = [value_of(row) for row in standing_extras(session, site_id)]
    calendar = calendar_of(session)
    wanted: dict[Key, Shape] = {}
    openings: dict[date, tuple[Interval, ...]] = {}
    for day in days_from(first, last):
        openings[day] = open_intervals(hours, day)
        if calendar.is_known(day.year):
            announced = hours.announced(day)
            wanted |= wanted_on(day, week, extras, openings[day], announced=announced)
    standing = _standing(session, site_id, first, last)
    return plan(standing, wanted, _within(hours, openings), clock.now())


def days_from(first: date, last: date) -> Iterable[date]:
    """Yield the days from *first* to *last*, both included."""
    return (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))


def _within(
    hours: SiteHours, openings: dict[date, tuple[Interval, ...]]
) -> Callable[[Interval], bool]:
    def within(slot: Interval) -> bool:
        day = clock.to_beijing(slot.starts).date()
        opened = openings[day] if day in openings else open_intervals(hours, day)
        return any(each.covers(slot) for each in opened)

    return within


def _standing(session: Session, site_id: str, first: date, last: date) -> list[Standing]:
    wanted = select(
        Slot.id,
        Slot.group_code,
        Slot.day,
        Slot.starts_at,
        Slot.ends_at,
        Slot.capacity,
        Slot.walk_in,
        (Slot.capacity - Slot.walk_in - Slot.remaining_booked).label("booked"),
        (Slot.capacity - Slot.remaining_total).label("taken"),
        Slot.closed_at.is_(None).label("is_open"),
    ).where(Slot.site_id == site_id, Slot.day.between(first, last))
    rows = session.execute(wanted.order_by(Slot.day, Slot.starts_at, Slot.group_code))
    return [Standing(**row._mapping) for row in rows]


def _make(session: Session, site_id: str, changes: Sequence[Change]) -> None:
    rows = [
        _row(site_id, change, change.shape)
        for change in changes
        if change.fate is Fate.MADE and change.shape is not None
    ]
    if rows:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        session.execute(dialect.insert(Slot).on_conflict_do_nothing(), rows)


def _row(site_id: str, change: Change, shape: Shape) -> dict[str, object]:
    return {
        "id": new_id(),
        "site_id": site_id,
        "group_code": change.group_code,
        "day": change.day,
        "starts_at": shape.starts_at,
        "ends_at": shape.ends_at,
        "capacity": shape.capacity,
        "walk_in": shape.walk_in,
        "remaining_booked": shape.capacity - shape.walk_in,
        "remaining_total": shape.capacity,
    }


def _losing(changes: Sequence[Change]) -> list[str]:
    return [each.standing.id for each in changes if each.standing and each.fate in LOSING]


def _close(session: Session, changes: Sequence[Change]) -> None:
    closed = [each.standing.id for each in changes if each.standing and each.fate is Fate.CLOSED]
    _set(session, closed, closed_at=clock.now())


def _reshape(session: Session, site_id: str, changes: Sequence[Change]) -> None:
    """Open what is open again, cut what lasts for another time, then grow and shrink."""
    opened = [
        each.standing.id for each in changes if each.standing and each.fate in _OPEN_AFTERWARDS
    ]
    _set(session, opened, closed_at=None)
    for change in changes:
        row, shape = change.standing, change.shape
        if row is None or shape is None or change.fate is Fate.KEPT:
            continue
        if change.fate is Fate.RECUT:
            _set(session, [row.id], ends_at=shape.ends_at)
            row = _read_again(session, site_id, row)
        capacity, walk_in = fitted(row, shape)
        if (capacity, walk_in) != (row.capacity, row.walk_in):
            # Where more was taken meanwhile it stays as it is; the next fitting tries again.
            resize(session, row.id, capacity=capacity, walk_in=walk_in)


def _read_again(session: Session, site_id: str, row: Standing) -> Standing:
    """Return a slot whose bookings have just gone as it is now."""
    day = _standing(session, site_id, row.day, row.day)
    return next(each for each in day if each.id == row.id)


def _set(session: Session, slot_ids: Sequence[str], **values: object) -> None:
    if slot_ids:
        change = update(Slot).where(Slot.id.in_(slot_ids)).values(**values)
        session.execute(change.execution_options(synchronize_session=False))


def _open_days(session: Session, site_id: str, first: date, last: date) -> list[Day]:
    """Return the days on which something is open, for each group."""
    wanted = (
        select(Slot.site_id, Slot.group_code, Slot.day)
        .where(Slot.site_id == site_id, Slot.day.between(first, last), Slot.closed_at.is_(None))
        .distinct()
    )
    return sorted((site, group, day) for site, group, day in session.execute(wanted))
