"""Book a visit (预约办事): which matters, whether one goes first, and where."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.bookings.life import Priority
from kiosk_server.bookings.priorities import PriorityGroup, priority_groups
from kiosk_server.places.queries import groups_by_site
from kiosk_server.places.service_groups import MOST_SERVICES, group_of, service_groups
from kiosk_server.visits.models import Visit
from kiosk_server.web.request_context import database
from kiosk_ui.booking_deeds import booking_deed, terms
from kiosk_ui.booking_plan import begin_anew, keep, plan_of
from kiosk_ui.pages.turning import turned
from kiosk_ui.paging import rows_beneath_flow
from kiosk_ui.presenters.bookings import (
    NO_PRIORITY,
    groups_of,
    matters_to_tick,
    priorities_of,
    priority_name,
    site_rows,
)
from kiosk_ui.presenters.wording import worded
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import (
    BookingGroupsPage,
    BookingServicesPage,
    BookingSitesPage,
    FieldProblem,
    PriorityPage,
)
from kiosk_ui.visiting import this_visit


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/bookings/group", endpoint="booking_groups")(groups)
    blueprint.post("/bookings/group", endpoint="choose_booking_group")(choose_group)
    blueprint.get("/bookings/services", endpoint="booking_services")(services)
    blueprint.post("/bookings/services", endpoint="choose_booking_services")(choose_services)
    blueprint.get("/bookings/priority", endpoint="booking_priority")(priority)
    blueprint.post("/bookings/priority", endpoint="choose_booking_priority")(choose_priority)
    blueprint.get("/bookings/site", endpoint="booking_sites")(sites)
    blueprint.post("/bookings/site", endpoint="choose_booking_site")(choose_site)


def groups() -> ResponseReturnValue:
    """Ask which kind of matter it is."""
    with database().reading() as session:
        screen = this_screen(session)
        found = groups_of(session, screen.language)
    address = url_for("kiosk.booking_groups")
    shown, paging = turned(found, rows_beneath_flow(screen), address)
    return show(
        BookingGroupsPage(
            screen=screen,
            groups=shown,
            answer_url=url_for("kiosk.choose_booking_group"),
            back_url=url_for("kiosk.bookings", all="yes"),
            paging=paging,
        )
    )


def choose_group() -> ResponseReturnValue:
    """Begin a new booking of that kind."""
    code = request.form.get("group", "")
    if code not in service_groups():
        return redirect(url_for("kiosk.booking_groups"), 303)
    with booking_deed() as (session, visit):
        before = plan_of(session, visit)
        begin_anew(session, visit)
        kept = before.priority.value if before.priority else None
        keep(session, visit, group=code, priority=kept)
    return redirect(url_for("kiosk.booking_services"), 303)


def services() -> ResponseReturnValue:
    """Ask which matters of it, one or several."""
    return _services_page()


def choose_services() -> ResponseReturnValue:
    """Keep them, if one visit can have them all."""
    chosen = list(dict.fromkeys(request.form.getlist("service")))
    found = group_of(chosen)
    if found is None:
        code = "services-too-many" if len(chosen) > MOST_SERVICES else "service-missing"
        return _services_page(FieldProblem(code))
    with booking_deed() as (session, visit):
        keep(session, visit, group=found.code, services=",".join(chosen))
    return redirect(url_for("kiosk.booking_sites"), 303)


def priority() -> ResponseReturnValue:
    """Ask, of whoever wants to say it, whether he is one of those who go first."""
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session)
        told = plan_of(session, visit).priority
        offered = _of_policy(session, visit)
    return show(
        PriorityPage(
            screen=screen,
            choices=priorities_of(offered, told.value if told else None, screen.language),
            answer_url=url_for("kiosk.choose_booking_priority"),
            back_url=url_for("kiosk.booking_services"),
        )
    )


def choose_priority() -> ResponseReturnValue:
    """Keep what he said, or that he said nothing."""
    code = request.form.get("priority", NO_PRIORITY)
    known = code in set(Priority) and code != Priority.OTHER
    with booking_deed() as (session, visit):
        keep(session, visit, priority=code if known else None)
    return redirect(url_for("kiosk.booking_services"), 303)


def sites() -> ResponseReturnValue:
    """Ask where: this site first, then those with the next free day."""
    visit = this_visit()
    with database().reading() as session:
        screen, plan = this_screen(session), plan_of(session, visit)
        rows = site_rows(session, plan, visit.site_id, terms().days_ahead, screen.language)
    if not plan.services:
        return redirect(url_for("kiosk.booking_groups"), 303)
    shown, paging = turned(rows, rows_beneath_flow(screen), url_for("kiosk.booking_sites"))
    return show(
        BookingSitesPage(
            screen=screen,
            rows=shown,
            minutes=int(plan.needed.total_seconds()) // 60,
            answer_url=url_for("kiosk.choose_booking_site"),
            back_url=url_for("kiosk.booking_services"),
            paging=paging,
        )
    )


def choose_site() -> ResponseReturnValue:
    """Keep the place, if its windows take the group."""
    place = request.form.get("site", "")
    with booking_deed() as (session, visit):
        group = plan_of(session, visit).group
        if group is None or group.code not in groups_by_site(session).get(place, ()):
            return redirect(url_for("kiosk.booking_sites"), 303)
        keep(session, visit, site=place)
    return redirect(url_for("kiosk.booking_days"), 303)


def _services_page(problem: FieldProblem | None = None) -> ResponseReturnValue:
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session, back=url_for("kiosk.booking_services"))
        plan = plan_of(session, visit)
        told = priority_name(_of_policy(session, visit), plan.priority, screen.language)
    if plan.group is None:
        return redirect(url_for("kiosk.booking_groups"), 303)
    return show(
        BookingServicesPage(
            screen=screen,
            group=worded(plan.group.names, screen.language),
            matters=matters_to_tick(plan.group, plan.services, screen.language),
            answer_url=url_for("kiosk.choose_booking_services"),
            back_url=url_for("kiosk.booking_groups"),
            priority_url=url_for("kiosk.booking_priority"),
            priority=told,
            problem=problem,
        )
    )


def _of_policy(session: Session, visit: Visit) -> list[PriorityGroup]:
    """The groups that go first at every site: where one goes is asked later."""
    every = priority_groups(session, visit.site_id)
    return [each for each in every if each.priority is not Priority.OTHER]
