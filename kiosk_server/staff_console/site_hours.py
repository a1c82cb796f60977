"""
When a site is open (开放时间): a day otherwise, longer hours, a closing; places follow in one step.

Whoever loses his place is told and offered another in the unit of work that says so.
"""

from datetime import date, datetime

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.bookings.slots import fit_ahead
from kiosk_server.bookings.terms import booking_terms
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid, NotFound
from kiosk_server.places import site_hours
from kiosk_server.places.hours import DayKind, DayTold, Interval
from kiosk_server.places.queries import SiteView
from kiosk_server.places.rules import spell_of
from kiosk_server.places.site_hours import ClosedFor
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.book_view import hours_words
from kiosk_server.staff_console.bookings import chosen_site
from kiosk_server.staff_console.fleet_view import moment, site_name
from kiosk_server.staff_console.session import actor, require
from kiosk_server.staff_console.terminals import my_sites
from kiosk_server.web.request_context import database, settings


def add_routes(blueprint: Blueprint) -> None:
    """Put the pages under *blueprint*."""
    blueprint.get("/sites/<site_id>/hours")(hours_page)
    blueprint.post("/sites/<site_id>/days")(set_site_day)
    blueprint.post("/sites/<site_id>/days/clear")(clear_site_day)
    blueprint.post("/sites/<site_id>/closings")(close_site)
    blueprint.post("/sites/<site_id>/closings/<closing_id>/lift")(lift_closing)


def hours_page(site_id: str) -> ResponseReturnValue:
    """Show when one of my sites is open, and what is said of days to come."""
    return _page(site_id, wrong=False)


def set_site_day(site_id: str) -> ResponseReturnValue:
    """Say of one day what it is."""
    require(Right.BOOKINGS_WORK)
    try:
        told = _told()
        with database().unit_of_work() as session:
            here = _mine(session, site_id)
            site_hours.set_day(session, here.id, told, by=actor())
            _follow(session, here)
    except Invalid:
        return _page(site_id, wrong=True), 422
    return _back(site_id)


def clear_site_day(site_id: str) -> ResponseReturnValue:
    """Let one day be as usual again."""
    require(Right.BOOKINGS_WORK)
    with database().unit_of_work() as session:
        here = _mine(session, site_id)
        try:
            day = date.fromisoformat(request.form.get("day", ""))
        except ValueError:
            raise NotFound("site_day_not_found") from None
        site_hours.clear_day(session, here.id, day, by=actor())
        _follow(session, here)
    return _back(site_id)


def close_site(site_id: str) -> ResponseReturnValue:
    """Close one of my sites from now on, until the time that was given."""
    require(Right.BOOKINGS_WORK)
    reason = request.form.get("reason", "")
    try:
        until = datetime.fromisoformat(request.form.get("until", ""))
        closing = Interval(clock.now(), until.replace(tzinfo=clock.BEIJING))
        with database().unit_of_work() as session:
            here = _mine(session, site_id)
            site_hours.close(session, here.id, closing, ClosedFor(reason), by=actor())
            _follow(session, here)
    except (Invalid, ValueError):
        return _page(site_id, wrong=True), 422
    return _back(site_id)


def lift_closing(site_id: str, closing_id: str) -> ResponseReturnValue:
    """Open one of my sites again."""
    require(Right.BOOKINGS_WORK)
    with database().unit_of_work() as session:
        here = _mine(session, site_id)
        if closing_id not in {row.id for row in site_hours.closings_of(session, here.id)}:
            raise NotFound("closing_not_found")
        site_hours.reopen(session, closing_id, by=actor())
        _follow(session, here)
    return _back(site_id)


def _page(site_id: str, *, wrong: bool) -> str:
    require(Right.BOOKINGS_WORK)
    with database().reading() as session:
        here = _mine(session, site_id)
        days = site_hours.days_of(session, here.id)
        closings = site_hours.closings_of(session, here.id)
    return render_template(
        "staff/site_hours.html",
        site=here,
        name=site_name(here),
        week=hours_words(here.hours),
        days=days,
        closings=[(row.id, row.reason, moment(row.ends_at)) for row in closings],
        kinds=[kind.value for kind in DayKind],
        reasons=[reason.value for reason in ClosedFor],
        wrong=wrong,
    )


def _mine(session: Session, site_id: str) -> SiteView:
    return chosen_site(my_sites(session, Right.BOOKINGS_WORK), site_id)


def _told() -> DayTold:
    form = request.form
    try:
        kind, day = DayKind(form.get("kind", "")), date.fromisoformat(form.get("day", ""))
        closed = kind is DayKind.CLOSED
        spells = () if closed else (spell_of(form.get("opens", ""), form.get("closes", "")),)
    except ValueError:
        fault = FieldFault("day", "hours_unreadable")
        raise Invalid("site_day_invalid", fields=[fault]) from None
    return DayTold(day, kind, spells)


def _follow(session: Session, here: SiteView) -> None:
    fit_ahead(session, here.id, terms=booking_terms(settings()), by=actor())


def _back(site_id: str) -> ResponseReturnValue:
    return redirect(f"/staff/sites/{site_id}/hours", code=303)
