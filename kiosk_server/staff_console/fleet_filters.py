"""
What the list of terminals is sifted by (筛选), from its address: a filtered list can be sent on.

Whatever an address asks for that is not offered is passed over: an old link shows more, not less.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from kiosk_server.fleet.listing import Cursor, Sought
from kiosk_server.places.queries import HostView, SiteView
from kiosk_server.staff.rules import covers
from kiosk_server.terminals.rules import GRADES, Grade

LONGEST_WORDS = 40
IN_THE_SITE = "site"
"""Stands in the site itself, in no bank or shop."""
_LIVING = frozenset(GRADES) - {Grade.REVOKED}
STATES: Mapping[str, Collection[Grade]] = {
    "all": _LIVING,
    "wanting": frozenset({Grade.STOPPED, Grade.SILENT, Grade.PARTLY}),
    "soon": frozenset({Grade.WARNED}),
    "offline": frozenset({Grade.SILENT}),
    "locked": frozenset({Grade.LOCKED}),
    "awaited": frozenset({Grade.AWAITED}),
    "archive": frozenset({Grade.REVOKED}),
}
"""What a list may show; `archive` holds what was withdrawn for good."""


@dataclass(frozen=True)
class Filters:
    """One view of the list, as its address says it."""

    state: str = "all"
    q: str = ""
    division: str = ""
    site: str = ""
    host: str = ""
    trouble: str = ""
    software: str = ""
    after: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Filters":
        """Return what an address asks for."""
        told = {name: asked.get(name, "").strip() for name in asdict(cls())}
        state = told["state"] if told["state"] in STATES else "all"
        return cls(**{**told, "state": state, "q": told["q"][:LONGEST_WORDS]})

    @property
    def sifts(self) -> bool:
        """Whether more than the state is asked for."""
        return any((self.division, self.site, self.host, self.trouble, self.software))

    @property
    def cursor(self) -> Cursor | None:
        """Where this page goes on from."""
        return Cursor.read(self.after)

    def address(self, **changes: str) -> str:
        """Return the address of this view with *changes*, from its first page."""
        wanted = asdict(replace(self, after="", **changes))
        given = {name: value for name, value in wanted.items() if value}
        if given["state"] == "all":
            del given["state"]
        return "/staff/fleet" + (f"?{urlencode(given)}" if given else "")

    def next_address(self, following: Cursor) -> str:
        """Return the address of the page after this one."""
        here = self.address()
        return f"{here}{'&' if '?' in here else '?'}{urlencode({'after': str(following)})}"


def sought(
    filters: Filters, sites: Mapping[str, SiteView], hosts: Mapping[str, HostView]
) -> Sought:
    """Return which of *sites* and *hosts*, all that I may see, *filters* look for."""
    chosen = [
        site.id
        for site in sites.values()
        if filters.site in ("", site.id)
        and (not filters.division or covers(filters.division, site.division_code))
    ]
    words = filters.q.casefold()
    return Sought(
        site_ids=chosen,
        grades=STATES[filters.state],
        words=filters.q,
        named_sites=[site.id for site in sites.values() if _named(site, words)],
        named_hosts=[host.id for host in hosts.values() if _named(host, words)],
        hosts=_standing_in(filters.host, hosts),
        trouble=filters.trouble,
        software=filters.software,
    )


def host_kinds(hosts: Mapping[str, HostView]) -> list[str]:
    """Return the kinds of host place that there are."""
    return sorted({host.kind for host in hosts.values()})


def _standing_in(kind: str, hosts: Mapping[str, HostView]) -> list[str] | None:
    if kind == IN_THE_SITE:
        return []
    return [host.id for host in hosts.values() if host.kind == kind] or None if kind else None


def _named(place: SiteView | HostView, words: str) -> bool:
    return bool(words) and any(words in name.casefold() for name in place.names.values())
