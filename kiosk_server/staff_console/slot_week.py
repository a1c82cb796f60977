"""
A site's week of slots (号源排班): seen at a glance, changed, copied; what a change does is shown
before it is saved.

Who loses his place by it is told and offered another in the unit of work that saves it.
"""

from dataclasses import dataclass
from datetime import time

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.bookings.preview import effects_of
from kiosk_server.bookings.shaping import Draft
from kiosk_server.bookings.slots import fit_ahead
from kiosk_server.bookings.templates import save_week, week_of
from kiosk_server.bookings.terms import booking_terms
from kiosk_server.bookings.weeks import WEEKDAYS, Week, digest_of
from kiosk_server.core.errors import Conflict, Invalid
from kiosk_server.places.queries import SiteView, groups_by_site
from kiosk_server.places.service_groups import service_groups
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.book_view import hours_words
from kiosk_server.staff_console.bookings import chosen_site, group_name
from kiosk_server.staff_console.fleet_view import site_name
from kiosk_server.staff_console.session import actor, require
from kiosk_server.staff_console.slot_week_forms import FIELDS, Edit, edit_of
from kiosk_server.staff_console.slot_week_view import BAR, group_weeks
from kiosk_server.staff_console.terminals import my_sites
from kiosk_server.web.request_context import database, settings


@dataclass(frozen=True)
class Around:
    """One of my sites, its week, the groups it takes, and the week of the site to copy from."""

    here: SiteView
    week: Week
    groups: list[str]
    other: Week
    others: list[tuple[str, str]]


def add_routes(blueprint: Blueprint) -> None:
    """Put the pages under *blueprint*."""
    blueprint.get("/sites/<site_id>/slots")(slots_page)
    blueprint.post("/sites/<site_id>/slots/preview")(preview_slots)
    blueprint.post("/sites/<site_id>/slots")(save_slots)


def slots_page(site_id: str) -> ResponseReturnValue:
    """Show the week of one of my sites."""
    return _page(site_id, {})


def preview_slots(site_id: str) -> ResponseReturnValue:
    """Show what an edit would do; nothing is saved."""
    require(Right.BOOKINGS_WORK)
    with database().reading() as session:
        around = _around(session, site_id)
        try:
            edit = _edit(around)
        except Invalid as refused:
            return _page(site_id, {each.at: each.code for each in refused.fields}), 422
        effects = effects_of(session, site_id, edit.week, booking_terms(settings()))
    return render_template(
        "staff/slot_week_preview.html",
        site=around.here,
        name=site_name(around.here),
        effects=effects,
        same=edit.week == around.week,
        carried=[(name, value) for name in FIELDS for value in request.form.getlist(name)],
        looked_at=digest_of(around.week),
        weeks=group_weeks(edit.week, _groups_changed(around.week, edit.week)),
        weekdays=WEEKDAYS,
        bar=BAR,
    )


def save_slots(site_id: str) -> ResponseReturnValue:
    """Save an edit and let the slots of the days ahead follow."""
    require(Right.BOOKINGS_WORK)
    try:
        with database().unit_of_work() as session:
            around = _around(session, site_id)
            edit = _edit(around)
            looked_at = request.form.get("looked_at", "")
            save_week(session, site_id, edit.week, edit.event, looked_at=looked_at, by=actor())
            lost = fit_ahead(session, site_id, terms=booking_terms(settings()), by=actor())
    except Invalid as refused:
        return _page(site_id, {each.at: each.code for each in refused.fields}), 422
    except Conflict as refused:
        return _page(site_id, {"week": refused.code}), 409
    return redirect(f"/staff/sites/{site_id}/slots?saved=yes&told={lost}", code=303)


def groups_of_templates(session: Session, site_id: str) -> list[str]:
    """Return the groups a site can have slots for: its windows', and visits at home."""
    at_home = [code for code, group in service_groups().items() if group.at_home]
    return groups_by_site(session).get(site_id, []) + at_home


def _around(session: Session, site_id: str) -> Around:
    mine = my_sites(session, Right.BOOKINGS_WORK)
    here = chosen_site(mine, site_id)
    from_site = request.form.get("from_site", "")
    other = week_of(session, from_site) if from_site in mine else ()
    others = [(each.id, site_name(each)) for each in mine.values() if each.id != here.id]
    groups = groups_of_templates(session, here.id)
    return Around(here, week_of(session, here.id), groups, other, others)


def _shown(around: Around) -> list[str]:
    """Return the groups of the site, and any other that its week still has."""
    others = {draft.group_code for draft in around.week} - set(around.groups)
    return [*around.groups, *sorted(others)]


def _groups_changed(before: Week, after: Week) -> list[str]:
    return sorted({draft.group_code for draft in set(before) ^ set(after)})


def _edit(around: Around) -> Edit:
    return edit_of(request.form, around.week, around.groups, around.other)


def _page(site_id: str, faults: dict[str, str]) -> str:
    require(Right.BOOKINGS_WORK)
    with database().reading() as session:
        around = _around(session, site_id)
    told = request.args.get("told", "")
    return render_template(
        "staff/slot_week.html",
        site=around.here,
        name=site_name(around.here),
        hours=hours_words(around.here.hours),
        weeks=group_weeks(around.week, _shown(around)),
        groups=[(code, group_name(code)) for code in around.groups],
        others=around.others,
        weekdays=WEEKDAYS,
        bar=BAR,
        editing=_editing(around.week),
        faults=faults,
        asked=request.form,
        asked_days=request.form.getlist("weekdays"),
        saved="saved" in request.args,
        told=int(told) if told.isascii() and told.isdecimal() and len(told) < 6 else 0,
    )


def _editing(week: Week) -> Draft | None:
    """Return the template that was pressed in the grid, to be changed."""
    args = request.args
    try:
        opens = time.fromisoformat(args.get("opens", ""))
    except ValueError:
        return None
    place = args.get("group"), args.get("weekday"), opens
    found = (each for each in week if (each.group_code, str(each.weekday), each.opens) == place)
    return next(found, None)
