"""
Moving, retiring and replacing a terminal (移机、报废、换机), each asked about before it is done.

Where a key dies there are two steps: what will happen, then the number typed in full.
"""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.core.errors import FieldFault, Invalid
from kiosk_server.fleet import life
from kiosk_server.places.spots import spots
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.commands import code_page, standing_places
from kiosk_server.staff_console.fleet_view import site_name
from kiosk_server.staff_console.session import actor, require
from kiosk_server.staff_console.terminals import my_hosts, my_sites, my_terminal
from kiosk_server.terminals.moving import Whereabouts
from kiosk_server.terminals.rules import LIFE, TerminalVerb
from kiosk_server.web.request_context import database

_RIGHTS = {
    "retire": (Right.TERMINALS_REVOKE,),
    "replace": (Right.TERMINALS_REVOKE, Right.TERMINALS_ENROL),
}


def add_routes(blueprint: Blueprint) -> None:
    """Put the three under *blueprint*."""
    blueprint.get("/fleet/<terminal_id>/move")(move_page)
    blueprint.post("/fleet/<terminal_id>/move")(move)
    path = "/fleet/<terminal_id>/<any(retire, replace):verb>"
    blueprint.get(path)(what_will_happen)
    blueprint.get(f"{path}/confirm")(confirm_page)
    blueprint.post(f"{path}/confirm")(confirm)


def move_page(terminal_id: str) -> ResponseReturnValue:
    """Ask where the terminal will stand."""
    return _move_page(terminal_id, [])


def move(terminal_id: str) -> ResponseReturnValue:
    """Let it stand there."""
    site_id, _, host_id = request.form.get("site", "").partition("/")
    with database().reading() as session:
        my_terminal(session, terminal_id, Right.ASSETS_KEEP)
        mine = my_sites(session, Right.ASSETS_KEEP)
        known = not host_id or host_id in my_hosts(session, {site_id})
    if site_id not in mine or not known:
        return _move_page(terminal_id, [FieldFault("site", "not_chosen")]), 422
    place = " ".join(request.form.get("place", "").split())
    try:
        with database().unit_of_work() as session:
            life.move(
                session, terminal_id, Whereabouts(site_id, host_id or None, place), by=actor()
            )
    except Invalid as refused:
        return _move_page(terminal_id, list(refused.fields)), 422
    return redirect(f"/staff/terminals/{terminal_id}", code=303)


def what_will_happen(terminal_id: str, verb: str) -> ResponseReturnValue:
    """Say what withdrawing the terminal brings with it: the first of two steps."""
    return _end_page(terminal_id, verb, step=1, faults=[])


def confirm_page(terminal_id: str, verb: str) -> ResponseReturnValue:
    """Ask for its number: the second step."""
    return _end_page(terminal_id, verb, step=2, faults=[])


def confirm(terminal_id: str, verb: str) -> ResponseReturnValue:
    """Withdraw the terminal whose number was typed; a replacement's code is shown this once."""
    _require(terminal_id, verb)
    if request.form.get("name", "").strip().upper() != terminal_id:
        fault = FieldFault("name", "not_the_name")
        return _end_page(terminal_id, verb, step=2, faults=[fault]), 422
    if verb == "replace":
        with database().unit_of_work() as session:
            issued = life.replace(session, terminal_id, by=actor())
        return code_page(issued, again=False)
    with database().unit_of_work() as session:
        life.retire(session, terminal_id, by=actor())
    return redirect(f"/staff/terminals/{terminal_id}", code=303)


def _require(terminal_id: str, verb: str) -> str:
    with database().reading() as session:
        for right in _RIGHTS[verb]:
            view, site = my_terminal(session, terminal_id, right)
    LIFE.after(view.state, TerminalVerb.REVOKE)
    return site_name(site)


def _end_page(terminal_id: str, verb: str, *, step: int, faults: list[FieldFault]) -> str:
    return render_template(
        "staff/end_of_life.html",
        terminal=terminal_id,
        site=_require(terminal_id, verb),
        verb=verb,
        step=step,
        faults={fault.at: fault.code for fault in faults},
    )


def _move_page(terminal_id: str, faults: list[FieldFault]) -> str:
    require(Right.ASSETS_KEEP)
    with database().reading() as session:
        view, site = my_terminal(session, terminal_id, Right.ASSETS_KEEP)
        LIFE.after(view.state, TerminalVerb.MOVE)
        mine = my_sites(session, Right.ASSETS_KEEP)
        hosts = my_hosts(session, mine)
    stands = "/".join(filter(None, (view.site_id, view.host_place_id)))
    return render_template(
        "staff/move.html",
        terminal=terminal_id,
        site=site_name(site),
        places=standing_places(mine, hosts),
        spots=list(spots()),
        chosen=request.form.get("site", stands),
        place=request.form.get("place", view.place),
        faults={fault.at: fault.code for fault in faults},
    )
