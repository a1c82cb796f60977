"""
`/sites`, `/services`: where to go (政务服务地图), what is open now, how long the wait is, what each
place takes, and what its terminals can finish.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from pydantic import BaseModel, Field

from kiosk_server.places.hours import Interval
from kiosk_server.places.models import SiteLevel
from kiosk_server.places.queries import groups_by_site, sites
from kiosk_server.places.rules import Access, Mandate
from kiosk_server.places.service_groups import service_groups
from kiosk_server.queue.estimate import Wait
from kiosk_server.web.request_context import database
from mobile_api.access import ANYBODY
from mobile_api.doors import Door
from mobile_api.places_told import (
    PlaceTold,
    TerminalTold,
    place_told,
    terminals_told,
    waits_at,
)
from mobile_api.v1.certificates import in_words


class Spell(BaseModel):
    """A time in which a site is open."""

    opens_at: datetime
    closes_at: datetime


class PositionSeen(BaseModel):
    """Where a place lies (WGS 84). A phone reckons distances itself: nobody asks where it is."""

    latitude: float
    longitude: float
    sample: bool = Field(description="示例: not where it truly lies.")


class WaitSeen(BaseModel):
    """How many wait for a group now, and how long somebody would who came now."""

    group: str
    waiting: int
    at_least_minutes: int
    at_most_minutes: int


class TerminalSeen(BaseModel):
    """A terminal of a site, and the items that it can finish now."""

    host: str | None = Field(description="The bank or shop where it stands, if not at the site.")
    host_address: str | None
    spot: str
    can_finish: list[str] = Field(description="Names of items; empty while it can do nothing.")


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
    position: PositionSeen | None = Field(description="Null if not known.")
    access: list[Access] | None = Field(description="无障碍; null if not known.")
    mandate: Mandate | None = Field(
        description="How a site below the city works; null: it decides."
    )
    hands_out: bool = Field(description="Whether a result can be brought there for me.")
    waits: list[WaitSeen] = Field(description="By group; empty while the site is closed.")
    terminals: list[TerminalSeen]


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
    """List where to go, what is open now, how long the wait is, and what each place takes."""
    with database().reading() as session:
        groups, every = groups_by_site(session), sites(session)
        terminals = terminals_told(session, [each.id for each in every])
        items = []
        for each in every:
            told = place_told(session, each, groups.get(each.id, ()))
            items.append(_seen(told, waits_at(session, told), terminals.get(each.id, ())))
        return SiteList(items=items)


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


def _seen(
    told: PlaceTold, waits: Mapping[str, Wait], terminals: Sequence[TerminalTold]
) -> SiteSeen:
    site = told.site
    return SiteSeen(
        id=site.id,
        level=site.level,
        name=told.name,
        address=told.address,
        phone=site.phone,
        open_now=told.open_now,
        today=[_spell(each) for each in told.today],
        next_opens_at=told.next_opens_at,
        groups=list(told.groups),
        position=PositionSeen(**asdict(site.position)) if site.position else None,
        access=list(site.access) if site.access is not None else None,
        mandate=site.mandate,
        hands_out=site.hands_out,
        waits=[WaitSeen(group=code, **asdict(wait)) for code, wait in waits.items()],
        terminals=[_terminal(each) for each in terminals],
    )


def _terminal(told: TerminalTold) -> TerminalSeen:
    return TerminalSeen(
        host=in_words(told.host.names) if told.host else None,
        host_address=in_words(told.host.addresses) if told.host else None,
        spot=in_words(told.spot),
        can_finish=[in_words(each.names) for each in told.can_finish],
    )


def _spell(interval: Interval) -> Spell:
    return Spell(opens_at=interval.starts, closes_at=interval.ends)


DOORS = (
    Door("GET", "/sites", list_sites, ANYBODY),
    Door("GET", "/services", list_services, ANYBODY),
)
