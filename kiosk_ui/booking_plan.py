"""
What somebody who books at the screen has chosen so far: read from the visit's sealed draft (P52).

It stands in no address of this machine, and goes with the visit.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from kiosk_server.bookings.life import Priority
from kiosk_server.places.service_groups import ServiceGroup, group_of, service_groups
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.models import Visit

_GROUP, _SERVICES, _PRIORITY = "booking_group", "booking_services", "booking_priority"
_SITE, _DAY, _MOVING, _SLOT = "booking_site", "booking_day", "booking_moving", "booking_slot"
ALL = (_GROUP, _SERVICES, _PRIORITY, _SITE, _DAY, _MOVING, _SLOT)


@dataclass(frozen=True)
class Plan:
    """The choices in their order; `moving` is the booking that gets another time."""

    group_code: str | None = None
    services: tuple[str, ...] = ()
    priority: Priority | None = None
    site_id: str | None = None
    day: date | None = None
    moving: str | None = None
    slot_id: str | None = None

    @property
    def group(self) -> ServiceGroup | None:
        """The group that was chosen, or the one that holds the services."""
        return service_groups().get(self.group_code or "") or group_of(self.services)

    @property
    def needed(self) -> timedelta:
        """How long the services take in one visit."""
        group = group_of(self.services)
        return timedelta(minutes=group.minutes_for(self.services) if group else 0)


def plan_of(session: Session, visit: Visit) -> Plan:
    """Return what was chosen in *visit*."""
    kept = draft_of(session, visit)
    services, priority, day = kept.get(_SERVICES), kept.get(_PRIORITY), kept.get(_DAY)
    return Plan(
        group_code=kept.get(_GROUP),
        services=tuple(services.split(",")) if services else (),
        priority=Priority(priority) if priority else None,
        site_id=kept.get(_SITE),
        day=date.fromisoformat(day) if day else None,
        moving=kept.get(_MOVING),
        slot_id=kept.get(_SLOT),
    )


def keep(session: Session, visit: Visit, **chosen: str | None) -> None:
    """Keep a choice by its name without `booking_`; None forgets one."""
    put_draft(session, visit, **{f"booking_{name}": value for name, value in chosen.items()})


def begin_anew(session: Session, visit: Visit) -> None:
    """Forget every choice: a booking was made, or another is begun."""
    put_draft(session, visit, **dict.fromkeys(ALL))
