"""
绿色通道 of a site (P41): places opened for a day in an emergency or a special time, and the groups
that the site lets go first beside those of the policy.
"""

from datetime import date

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.bookings import extra_places, priorities
from kiosk_server.bookings.extra_places import OpenedFor
from kiosk_server.bookings.life import Priority
from kiosk_server.bookings.shaping import Extra
from kiosk_server.bookings.slots import fit_ahead
from kiosk_server.bookings.terms import booking_terms
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid
from kiosk_server.places.queries import SiteView
from kiosk_server.places.rules import spell_of
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.bookings import chosen_site, group_name
from kiosk_server.staff_console.fleet_view import site_name
from kiosk_server.staff_console.session import actor, require
from kiosk_server.staff_console.slot_week import groups_of_templates
from kiosk_server.staff_console.terminals import my_sites
from kiosk_server.web.request_context import database, settings
from kiosk_server.web.words import current_language


def add_routes(blueprint: Blueprint) -> None:
    """Put the pages under *blueprint*."""
    blueprint.get("/sites/<site_id>/green")(green_page)
    blueprint.post("/sites/<site_id>/green/places")(open_places)
    blueprint.post("/sites/<site_id>/green/places/<extra_id>/end")(end_places)
    blueprint.post("/sites/<site_id>/green/groups")(add_green_group)
    blueprint.post("/sites/<site_id>/green/groups/<code>/end")(end_green_group)


def green_page(site_id: str) -> ResponseReturnValue:
    """Show what is open beside the week, and whom one of my sites lets go first."""
    return _page(site_id, {})


def open_places(site_id: str) -> ResponseReturnValue:
    """Open places for a group on a day; its slots have them at once."""
    require(Right.BOOKINGS_WORK)
    try:
        with database().unit_of_work() as session:
            here = _mine(session, site_id)
            extra, reason = _asked_extra(groups_of_templates(session, here.id))
            extra_places.open_extra(session, here.id, extra, reason, by=actor())
            _follow(session, here)
    except Invalid as refused:
        return _page(site_id, {each.at: each.code for each in refused.fields}), 422
    return _back(site_id)


def end_places(site_id: str, extra_id: str) -> ResponseReturnValue:
    """End them before their day is over; what is taken stays taken."""
    require(Right.BOOKINGS_WORK)
    with database().unit_of_work() as session:
        here = _mine(session, site_id)
        extra_places.end_extra(session, here.id, extra_id, by=actor())
        _follow(session, here)
    return _back(site_id)


def add_green_group(site_id: str) -> ResponseReturnValue:
    """Let one more group go first, named in three languages."""
    require(Right.BOOKINGS_WORK)
    try:
        with database().unit_of_work() as session:
            here = _mine(session, site_id)
            names = {each: request.form.get(each, "") for each in priorities.LANGUAGES}
            priorities.add_group(session, here.id, names, by=actor())
    except Invalid as refused:
        return _page(site_id, {each.at: each.code for each in refused.fields}), 422
    return _back(site_id)


def end_green_group(site_id: str, code: str) -> ResponseReturnValue:
    """Let one of the site's own groups go first no longer."""
    require(Right.BOOKINGS_WORK)
    with database().unit_of_work() as session:
        here = _mine(session, site_id)
        priorities.end_group(session, here.id, code, by=actor())
    return _back(site_id)


def _page(site_id: str, faults: dict[str, str]) -> str:
    require(Right.BOOKINGS_WORK)
    language = current_language().code
    with database().reading() as session:
        here = _mine(session, site_id)
        standing = extra_places.standing_extras(session, here.id)
        first = priorities.priority_groups(session, here.id)
        groups = groups_of_templates(session, here.id)
    return render_template(
        "staff/green_channel.html",
        site=here,
        name=site_name(here),
        extras=standing,
        group_name=group_name,
        groups=[(code, group_name(code)) for code in groups],
        of_policy=[each.names[language] for each in first if each.priority is not Priority.OTHER],
        own=[
            (each.code, [each.names[known] for known in priorities.LANGUAGES])
            for each in first
            if each.priority is Priority.OTHER
        ],
        reasons=[reason.value for reason in OpenedFor],
        most_places=extra_places.MOST_PLACES,
        longest_name=priorities.LONGEST_NAME,
        today=clock.beijing_today().isoformat(),
        faults=faults,
        asked=request.form,
    )


def _asked_extra(groups: list[str]) -> tuple[Extra, OpenedFor]:
    form, faults = request.form, []
    if form.get("group") not in groups:
        faults.append(FieldFault("group", "group_unknown"))
    if form.get("reason") not in set(OpenedFor):
        faults.append(FieldFault("reason", "reason_missing"))
    places = form.get("places", "")
    if not (places.isascii() and places.isdecimal() and len(places) <= 3):
        faults.append(FieldFault("places", "places_unusable"))
    try:
        day = date.fromisoformat(form.get("day", ""))
        spell = spell_of(form.get("opens", ""), form.get("closes", ""))
    except ValueError:
        faults.append(FieldFault("closes", "hours_unreadable"))
    if faults:
        raise Invalid("extra_invalid", fields=faults)
    return Extra(form["group"], day, spell, int(places)), OpenedFor(form["reason"])


def _mine(session: Session, site_id: str) -> SiteView:
    return chosen_site(my_sites(session, Right.BOOKINGS_WORK), site_id)


def _follow(session: Session, here: SiteView) -> None:
    fit_ahead(session, here.id, terms=booking_terms(settings()), by=actor())


def _back(site_id: str) -> ResponseReturnValue:
    return redirect(f"/staff/sites/{site_id}/green", code=303)
