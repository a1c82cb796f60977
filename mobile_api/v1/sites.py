"""`/sites`, `/services`: where to go (办事地图), what is open now, and what each place takes."""

from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.places.hours import Interval, is_open_at, next_opening, open_intervals
from kiosk_server.places.models import SiteLevel
from kiosk_server.places.queries import SiteView, groups_by_site, sites
from kiosk_server.places.service_groups import service_groups
from kiosk_server.places.site_hours import hours_of
from kiosk_server.web.request_context import database
from mobile_api.access import ANYBODY
from mobile_api.doors import Door
from mobile_api.v1.certificates import in_words


class Spell(BaseModel):
    """A time in which a site is open."""

    opens_at: datetime
    closes_at: datetime


class SiteSeen(BaseModel):
    """One site, its hours of today, and what its windows take."""

    id: str
    level: SiteLevel
    name: str
    address: str
    phone: str
    open_now: bool
    today: list[Spell]
    next_opens_at: datetime | None = Field(description="Null if not within thirty days.")
    groups: list[str] = Field(description="Codes of groups of services, see /services.")


class SiteList(BaseModel):
    """Every site."""

    items: list[SiteSeen]


class ServiceSeen(BaseModel):
    """One matter that a window takes; alone it takes so many minutes."""

    code: str
    name: str
    minutes: int


class GroupSeen(BaseModel):
    """Matters that one visit can combine."""

    code: str
    name: str
    services: list[ServiceSeen]


class GroupList(BaseModel):
    """Every group of services."""

    items: list[GroupSeen]


def list_sites() -> SiteList:
    """List where to go, what is open now, and what each place takes."""
    with database().reading() as session:
        groups = groups_by_site(session)
        return SiteList(items=[_seen(session, each, groups) for each in sites(session)])


def list_services() -> GroupList:
    """List what can be booked; the services of one group fit into one visit."""
    found = [
        GroupSeen(
            code=group.code,
            name=in_words(group.names),
            services=[
                ServiceSeen(code=each.code, name=in_words(each.names), minutes=each.minutes)
                for each in group.services.values()
            ],
        )
        for group in service_groups().values()
        if not group.at_home
    ]
    return GroupList(items=found)


def _seen(session: Session, site: SiteView, groups: dict[str, list[str]]) -> SiteSeen:
    hours, now = hours_of(session, site.id), clock.now()
    return SiteSeen(
        id=site.id,
        level=site.level,
        name=in_words(site.names),
        address=in_words(site.addresses),
        phone=site.phone,
        open_now=is_open_at(hours, now),
        today=[_spell(each) for each in open_intervals(hours, clock.beijing_today())],
        next_opens_at=next_opening(hours, now),
        groups=groups.get(site.id, []),
    )


def _spell(interval: Interval) -> Spell:
    return Spell(opens_at=interval.starts, closes_at=interval.ends)


DOORS = (
    Door("GET", "/sites", list_sites, ANYBODY),
    Door("GET", "/services", list_services, ANYBODY),
)
