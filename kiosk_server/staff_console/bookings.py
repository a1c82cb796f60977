"""
The day at a site (预约台账): who is expected, who has come, who has not. Whoever is here has a
number, and the queue calls it (`queue.py`); a check-in gives one (`queue_coming.py`).

Names are masked; a person says his own, and is found by time and first character.
"""

from datetime import date

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.audit.services import Subject
from kiosk_server.bookings import desk, queries, services
from kiosk_server.bookings.life import (
    LIFE,
    UPCOMING,
    BookingState,
    BookingVerb,
    EndedFor,
)
from kiosk_server.bookings.models import Booking
from kiosk_server.bookings.terms import booking_terms
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound, WrongState
from kiosk_server.core.masking import mask_name
from kiosk_server.places.queries import SiteView
from kiosk_server.places.service_groups import service_groups
from kiosk_server.residents.models import Resident
from kiosk_server.residents.services import name_of
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.fleet_view import site_name
from kiosk_server.staff_console.session import actor, audit_refusal, require
from kiosk_server.staff_console.terminals import my_sites
from kiosk_server.web.request_context import database, settings
from kiosk_server.web.words import current_language

HERE = "/staff/bookings"
_VERBS = (BookingVerb.MISS, BookingVerb.CANCEL)
"""With who is expected."""


def add_routes(blueprint: Blueprint) -> None:
    """Put the pages under *blueprint*."""
    blueprint.get("/bookings")(bookings_page)
    blueprint.post("/bookings/<booking_id>")(work_booking)


def bookings_page() -> ResponseReturnValue:
    """Show one day of one of my sites."""
    require(Right.BOOKINGS_WORK)
    day = _asked_day(request.args.get("day", ""))
    with database().reading() as session:
        mine = my_sites(session, Right.BOOKINGS_WORK)
        here = chosen_site(mine, request.args.get("site"))
        rows = [_row(session, each) for each in queries.bookings_on(session, here.id, day)]
        slots = queries.slots_on(session, here.id, day)
    return render_template(
        "staff/bookings.html",
        site=here,
        sites=[(each.id, site_name(each)) for each in mine.values()],
        day=day.isoformat(),
        name=site_name(here),
        rows=rows,
        slots=slots,
        clock_time=lambda at: f"{clock.to_beijing(at):%H:%M}",
        group_name=group_name,
        today=day == clock.beijing_today(),
        made="made" in request.args,
        parties=_parties(rows),
    )


def work_booking(booking_id: str) -> ResponseReturnValue:
    """Do with a booking of one of my sites what its button says."""
    require(Right.BOOKINGS_WORK)
    asked = request.form.get("verb", "")
    verb = next((each for each in _VERBS if each.value == asked), None)
    with database().reading() as session:
        booking = session.get(Booking, booking_id)
        mine = my_sites(session, Right.BOOKINGS_WORK)
    if booking is None or booking.site_id not in mine or verb is None:
        audit_refusal(Right.BOOKINGS_WORK, Subject("booking", booking_id) if booking else None)
        raise NotFound("booking_not_found")
    with database().unit_of_work() as session:
        if verb is BookingVerb.CANCEL:
            terms = booking_terms(settings())
            services.cancel(session, booking_id, EndedFor.BY_STAFF, terms=terms, by=actor())
        else:
            _miss(session, booking_id)
    return redirect(f"{HERE}?site={booking.site_id}&day={booking.day.isoformat()}", code=303)


def _miss(session: Session, booking_id: str) -> None:
    state = services.locked(session, booking_id).state
    if state != BookingState.CONFIRMED:
        raise WrongState(state=state, verb=BookingVerb.MISS.value)
    desk.work(session, booking_id, BookingVerb.MISS, by=actor())


def chosen_site(mine: dict[str, SiteView], asked: str | None) -> SiteView:
    """Return the site that was asked for, my first one without; `NotFound` for another's."""
    if not asked and mine:
        return next(iter(mine.values()))
    if asked not in mine:
        raise NotFound("site_not_found")
    return mine[asked]


def group_name(code: str) -> str:
    """Return what a group of services is called in this request's language."""
    names = service_groups()[code].names
    return names.get(current_language().code, names["zh"])


def _row(session: Session, booking: Booking) -> dict[str, object]:
    resident = session.get(Resident, booking.resident_id) if booking.resident_id else None
    state = BookingState(booking.state)
    open_verbs = LIFE.open_verbs(state) if state in UPCOMING else ()
    return {
        "id": booking.id,
        "time": f"{clock.to_beijing(booking.starts_at):%H:%M}",
        "who": mask_name(name_of(session, resident)) if resident else None,
        "group": group_name(booking.group_code),
        "state": booking.state.replace("_", "-"),
        "priority": booking.priority,
        "party": booking.party_id,
        "expected": BookingVerb.CHECK_IN in open_verbs,
        "verbs": [verb.value for verb in _VERBS if verb in open_verbs],
    }


def _parties(rows: list[dict[str, object]]) -> list[tuple[object, object, int]]:
    """Return the groups (团体) that somebody is still expected of: id, contact, how many."""
    found: dict[object, tuple[object, int]] = {}
    for row in rows:
        if row["party"] is not None and row["expected"]:
            _who, count = found.get(row["party"], ("", 0))
            found[row["party"]] = row["who"], count + 1
    return [(party, who, count) for party, (who, count) in found.items()]


def _asked_day(asked: str) -> date:
    try:
        return date.fromisoformat(asked)
    except ValueError:
        return clock.beijing_today()
