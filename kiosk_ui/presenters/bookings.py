"""Bookings, places and times as the screen shows them; all moments in Beijing time."""

from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta

from sqlalchemy.orm import Session

from kiosk_server.bookings.life import Priority
from kiosk_server.bookings.models import Booking
from kiosk_server.bookings.priorities import PriorityGroup
from kiosk_server.bookings.queries import Opportunity, opportunities
from kiosk_server.core import clock
from kiosk_server.places.queries import groups_by_site, site, sites
from kiosk_server.places.service_groups import ServiceGroup, service_groups
from kiosk_server.queue.estimate import Wait
from kiosk_ui.booking_plan import Plan
from kiosk_ui.presenters.wording import worded
from kiosk_ui.view_models import (
    BookingFacts,
    Choice,
    DayRow,
    Half,
    Language,
    Matter,
    MatterGroup,
    SiteRow,
    TimeRow,
    Wording,
)

AFTERNOON = time(14)
"""Where people here part the day: the sun stands highest about three in the afternoon."""
NO_PRIORITY = "none"


def facts_of(session: Session, booking: Booking, language: Language) -> BookingFacts:
    """Return what a booking is for, where and when."""
    place = site(session, booking.site_id)
    return BookingFacts(
        site=worded(place.names, language),
        address=worded(place.addresses, language),
        matters=matters_of(booking.group_code, booking.services, language),
        starts_at=clock.to_beijing(booking.starts_at),
        minutes=int((booking.ends_at - booking.starts_at).total_seconds()) // 60,
    )


def matters_of(group_code: str, services: Iterable[str], language: Language) -> tuple[Wording, ...]:
    """Return the names of services of a group, or the group's own where none is told."""
    group = service_groups()[group_code]
    names = tuple(worded(group.services[code].names, language) for code in services)
    return names or (worded(group.names, language),)


def groups_of(
    session: Session,
    language: Language,
    *,
    site_id: str | None = None,
    waits: Mapping[str, Wait] | None = None,
) -> tuple[MatterGroup, ...]:
    """Return the groups that any site's windows take, or those of one, with how long one waits."""
    by_site = groups_by_site(session)
    taken = set(by_site.get(site_id, ())) if site_id else set().union(*by_site.values())
    return tuple(
        MatterGroup(
            code=group.code,
            name=worded(group.names, language),
            matters=tuple(worded(each.names, language) for each in group.services.values()),
            wait=wait_of(waits[group.code]) if waits and group.code in waits else None,
        )
        for group in service_groups().values()
        if group.code in taken and not group.at_home
    )


def wait_of(wait: Wait) -> tuple[int, int]:
    """Return between which minutes somebody would wait; nothing where nobody stands before him."""
    return (wait.at_least_minutes, wait.at_most_minutes) if wait.waiting else (0, 0)


def matters_to_tick(
    group: ServiceGroup, chosen: Iterable[str], language: Language
) -> tuple[Matter, ...]:
    """Return the matters of a group, those ticked that were *chosen* before."""
    ticked = set(chosen)
    return tuple(
        Matter(each.code, worded(each.names, language), each.minutes, each.code in ticked)
        for each in group.services.values()
    )


def priorities_of(
    groups: Iterable[PriorityGroup], chosen: str | None, language: Language
) -> tuple[Choice, ...]:
    """Return whom a site lets go first, to choose from."""
    return tuple(
        Choice(each.code, worded(each.names, language), each.code == chosen) for each in groups
    )


def priority_name(
    groups: Iterable[PriorityGroup], priority: Priority | None, language: Language
) -> Wording | None:
    """Return the name of what was told; None where nothing was."""
    found = (each for each in groups if each.priority is priority)
    return next((worded(each.names, language) for each in found), None)


def site_rows(
    session: Session, plan: Plan, here: str, days_ahead: int, language: Language
) -> list[SiteRow]:
    """Return the sites that take what was chosen: this one first, then by their next free day."""
    group = plan.group
    taking = groups_by_site(session)
    rows = []
    for each in sites(session):
        if group is None or group.code not in taking.get(each.id, ()):
            continue
        days = free_days(session, plan, each.id, days_ahead)
        if not days and each.id != here:
            continue
        first = next((day for day, found in days.items() if found), None)
        names, addresses = worded(each.names, language), worded(each.addresses, language)
        rows.append(SiteRow(each.id, names, addresses, first, each.id == here))
    return sorted(rows, key=lambda row: (not row.here, row.first or date.max, row.id))


def free_days(
    session: Session, plan: Plan, site_id: str, days_ahead: int
) -> dict[date, list[Opportunity]]:
    """Return the days to come of a site with the times that would do; a full day has none."""
    group, today = plan.group, clock.beijing_today()
    if group is None:
        return {}
    last = today + timedelta(days=days_ahead)
    found = opportunities(session, site_id, group.code, today, last, needed=plan.needed)
    return dict(sorted(found.items()))


def day_rows(days: Mapping[date, list[Opportunity]]) -> list[DayRow]:
    """Return days as buttons, with how many times each has."""
    return [DayRow(day, len(found)) for day, found in days.items()]


def halves_of(found: Iterable[Opportunity]) -> dict[Half, list[TimeRow]]:
    """Return the times of one day, parted into its halves."""
    parted: dict[Half, list[TimeRow]] = {half: [] for half in Half}
    for each in found:
        starts = clock.to_beijing(each.starts_at)
        half = Half.MORNING if starts.time() < AFTERNOON else Half.AFTERNOON
        parted[half].append(TimeRow(each.slot_id, starts))
    return parted
