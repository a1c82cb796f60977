"""
Sites as the phone tells of them (政务服务地图, P46), for the API and the pages alike: open now or
when next, what they take, the wait now, which terminals stand where and what each can finish.

Nobody says where he is to be told this: how far it is, his own phone reckons (P39).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy.orm import Session

from kiosk_server.cases.ports import Awake
from kiosk_server.catalogue.content import ItemContent
from kiosk_server.catalogue.queries import published
from kiosk_server.core import clock
from kiosk_server.places.hours import Interval, SiteHours, is_open_at, next_opening, open_intervals
from kiosk_server.places.queries import HostView, SiteView, host_places
from kiosk_server.places.service_groups import service_groups
from kiosk_server.places.site_hours import hours_of
from kiosk_server.places.spots import spot_words
from kiosk_server.queue.estimate import Wait
from kiosk_server.queue.queries import wait_now
from kiosk_server.visits.finishing import TerminalNow, terminals_now
from mobile_api.partners import partners
from mobile_api.v1.certificates import in_words


@dataclass(frozen=True)
class PlaceTold:
    """One site now. Moments are aware; `groups` are codes of what its windows take."""

    site: SiteView
    hours: SiteHours
    open_now: bool
    today: tuple[Interval, ...]
    next_opens_at: datetime | None
    groups: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return its name in the language of this request."""
        return in_words(self.site.names)

    @property
    def address(self) -> str:
        """Return where it is, in the language of this request."""
        return in_words(self.site.addresses)

    @property
    def group_names(self) -> list[str]:
        """Return what its windows take, in the language of this request."""
        return [in_words(service_groups()[code].names) for code in self.groups]

    @property
    def closes_at(self) -> datetime | None:
        """Return until when it is open now; None where it is not."""
        now = clock.now()
        return next((spell.ends for spell in self.today if spell.holds(now)), None)


@dataclass(frozen=True)
class TerminalTold:
    """One terminal: where it stands, and the items that it can finish now."""

    site_id: str
    host: HostView | None
    spot: Mapping[str, str]
    can_finish: tuple[ItemContent, ...]


def place_told(session: Session, site: SiteView, groups: Sequence[str] = ()) -> PlaceTold:
    """Return *site* as it is now."""
    hours, now = hours_of(session, site.id), clock.now()
    return PlaceTold(
        site=site,
        hours=hours,
        open_now=is_open_at(hours, now),
        today=open_intervals(hours, clock.beijing_today()),
        next_opens_at=next_opening(hours, now),
        groups=tuple(code for code in groups if code in service_groups()),
    )


def waits_at(session: Session, place: PlaceTold) -> dict[str, Wait]:
    """Return the wait now for each group that a site takes; nothing while it is shut."""
    if not place.open_now:
        return {}
    found = wait_now(session, place.site.id)
    return {code: found[code] for code in place.groups if code in found}


def terminals_told(session: Session, site_ids: Collection[str]) -> dict[str, list[TerminalTold]]:
    """Return by site the terminals that stand there or in its host places."""
    hosts = {host.id: host for host in host_places(session)}
    found = terminals_now(
        session,
        site_ids,
        [item.content for item in published(session)],
        awake=_awake,
        messages=partners().messages is not None,
    )
    by_site = sorted(found, key=lambda each: (each.view.site_id, each.view.id))
    return {
        site_id: [_terminal(each, hosts) for each in there]
        for site_id, there in groupby(by_site, key=lambda each: each.view.site_id)
    }


def _terminal(found: TerminalNow, hosts: Mapping[str, HostView]) -> TerminalTold:
    return TerminalTold(
        site_id=found.view.site_id,
        host=hosts.get(found.view.host_place_id or ""),
        spot=spot_words(found.view.place),
        can_finish=found.can_finish,
    )


def _awake(content: ItemContent) -> bool:
    handling = content.handling
    if handling is None:
        return False
    return isinstance(partners().records.awake(handling.record_source, clock.now()), Awake)
