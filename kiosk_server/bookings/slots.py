"""
Slots from templates: made for the days ahead, and fitted again when a site's hours change.

Making is idempotent. A slot outside the hours is closed; who has a place in it is told, and
offered another where there is one, in the same unit of work.
"""

from datetime import date, time, timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Actor
from kiosk_server.bookings import waiting
from kiosk_server.bookings.capacity import Day, give_back, lock_site, places_of, take
from kiosk_server.bookings.life import (
    BookingState,
    BookingVerb,
    Channel,
    EndedFor,
    Priority,
    WaitingVerb,
)
from kiosk_server.bookings.making import Wish, make
from kiosk_server.bookings.models import Booking, BookingSlot, Slot, SlotTemplate
from kiosk_server.bookings.rules import BookingTerms, Pattern, Place, free_runs, slots_on
from kiosk_server.bookings.services import go, note_booking
from kiosk_server.bookings.telling import tell
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid
from kiosk_server.core.identifiers import new_id
from kiosk_server.notices.rules import Topic
from kiosk_server.places.calendars import calendar_of
from kiosk_server.places.hours import Interval, SiteHours, Spell, open_intervals
from kiosk_server.places.site_hours import hours_of

_SEARCHED_FOR_ANOTHER = timedelta(days=7)
_UPCOMING = (BookingState.HELD.value, BookingState.CONFIRMED.value)


def sites_with_templates(session: Session) -> list[str]:
    """Return the sites whose places are booked."""
    return list(session.scalars(select(SlotTemplate.site_id).distinct().order_by("site_id")))


def enter_template(
    session: Session,
    site_id: str,
    group_code: str,
    *,
    weekday: int,
    spell: Spell,
    minutes: int,
    capacity: int,
    walk_in: int,
) -> SlotTemplate:
    """Enter what a weekday has; at least one place of each slot stays with who just comes (P16)."""
    if not 1 <= walk_in <= capacity:
        raise Invalid("template_invalid", fields=[FieldFault("walk_in", "walk_in_missing")])
    opens, closes = spell
    template = SlotTemplate(
        id=new_id(),
        site_id=site_id,
        group_code=group_code,
        weekday=weekday,
        opens=f"{opens:%H:%M}",
        closes=f"{closes:%H:%M}",
        minutes=minutes,
        capacity=capacity,
        walk_in=walk_in,
    )
    session.add(template)
    session.flush()
    return template


def fit_ahead(session: Session, site_id: str, *, terms: BookingTerms, by: Actor = SYSTEM) -> int:
    """Fit the slots of one site to its hours, for all days that may be booked; see `fit`."""
    today = clock.beijing_today()
    return fit(session, site_id, today, today + timedelta(days=terms.days_ahead), terms, by=by)


def fit(
    session: Session, site_id: str, first: date, last: date, terms: BookingTerms, *, by: Actor
) -> int:
    """
    Make what slots are missing, close those outside the hours, open those that are within again.

    Returns how many bookings lost their place; each is told, and offered another. A year whose
    official calendar is not known yet has no slots.
    """
    # Another place may be found on any day that can be booked: all are locked in one go.
    horizon = clock.beijing_today() + timedelta(days=terms.days_ahead)
    lock_site(session, site_id, first, max(last, horizon))
    hours = hours_of(session, site_id)
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        if calendar_of(session).is_known(day.year):
            _make(session, site_id, day, hours)
    closed, opened = _open_and_close(session, site_id, first, last, hours)
    lost = _who_has_a_place(session, closed)
    for booking in lost:
        _take_away(session, booking, by)
    for booking in lost:
        _offer_another(session, booking, terms)
    for day_of in opened:
        waiting.offer(session, day_of, terms=terms, by=by)
    return len(lost)


