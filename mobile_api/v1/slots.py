"""`/slots`: when a visit of one site, for certain services, could begin."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from kiosk_server.bookings.queries import Opportunity, opportunities
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid
from kiosk_server.places.service_groups import ServiceGroup, group_of
from kiosk_server.web.request_context import database
from mobile_api.access import ANYBODY
from mobile_api.booking_terms import terms
from mobile_api.doors import Door

SiteId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
Services = Annotated[str, StringConstraints(pattern=r"^[a-z-]{1,40}(,[a-z-]{1,40}){0,3}$")]


class SlotsAsked(BaseModel):
    """For which visit, and on which days."""

    site: SiteId
    services: Services = Field(description="Codes of one group's services, with commas between.")
    first: date | None = Field(default=None, description="Today, if not said.")
    days: int = Field(default=14, ge=1, le=31)


class DayState(StrEnum):
    """What a day has."""

    OPEN = "open"
    FULL = "full"
    """A place may be freed: it can be waited for."""
    CLOSED = "closed"


class TimeSeen(BaseModel):
    """A time that can be booked now."""

    slot_id: str
    starts_at: datetime
    ends_at: datetime


class DaySeen(BaseModel):
    """One day and its times."""

    day: date
    state: DayState
    times: list[TimeSeen]


class DayList(BaseModel):
    """The days that were asked for, as far ahead as can be booked."""

    minutes: int = Field(description="How long such a visit takes.")
    items: list[DaySeen]


def list_slots(query: SlotsAsked) -> DayList:
    """List when such a visit could begin, day by day."""
    group, needed = visit_of(query.services.split(","))
    today = clock.beijing_today()
    first = max(query.first or today, today)
    last = min(first + timedelta(days=query.days - 1), today + timedelta(days=terms().days_ahead))
    with database().reading() as session:
        found = opportunities(session, query.site, group.code, first, last, needed=needed)
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    return DayList(
        minutes=int(needed.total_seconds()) // 60,
        items=[_day(day, found.get(day)) for day in days],
    )


def visit_of(services: list[str]) -> tuple[ServiceGroup, timedelta]:
    """Return the group that holds *services*, and how long they take in one visit.

    Raises `Invalid("booking_invalid")` where no group holds them all.
    """
    group = group_of(services)
    if group is None:
        fault = FieldFault("services", "services_not_together")
        raise Invalid("booking_invalid", fields=[fault])
    return group, timedelta(minutes=group.minutes_for(services))


def _day(day: date, found: list[Opportunity] | None) -> DaySeen:
    state = DayState.CLOSED if found is None else DayState.OPEN if found else DayState.FULL
    times = [
        TimeSeen(slot_id=each.slot_id, starts_at=each.starts_at, ends_at=each.ends_at)
        for each in found or ()
    ]
    return DaySeen(day=day, state=state, times=times)


UNFIT = {HTTPStatus.UNPROCESSABLE_ENTITY: ("booking_invalid",)}
DOORS = (Door("GET", "/slots", list_slots, ANYBODY, refuses=UNFIT),)
