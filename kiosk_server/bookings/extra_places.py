"""
Emergency and special-period green channel (应急绿色通道, P41): places more for a group on a day.

They are opened by an act of staff, audited, and over with their day; ended sooner, what is taken of
them stays with who took it. Slots follow by `slots.fit` in the same unit of work.
"""

from datetime import time, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, FactValue, Subject, note
from kiosk_server.bookings.models import ExtraPlaces
from kiosk_server.bookings.shaping import Extra
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid, NotFound
from kiosk_server.core.identifiers import new_id

MOST_PLACES = 50
AHEAD = timedelta(days=60)


class OpenedFor(StrEnum):
    """Why there are more places."""

    EMERGENCY = "emergency"
    EXAM_TIME = "exam_time"
    HARVEST = "harvest"
    FESTIVAL = "festival"
    OTHER = "other"


def open_extra(
    session: Session, site_id: str, extra: Extra, reason: OpenedFor, *, by: Actor
) -> ExtraPlaces:
    """Open places; the same again, while they stand, is the same; `Invalid("extra_invalid")`."""
    today, faults = clock.beijing_today(), []
    if not today <= extra.day <= today + AHEAD:
        faults.append(FieldFault("day", "day_unusable"))
    if extra.spell[0] >= extra.spell[1]:
        faults.append(FieldFault("closes", "hours_unreadable"))
    if not 1 <= extra.places <= MOST_PLACES:
        faults.append(FieldFault("places", "places_unusable"))
    if faults:
        raise Invalid("extra_invalid", fields=faults)
    for row in standing_extras(session, site_id):
        if value_of(row) == extra:
            return row
    row = ExtraPlaces(
        id=new_id(),
        site_id=site_id,
        group_code=extra.group_code,
        day=extra.day,
        opens=f"{extra.spell[0]:%H:%M}",
        closes=f"{extra.spell[1]:%H:%M}",
        places=extra.places,
        reason=reason.value,
        entered_at=clock.now(),
    )
    session.add(row)
    session.flush()
    _note(session, AuditEvent.SITE_PLACES_ADDED, row, by)
    return row


def end_extra(session: Session, site_id: str, extra_id: str, *, by: Actor) -> None:
    """End them before their day is over; `NotFound("extra_not_found")`."""
    row = session.get(ExtraPlaces, extra_id, with_for_update=True)
    if row is None or row.site_id != site_id or row.ended_at is not None:
        raise NotFound("extra_not_found")
    row.ended_at = clock.now()
    session.flush()
    _note(session, AuditEvent.SITE_PLACES_ENDED, row, by)


def standing_extras(session: Session, site_id: str) -> list[ExtraPlaces]:
    """Return what is open at a site today or later, the first day first."""
    wanted = select(ExtraPlaces).where(
        ExtraPlaces.site_id == site_id,
        ExtraPlaces.day >= clock.beijing_today(),
        ExtraPlaces.ended_at.is_(None),
    )
    return list(session.scalars(wanted.order_by(ExtraPlaces.day, ExtraPlaces.id)))


def value_of(row: ExtraPlaces) -> Extra:
    """Return a row as `shaping` reads it."""
    spell = time.fromisoformat(row.opens), time.fromisoformat(row.closes)
    return Extra(row.group_code, row.day, spell, row.places)


def _note(session: Session, event: AuditEvent, row: ExtraPlaces, by: Actor) -> None:
    facts: dict[str, FactValue] = {
        "day": row.day.isoformat(),
        "group": row.group_code,
        "places": row.places,
    }
    note(session, event, actor=by, subject=Subject("site", row.site_id), facts=facts)
