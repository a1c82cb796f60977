"""
Enter divisions, sites, windows and host places. Entering the same thing again brings it up to date.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from kiosk_server.core.errors import FieldFault, Invalid
from kiosk_server.places.models import Division, HostPlace, ServiceWindow, Site, SiteLevel
from kiosk_server.places.rules import (
    Access,
    division_faults,
    mandate_faults,
    name_faults,
    openings,
    position_of,
)
from kiosk_server.places.service_groups import service_groups

Names = Mapping[str, str]


def enter_division(
    session: Session, code: str, *, names: Names, parent_code: str | None = None
) -> Division:
    """Enter one division by its GB/T 2260 code."""
    division = session.get(Division, code) or Division(code=code)
    division.names, division.parent_code = dict(names), parent_code
    session.add(division)
    session.flush()
    return division


def enter_site(
    session: Session,
    site_id: str,
    *,
    level: SiteLevel,
    division_code: str,
    names: Names,
    addresses: Names,
    phone: str,
    hours: Sequence[Mapping[str, object]],
    parent_id: str | None = None,
    position: Mapping[str, object] | None = None,
    access: Sequence[str] | None = None,
    mandate: str | None = None,
    hands_out: bool = False,
) -> Site:
    """Enter one site. `Invalid` names every fault at once, the name of a level included (P55)."""
    faults = [*name_faults(level, names.get("zh", "")), *division_faults(level, division_code)]
    try:
        openings(hours)
    except (KeyError, ValueError) as fault:
        faults.append(FieldFault("hours", "hours_unreadable", str(fault)))
    if level is not SiteLevel.CITY_CENTRE and parent_id is None:
        faults.append(FieldFault("parent", "parent_missing", "a lower site belongs to a higher"))
    faults += [*_position_faults(position), *mandate_faults(level, mandate)]
    if not set(access or ()) <= set(Access):
        faults.append(FieldFault("access", "access_unknown", "no such thing is known"))
    if faults:
        raise Invalid("site_invalid", fields=faults)
    site = session.get(Site, site_id) or Site(id=site_id)
    site.level, site.division_code, site.parent_id = level, division_code, parent_id
    site.names, site.addresses = dict(names), dict(addresses)
    site.phone, site.hours = phone, [dict(row) for row in hours]
    site.position = dict(position) if position else None
    site.access = list(access) if access is not None else None
    site.mandate = mandate
    site.hands_out = hands_out
    session.add(site)
    session.flush()
    return site


def enter_host_place(
    session: Session,
    place_id: str,
    *,
    site_id: str,
    kind: str,
    names: Names,
    addresses: Names,
    position: Mapping[str, object] | None = None,
) -> HostPlace:
    """Enter a bank or shop whose terminals belong to *site_id*; there is none without (P54)."""
    faults = _position_faults(position)
    if session.get(Site, site_id) is None:
        faults.append(FieldFault("site", "site_unknown", "no such site"))
    if faults:
        raise Invalid("host_place_invalid", fields=faults)
    place = session.get(HostPlace, place_id) or HostPlace(id=place_id)
    place.site_id, place.kind = site_id, kind
    place.names, place.addresses = dict(names), dict(addresses)
    place.position = dict(position) if position else None
    session.add(place)
    session.flush()
    return place


def enter_window(
    session: Session, window_id: str, *, site_id: str, label: str, groups: Sequence[str]
) -> ServiceWindow:
    """Enter a window of a site and the groups that it takes; `Invalid("window_invalid")`."""
    faults = []
    if session.get(Site, site_id) is None:
        faults.append(FieldFault("site", "site_unknown", "no such site"))
    if not groups or not set(groups) <= set(service_groups()):
        faults.append(FieldFault("groups", "group_unknown", "no such group of services"))
    if faults:
        raise Invalid("window_invalid", fields=faults)
    window = session.get(ServiceWindow, window_id) or ServiceWindow(id=window_id)
    window.site_id, window.label, window.groups = site_id, label, list(groups)
    session.add(window)
    session.flush()
    return window


def _position_faults(position: Mapping[str, object] | None) -> list[FieldFault]:
    try:
        position_of(position)
    except (KeyError, ValueError) as fault:
        return [FieldFault("position", "position_unusable", str(fault))]
    return []
