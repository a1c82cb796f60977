"""
The hours of sites in the database: read whole for `hours.py`; days and closings entered, audited.

    hours_of(session, site_id)                      -> SiteHours
    set_day(session, site_id, told, by=)            one day otherwise than the week says
    clear_day(session, site_id, day, by=)           the day is what its week says again
    close(session, site_id, closing, reason, by=)   -> SiteClosing
    reopen(session, closing_id, by=)                -> SiteClosing
"""

from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid, NotFound, WrongState
from kiosk_server.core.identifiers import new_id
from kiosk_server.places.calendars import calendar_of
from kiosk_server.places.hours import DayKind, DayTold, Interval, SiteHours
from kiosk_server.places.models import Site, SiteClosing, SiteDay
from kiosk_server.places.rules import openings, spell_of

LONGEST_CLOSING = timedelta(days=60)


class ClosedFor(StrEnum):
    """Why a site is shut at short notice."""

    WEATHER = "weather"
    POWER = "power"
    SYSTEM = "system"
    SAFETY = "safety"
    OTHER = "other"


def hours_of(session: Session, site_id: str) -> SiteHours:
    """Return what decides when a site is open, from today on; `NotFound("site_not_found")`."""
    site = session.get(Site, site_id)
    if site is None:
        raise NotFound("site_not_found")
    return SiteHours(
        week=openings(site.hours),
        days=tuple(_told(row) for row in days_of(session, site_id)),
        closings=tuple(
            Interval(row.starts_at, row.ends_at) for row in closings_of(session, site_id)
        ),
        announced=calendar_of(session).announced,
    )


def days_of(session: Session, site_id: str) -> list[SiteDay]:
    """Return the days from today on of which something is said, the first one first."""
    wanted = select(SiteDay).where(SiteDay.site_id == site_id, SiteDay.day >= clock.beijing_today())
    return list(session.scalars(wanted.order_by(SiteDay.day)))


def closings_of(session: Session, site_id: str) -> list[SiteClosing]:
    """Return closings that are not over and not lifted, the first one first."""
    wanted = select(SiteClosing).where(
        SiteClosing.site_id == site_id,
        SiteClosing.lifted_at.is_(None),
        SiteClosing.ends_at > clock.now(),
    )
    return list(session.scalars(wanted.order_by(SiteClosing.starts_at, SiteClosing.id)))


def set_day(session: Session, site_id: str, told: DayTold, *, by: Actor) -> None:
    """Say of one day what it is; `Invalid("site_day_invalid")` for the past and for no hours."""
    faults = []
    if told.day < clock.beijing_today():
        faults.append(FieldFault("day", "in_the_past"))
    if (told.kind is DayKind.CLOSED) == bool(told.spells):
        faults.append(FieldFault("hours", "hours_unreadable"))
    if any(opens >= closes for opens, closes in told.spells):
        faults.append(FieldFault("hours", "hours_unreadable"))
    if faults:
        raise Invalid("site_day_invalid", fields=faults)
    row = _day(session, site_id, told.day)
    if row is None:
        row = SiteDay(id=new_id(), site_id=site_id, day=told.day)
        session.add(row)
    row.kind, row.entered_at = told.kind.value, clock.now()
    row.spells = [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in told.spells]
    session.flush()
    facts = {"day": told.day.isoformat(), "kind": told.kind.value}
    note(session, AuditEvent.SITE_DAY_SET, actor=by, subject=Subject("site", site_id), facts=facts)


def clear_day(session: Session, site_id: str, day: date, *, by: Actor) -> None:
    """Let a day be what its week says; `NotFound("site_day_not_found")` where nothing was said."""
    row = _day(session, site_id, day)
    if row is None:
        raise NotFound("site_day_not_found")
    session.delete(row)
    session.flush()
    note(
        session,
        AuditEvent.SITE_DAY_CLEARED,
        actor=by,
        subject=Subject("site", site_id),
        facts={"day": day.isoformat()},
    )


def close(
    session: Session, site_id: str, closing: Interval, reason: ClosedFor, *, by: Actor
) -> SiteClosing:
    """Shut a site for a time that is not over, of `LONGEST_CLOSING` at most."""
    longest = closing.starts + LONGEST_CLOSING
    if not max(closing.starts, clock.now()) < closing.ends <= longest:
        raise Invalid("closing_invalid", fields=[FieldFault("until", "time_unusable")])
    row = SiteClosing(
        id=new_id(),
        site_id=site_id,
        starts_at=closing.starts,
        ends_at=closing.ends,
        reason=reason.value,
        entered_at=clock.now(),
    )
    session.add(row)
    session.flush()
    facts = {"closing": row.id, "reason": reason.value}
    note(session, AuditEvent.SITE_CLOSED, actor=by, subject=Subject("site", site_id), facts=facts)
    return row


def reopen(session: Session, closing_id: str, *, by: Actor) -> SiteClosing:
    """Lift a closing; raises `NotFound("closing_not_found")` and `WrongState`."""
    row = session.get(SiteClosing, closing_id, with_for_update=True)
    if row is None:
        raise NotFound("closing_not_found")
    if row.lifted_at is not None:
        raise WrongState(state="lifted")
    row.lifted_at = clock.now()
    session.flush()
    note(
        session,
        AuditEvent.SITE_REOPENED,
        actor=by,
        subject=Subject("site", row.site_id),
        facts={"closing": row.id},
    )
    return row


def _day(session: Session, site_id: str, day: date) -> SiteDay | None:
    wanted = select(SiteDay).where(SiteDay.site_id == site_id, SiteDay.day == day)
    return session.scalar(wanted.with_for_update())


def _told(row: SiteDay) -> DayTold:
    spells = tuple(spell_of(opens, closes) for opens, closes in row.spells)
    return DayTold(row.day, DayKind(row.kind), spells)
