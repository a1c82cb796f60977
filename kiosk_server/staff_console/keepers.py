"""Keepers (终端管理员) of my places: who minds the machines there, entered and taken off."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.assets import keepers
from kiosk_server.assets.keepers import Place
from kiosk_server.assets.rules import KEEPER_LANGUAGES
from kiosk_server.audit.services import Subject
from kiosk_server.core.errors import FieldFault, Invalid, NotFound
from kiosk_server.places.queries import HostView, SiteView
from kiosk_server.staff.queries import colleague_called
from kiosk_server.staff.rules import Right, covers, may
from kiosk_server.staff_console.book_forms import SPELLS, hours_from
from kiosk_server.staff_console.book_view import hours_words
from kiosk_server.staff_console.commands import standing_places
from kiosk_server.staff_console.fleet_view import site_name
from kiosk_server.staff_console.session import actor, audit_refusal, require, staff
from kiosk_server.staff_console.terminals import my_hosts, my_sites
from kiosk_server.web.request_context import database

HERE = "/staff/keepers"


def add_routes(blueprint: Blueprint) -> None:
    """Put the lists under *blueprint*."""
    blueprint.get("/keepers")(keepers_page)
    blueprint.post("/keepers")(enter_keeper)
    blueprint.post("/keepers/<keeper_id>/remove")(remove_keeper)


def keepers_page() -> ResponseReturnValue:
    """Show who minds the machines of my places."""
    return _page([])


def enter_keeper() -> ResponseReturnValue:
    """Enter a keeper of one of my places."""
    require(Right.ASSETS_KEEP)
    form = request.form
    site_id, _, host_id = form.get("place", "").partition("/")
    login = form.get("login", "").strip()
    with database().reading() as session:
        mine = my_sites(session, Right.ASSETS_KEEP)
        hosts = my_hosts(session, mine)
        member = colleague_called(session, login) if login else None
    hours, faults = hours_from(form)
    if site_id not in mine or (host_id and host_id not in hosts):
        faults.append(FieldFault("place", "not_chosen"))
    elif login and (
        member is None or not covers(member.division_code, mine[site_id].division_code)
    ):
        # An account of elsewhere would have no right at this place.
        faults.append(FieldFault("staff", "not_found"))
    if faults:
        return _page(faults), 422
    try:
        with database().unit_of_work() as session:
            keepers.enter(
                session,
                Place(site_id, host_id or None),
                name=form.get("name", ""),
                phone=form.get("phone", ""),
                language=form.get("language", ""),
                hours=hours,
                staff_id=member.id if member else None,
                by=actor(),
            )
    except Invalid as refused:
        return _page(list(refused.fields)), 422
    return redirect(HERE, code=303)


def remove_keeper(keeper_id: str) -> ResponseReturnValue:
    """Take a keeper off one of my places."""
    with database().reading() as session:
        found = keepers.find(session, keeper_id)
        mine = my_sites(session, Right.TERMINALS_SEE)
    site = mine.get(found.place.site_id) if found else None
    if site is None or not may(staff(), Right.ASSETS_KEEP, site.division_code):
        require(Right.ASSETS_KEEP)
        audit_refusal(Right.ASSETS_KEEP, Subject("keeper", keeper_id) if found else None)
        raise NotFound("keeper_not_found")
    with database().unit_of_work() as session:
        keepers.remove(session, keeper_id, by=actor())
    return redirect(HERE, code=303)


def _page(faults: list[FieldFault]) -> str:
    require(Right.ASSETS_KEEP)
    with database().reading() as session:
        mine = my_sites(session, Right.ASSETS_KEEP)
        hosts = my_hosts(session, mine)
        rows = [
            {
                "id": each.id,
                "name": each.name,
                "place": _place_words(each.place, mine, hosts),
                "phone": keepers.masked_phone_of(session, each.id),
                "language": each.language,
                "hours": hours_words(each.hours),
                "signs_in": each.staff_id is not None,
            }
            for each in keepers.within(session, mine)
        ]
    return render_template(
        "staff/keepers.html",
        rows=rows,
        places=standing_places(mine, hosts),
        languages=KEEPER_LANGUAGES,
        spells=[(spell, None) for spell in SPELLS],
        form=request.form,
        faults={fault.at: fault.code for fault in faults},
    )


def _place_words(place: Place, sites: Mapping[str, SiteView], hosts: Mapping[str, HostView]) -> str:
    host = hosts.get(place.host_place_id or "")
    return " · ".join(
        filter(None, (site_name(sites[place.site_id]), site_name(host) if host else ""))
    )