def _make(session: Session, site_id: str, day: date, hours: SiteHours) -> None:
    opened = open_intervals(hours, day)
    # A day worked in exchange has the templates of the weekday whose hours it has.
    weekday = day.isoweekday()
    if hours.announced(day):
        weekday = min(weekday, 5)
    wanted = select(SlotTemplate).where(
        SlotTemplate.site_id == site_id, SlotTemplate.weekday == weekday
    )
    for template in session.scalars(wanted):
        pattern = Pattern(
            time.fromisoformat(template.opens),
            time.fromisoformat(template.closes),
            timedelta(minutes=template.minutes),
        )
        rows = [_row(template, day, slot) for slot in slots_on(day, pattern, opened)]
        if rows:
            dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
            session.execute(dialect.insert(Slot).on_conflict_do_nothing(), rows)


def _row(template: SlotTemplate, day: date, slot: Interval) -> dict[str, object]:
    return {
        "id": new_id(),
        "site_id": template.site_id,
        "group_code": template.group_code,
        "day": day,
        "starts_at": slot.starts,
        "ends_at": slot.ends,
        "capacity": template.capacity,
        "walk_in": template.walk_in,
        "remaining_booked": template.capacity - template.walk_in,
        "remaining_total": template.capacity,
    }


def _open_and_close(
    session: Session, site_id: str, first: date, last: date, hours: SiteHours
) -> tuple[list[str], list[Day]]:
    """Close and open slots as *hours* say; return the closed ones, and days with more room."""
    closed: list[str] = []
    opened: dict[Day, None] = {}
    wanted = select(Slot).where(Slot.site_id == site_id, Slot.day.between(first, last))
    rows = session.scalars(wanted.order_by(Slot.id).execution_options(populate_existing=True)).all()
    by_day = {day: open_intervals(hours, day) for day in {row.day for row in rows}}
    for row in rows:
        within = any(each.covers(Interval(row.starts_at, row.ends_at)) for each in by_day[row.day])
        if within:
            row.closed_at = None
            opened[row.site_id, row.group_code, row.day] = None
        elif row.closed_at is None:
            row.closed_at = clock.now()
            closed.append(row.id)
    session.flush()
    return closed, sorted(opened)


def _who_has_a_place(session: Session, slot_ids: list[str]) -> list[Booking]:
    wanted = (
        select(Booking)
        .where(
            Booking.id.in_(select(BookingSlot.booking_id).where(BookingSlot.slot_id.in_(slot_ids))),
            Booking.state.in_(_UPCOMING),
        )
        .order_by(Booking.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(wanted))


def _take_away(session: Session, booking: Booking, by: Actor) -> None:
    go(booking, BookingVerb.CANCEL)
    booking.ended_for = EndedFor.SITE_CLOSED.value
    session.flush()
    give_back(session, booking)
    waiting.follow(session, booking, WaitingVerb.LAPSE)
    note_booking(session, AuditEvent.BOOKING_CANCELLED, booking, by)
    tell(session, booking, Topic.BOOKING_CLOSED)


def _offer_another(session: Session, booking: Booking, terms: BookingTerms) -> None:
    """Hold the next places that would do, for as long as an offer lives."""
    if booking.resident_id is None:
        return
    run = _next_run(session, booking, terms)
    if run is None or not take(session, [place.id for place in run]):
        return
    priority = Priority(booking.priority) if booking.priority else None
    wish = Wish(booking.resident_id, tuple(booking.services), Channel.CLOSING, priority)
    day = booking.site_id, booking.group_code, clock.to_beijing(run[0].starts_at).date()
    until = min(clock.now() + terms.offer, run[0].starts_at)
    another = make(session, day, run, wish, held_until=until, moved_from=booking.id)
    note_booking(session, AuditEvent.BOOKING_HELD, another, SYSTEM)
    tell(session, another, Topic.BOOKING_OFFERED)


def _next_run(session: Session, booking: Booking, terms: BookingTerms) -> list[Place] | None:
    needed = booking.ends_at - booking.starts_at
    horizon = clock.beijing_today() + timedelta(days=terms.days_ahead)
    on = max(booking.day, clock.beijing_today())
    for ahead in range((min(on + _SEARCHED_FOR_ANOTHER, horizon) - on).days + 1):
        day = booking.site_id, booking.group_code, on + timedelta(days=ahead)
        run = next(free_runs(places_of(session, day), needed), None)
        if run is not None:
            return run
    return None
