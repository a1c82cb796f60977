"""
The guides (办事指南) as a terminal keeps them for the hours in which its line is dead.

What the kiosk's own guide pages say in few lines, for every published item, and every site with
its hours, nearest first. All of it is public: nothing of a person, a case or a device is in it.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from kiosk_server.catalogue import queries as catalogue
from kiosk_server.catalogue.content import FACTS
from kiosk_server.catalogue.queries import PublishedItem
from kiosk_server.places import queries as places
from kiosk_server.places.nearness import shared_digits
from kiosk_server.places.queries import SiteView
from kiosk_server.terminals.queries import in_service_at

VERSION = 1


def guide_bundle(session: Session, *, terminal_id: str, site_id: str) -> bytes:
    """Return the bundle for a terminal at *site_id* as JSON; the same facts give the same bytes."""
    sites = places.sites(session)
    machines = {
        site.id: sum(other != terminal_id for other in in_service_at(session, site.id))
        for site in sites
    }
    bundle = {
        "version": VERSION,
        "guides": [_guide(item) for item in catalogue.published(session)],
        "sites": [_site(site, machines[site.id]) for site in nearest_first(sites, site_id)],
    }
    return json.dumps(bundle, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def nearest_first(sites: Iterable[SiteView], here: str) -> list[SiteView]:
    """Return *sites* with the one called *here* first, then by how much of its division they share.

    Divisions nest by their digits (GB/T 2260 and the statistical codes beneath it), so that the
    longer the common beginning, the nearer the place.
    """
    known = list(sites)
    home = next((site for site in known if site.id == here), None)
    code = home.division_code if home else ""

    def distance(site: SiteView) -> tuple[bool, int, str]:
        return (site.id != here, -shared_digits(code, site.division_code), site.id)

    return sorted(known, key=distance)


def _guide(item: PublishedItem) -> Mapping[str, Any]:
    content = item.content
    return {
        "code": item.code,
        "edition": item.short_hash,
        "sample": content.sample,
        "names": dict(content.names),
        "body": dict(content.body),
        "facts": [
            {"code": code, "words": dict(content.facts[code])}
            for code in FACTS
            if code in content.facts
        ],
        "handled_here": content.handling is not None,
        "window": {"site": content.window.site_id, "desk": dict(content.window.desk)},
    }


def _site(site: SiteView, machines: int) -> Mapping[str, Any]:
    return {
        "id": site.id,
        "names": site.names,
        "addresses": site.addresses,
        "phone": site.phone,
        "hours": [
            {
                "days": list(opening.days),
                "opens": f"{opening.opens:%H:%M}",
                "closes": f"{opening.closes:%H:%M}",
            }
            for opening in site.hours
        ],
        "machines": machines,
    }
