"""
A day's visits at home (上门服务): who is visited when, in the order of the drive.

Where somebody lives is shown to who may go there, when he asks for it; each look is audited.
"""

from datetime import date

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.bookings.home_visits import VisitSeen, look_at_visits, visits_on
from kiosk_server.bookings.models import Booking
from kiosk_server.core import clock
from kiosk_server.core.masking import mask_name
from kiosk_server.residents.models import Resident
from kiosk_server.residents.services import name_of
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.bookings import chosen_site
from kiosk_server.staff_console.fleet_view import site_name
from kiosk_server.staff_console.session import actor, require
from kiosk_server.staff_console.terminals import my_sites
from kiosk_server.web.request_context import database


def add_routes(blueprint: Blueprint) -> None:
    """Put the pages under *blueprint*."""
    blueprint.get("/bookings/visits")(visits_page)
    blueprint.post("/bookings/visits")(visits_with_addresses)


def visits_page() -> ResponseReturnValue:
    """Show one day's visits at one of my sites, without where they go."""
    require(Right.HOME_VISITS_WORK)
    with database().reading() as session:
        return _page(session, None)


def visits_with_addresses() -> ResponseReturnValue:
    """Show where they go, and write down that I looked; no copy of the page is kept."""
    require(Right.HOME_VISITS_WORK)
    with database().unit_of_work() as session:
        here = chosen_site(my_sites(session, Right.HOME_VISITS_WORK), request.form.get("site"))
        seen = look_at_visits(session, here.id, _asked_day(), by=actor())
        answer = make_response(_page(session, seen))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(session: Session, seen: list[VisitSeen] | None) -> str:
    day, mine = _asked_day(), my_sites(session, Right.HOME_VISITS_WORK)
    here = chosen_site(mine, request.values.get("site"))
    where = {each.booking.id: each.where for each in seen or ()}
    shown = seen is not None
    return render_template(
        "staff/home_visits.html",
        site=here,
        sites=[(each.id, site_name(each)) for each in mine.values()],
        name=site_name(here),
        day=day.isoformat(),
        rows=[
            (each, _who(session, each, whole=shown), where.get(each.id))
            for each in visits_on(session, here.id, day)
        ],
        clock_time=lambda at: f"{clock.to_beijing(at):%H:%M}",
        shown=shown,
    )


def _who(session: Session, booking: Booking, *, whole: bool) -> str:
    resident = session.get(Resident, booking.resident_id) if booking.resident_id else None
    if resident is None:
        return ""
    name = name_of(session, resident)
    return name if whole else mask_name(name)


def _asked_day() -> date:
    try:
        return date.fromisoformat(request.values.get("day", ""))
    except ValueError:
        return clock.beijing_today()
