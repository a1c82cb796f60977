"""Look up sites: for the screen, for a case's receipt (P54), for the next place to go."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.core.errors import NotFound
from kiosk_server.places.models import Division, HostPlace, ServiceWindow, Site, SiteLevel
from kiosk_server.places.rules import Access, Mandate, Opening, Position, openings, position_of


@dataclass(frozen=True)
class SiteView:
    """A site as a screen shows it. `names` and `addresses`: language -> words; hours Beijing."""

    id: str
    level: SiteLevel
    division_code: str
    names: dict[str, str]
    addresses: dict[str, str]
    phone: str
    hours: tuple[Opening, ...]
    parent_id: str | None
    position: Position | None
    access: tuple[Access, ...] | None
    """None: not known."""
    mandate: Mandate | None
    """None: it decides itself."""
    hands_out: bool
    """Whether parcels of residents are brought here and handed out (代收点)."""


@dataclass(frozen=True)
class HostView:
    """A host place and the site that receives what its terminals take in."""

    id: str
    kind: str
    names: dict[str, str]
    addresses: dict[str, str]
    site: SiteView
    position: Position | None


def site(session: Session, site_id: str) -> SiteView:
    """Return one site, or raise `NotFound`."""
    found = session.get(Site, site_id)
    if found is None:
        raise NotFound("site_not_found")
    return _view(found)


def host_place(session: Session, place_id: str) -> HostView:
    """Return one host place with its site, or raise `NotFound`."""
    found = session.get(HostPlace, place_id)
    if found is None:
        raise NotFound("host_place_not_found")
    receiving = site(session, found.site_id)
    return _host_view(found, receiving)


def host_places(session: Session) -> list[HostView]:
    """Return every host place with its site, by id."""
    receiving = {found.id: found for found in sites(session)}
    return [
        _host_view(found, receiving[found.site_id])
        for found in session.scalars(select(HostPlace).order_by(HostPlace.id))
    ]


def division_names(session: Session) -> dict[str, dict[str, str]]:
    """Return the names of every division (language -> words) by its code."""
    found = session.scalars(select(Division).order_by(Division.code))
    return {division.code: dict(division.names) for division in found}


def division_tree(session: Session) -> list[Division]:
    """Return every division, parents before their children."""
    return list(session.scalars(select(Division).order_by(Division.code)))


def sites(session: Session, *, level: SiteLevel | None = None) -> list[SiteView]:
    """Return every site, or those of one level, by division and id."""
    wanted = select(Site).order_by(Site.division_code, Site.id)
    if level is not None:
        wanted = wanted.where(Site.level == level)
    return [_view(found) for found in session.scalars(wanted)]


def groups_by_site(session: Session) -> dict[str, list[str]]:
    """Return by site which groups of matters its windows take, in order."""
    found: dict[str, list[str]] = {}
    for window in session.scalars(select(ServiceWindow).order_by(ServiceWindow.id)):
        groups = found.setdefault(window.site_id, [])
        groups += [code for code in window.groups if code not in groups]
    return found


def centre_of(session: Session, site_id: str) -> SiteView:
    """Return the 政务服务中心 above *site_id*: the window that takes what a terminal cannot."""
    here = site(session, site_id)
    while here.parent_id is not None:
        here = site(session, here.parent_id)
    return here


def _view(found: Site) -> SiteView:
    return SiteView(
        id=found.id,
        level=SiteLevel(found.level),
        division_code=found.division_code,
        names=dict(found.names),
        addresses=dict(found.addresses),
        phone=found.phone,
        hours=openings(found.hours),
        parent_id=found.parent_id,
        position=position_of(found.position),
        access=tuple(Access(each) for each in found.access) if found.access is not None else None,
        mandate=Mandate(found.mandate) if found.mandate else None,
        hands_out=found.hands_out,
    )


def _host_view(found: HostPlace, receiving: SiteView) -> HostView:
    return HostView(
        found.id,
        found.kind,
        dict(found.names),
        dict(found.addresses),
        receiving,
        position_of(found.position),
    )
