"""Enter the sample templates (示例数据): every site's windows, in slots of its hours."""

from sqlalchemy.orm import Session

from kiosk_server.bookings.templates import enter_template, sites_with_templates
from kiosk_server.places.queries import groups_by_site, site

_MINUTES, _CAPACITY, _WALK_IN = 15, 4, 2


def enter(session: Session) -> None:
    """Enter templates for sites that have none; what staff changed stays."""
    there = set(sites_with_templates(session))
    for site_id, groups in groups_by_site(session).items():
        if site_id in there:
            continue
        for opening in site(session, site_id).hours:
            for weekday in opening.days:
                for group in groups:
                    enter_template(
                        session,
                        site_id,
                        group,
                        weekday=weekday,
                        spell=(opening.opens, opening.closes),
                        minutes=_MINUTES,
                        capacity=_CAPACITY,
                        walk_in=_WALK_IN,
                    )
