"""
The official calendar (节假日安排): a year is entered once it is announced, looked at, then saved.

Until then its days have no places, and limits that reach into it are provisional. From 1 December
the console says on every page that next year is missing.
"""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.bookings.chores import CALENDAR_CHANGED
from kiosk_server.bookings.preview import effects_of
from kiosk_server.bookings.templates import sites_with_templates, week_of
from kiosk_server.bookings.terms import booking_terms
from kiosk_server.core import clock
from kiosk_server.core.errors import Invalid
from kiosk_server.core.identifiers import new_id
from kiosk_server.outbox.services import emit
from kiosk_server.places.calendars import (
    LONGEST_BASIS,
    YearTold,
    calendar_of,
    enter_year,
    entered_years,
    missing_year,
    pretend,
    year_told,
)
from kiosk_server.staff.rules import Right, has
from kiosk_server.staff_console.session import actor, require, staff
from kiosk_server.web.request_context import database, settings

HERE = "/staff/calendar"
_LONGEST_TEXT = 4000


@dataclass(frozen=True)
class Preview:
    """What an announcement says, and what it does to the days that can be booked already."""

    told: YearTold
    working_days: int
    slots_come: int
    slots_go: int
    bookings: int


def add_routes(blueprint: Blueprint) -> None:
    """Put the pages under *blueprint*, and what every page says in December."""
    blueprint.context_processor(lambda: {"calendar_missing": calendar_missing})
    blueprint.get("/calendar")(calendar_page)
    blueprint.post("/calendar/preview")(preview_calendar)
    blueprint.post("/calendar")(save_calendar)


def calendar_missing() -> int | None:
    """Return the year that is missing, for who enters it and for who books into it."""
    rights = (Right.CALENDAR_KEEP, Right.BOOKINGS_WORK)
    if not g.get("staff") or not any(has(staff(), right) for right in rights):
        return None
    with database().reading() as session:
        return missing_year(session)


def calendar_to_enter() -> int | None:
    """Return how many years wait to be entered, for who enters them; None for anybody else."""
    if not has(staff(), Right.CALENDAR_KEEP):
        return None
    with database().reading() as session:
        return int(missing_year(session) is not None)


def calendar_page() -> ResponseReturnValue:
    """Show the years that are known, and ask for the next one."""
    return _page({})


def preview_calendar() -> ResponseReturnValue:
    """Show what an announcement would do; nothing is saved."""
    require(Right.CALENDAR_KEEP)
    try:
        told = _told()
    except Invalid as refused:
        return _page({each.at: each.code for each in refused.fields}), 422
    with database().reading() as session:
        preview = _preview(session, told)
    return _page({}, preview)


def save_calendar() -> ResponseReturnValue:
    """Keep a year; the worker fits the slots of every site to it."""
    require(Right.CALENDAR_KEEP)
    try:
        with database().unit_of_work() as session:
            told = _told()
            enter_year(session, told, request.form.get("basis", ""), by=actor())
            emit(session, CALENDAR_CHANGED, {"year": told.year, "entry": new_id()})
    except Invalid as refused:
        return _page({each.at: each.code for each in refused.fields}), 422
    return redirect(f"{HERE}?saved=yes", code=303)


def _told() -> YearTold:
    form = request.form
    year = form.get("year", "")
    return year_told(
        form.get("free", "")[:_LONGEST_TEXT].splitlines(),
        form.get("worked", "")[:_LONGEST_TEXT].splitlines(),
        year=int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else 0,
    )


def _preview(session: Session, told: YearTold) -> Preview:
    pretend(session, told)
    calendar, terms = calendar_of(session), booking_terms(settings())
    first = date(told.year, 1, 1).toordinal()
    days = [
        date.fromordinal(each) for each in range(first, date(told.year, 12, 31).toordinal() + 1)
    ]
    effects = [
        effects_of(session, site_id, week_of(session, site_id), terms)
        for site_id in sites_with_templates(session)
    ]
    changed = [day for each in effects for day in each.days if day.day.year == told.year]
    return Preview(
        told,
        working_days=sum(calendar.is_working_day(day) for day in days),
        slots_come=sum(day.come for day in changed),
        slots_go=sum(day.go for day in changed),
        bookings=sum(day.bookings for day in changed),
    )


def _page(faults: dict[str, str], preview: Preview | None = None) -> str:
    require(Right.CALENDAR_KEEP)
    this_year = clock.beijing_today().year
    with database().reading() as session:
        calendar, entered = calendar_of(session), entered_years(session)
    return render_template(
        "staff/calendar.html",
        known=sorted(calendar.years, reverse=True),
        entered=entered,
        years=(this_year, this_year + 1),
        next_year=this_year + 1,
        next_known=calendar.is_known(this_year + 1),
        preview=preview,
        faults=faults,
        asked=request.form,
        saved="saved" in request.args,
        longest_basis=LONGEST_BASIS,
    )
