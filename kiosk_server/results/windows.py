"""
Where a result can be collected (窗口领取): sites with a window, and that of its case in any case.

    windows_to_collect_at(session, case, near=…)      -> list[SiteView], the nearest first
    window_named(session, case, site_id)              -> SiteView; `NotFound` for a site without one
"""

from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case
from kiosk_server.core.errors import NotFound
from kiosk_server.places.nearness import NOWHERE, Near, by_nearness
from kiosk_server.places.queries import SiteView, groups_by_site, site, sites


def windows_to_collect_at(session: Session, case: Case, near: Near = NOWHERE) -> list[SiteView]:
    """Return the sites whose windows can hand out the result of *case*, the nearest first."""
    staffed = groups_by_site(session).keys() | {case.site_id}
    return by_nearness([each for each in sites(session) if each.id in staffed], near)


def window_named(session: Session, case: Case, site_id: str | None) -> SiteView:
    """Return the site that was chosen, the case's own where none was.

    Raises `NotFound("site_not_found")` for none, and for one that has no window.
    """
    if site_id is None or site_id == case.site_id:
        return site(session, case.site_id)
    found = site(session, site_id)
    if found.id not in groups_by_site(session):
        raise NotFound("site_not_found")
    return found
