"""Commands to terminals: a code for a new one, lock, unlock, revoke; what stops one asks again."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.commands.rules import CommandKind, Wish
from kiosk_server.commands.services import ask
from kiosk_server.core.errors import FieldFault
from kiosk_server.fleet import life
from kiosk_server.places.queries import HostView, SiteView
from kiosk_server.places.spots import spots
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.fleet_view import moment, site_name
from kiosk_server.staff_console.session import actor, require
from kiosk_server.staff_console.terminals import my_hosts, my_sites, my_terminal
from kiosk_server.terminals.rules import REASONS_TO_GIVE, TerminalState, WithdrawalReason
from kiosk_server.terminals.services import IssuedCode, make_enrolment_code
from kiosk_server.web.request_context import database, settings

LONGEST_PLACE = 80


def add_routes(blueprint: Blueprint) -> None:
    """Put the commands under *blueprint*."""
    blueprint.get("/terminals/new")(enrol_page)
    blueprint.post("/terminals/new")(make_code)
    blueprint.post("/terminals/<terminal_id>/code")(make_another_code)
    blueprint.get("/terminals/<terminal_id>/<any(lock, revoke):verb>")(withdraw_page)
    blueprint.post("/terminals/<terminal_id>/<any(lock, revoke):verb>")(withdraw)
    blueprint.post("/terminals/<terminal_id>/unlock")(put_back)


def enrol_page() -> ResponseReturnValue:
    """Ask where the new terminal will stand."""
    return _enrol_page([])


def make_code() -> ResponseReturnValue:
    """Reserve the next number and show its code, this once."""
    site_id, _, host_id = request.form.get("site", "").partition("/")
    place = request.form.get("place", "").strip()
    with database().reading() as session:
        site = my_sites(session, Right.TERMINALS_ENROL).get(site_id)
        known = not host_id or host_id in my_hosts(session, {site_id})
    faults = []
    if site is None or not known:
        faults.append(FieldFault("site", "not_chosen"))
    if len(place) > LONGEST_PLACE:
        faults.append(FieldFault("place", "too_long"))
    if site is None or faults:
        return _enrol_page(faults), 422
    with database().unit_of_work() as session:
        issued = make_enrolment_code(
            session, site.id, by=actor(), place=place, host_place_id=host_id or None
        )
    return code_page(issued, again=False)


def make_another_code(terminal_id: str) -> ResponseReturnValue:
    """Show a new code for a number that is awaited, or whose machine was changed."""
    with database().reading() as session:
        view, site = my_terminal(session, terminal_id, Right.TERMINALS_ENROL)
    with database().unit_of_work() as session:
        issued = make_enrolment_code(session, site.id, by=actor(), terminal_id=terminal_id)
    return code_page(issued, again=view.state is not TerminalState.AWAITED)


def withdraw_page(terminal_id: str, verb: str) -> ResponseReturnValue:
    """Ask again, by name, before a terminal is locked or revoked."""
    with database().reading() as session:
        _, site = my_terminal(session, terminal_id, _right(verb))
    return _withdraw_page(terminal_id, verb, site_name(site), [])


def withdraw(terminal_id: str, verb: str) -> ResponseReturnValue:
    """Lock or revoke the terminal whose number was typed."""
    with database().reading() as session:
        _, site = my_terminal(session, terminal_id, _right(verb))
    faults = []
    if request.form.get("name", "").strip().upper() != terminal_id:
        faults.append(FieldFault("name", "not_the_name"))
    chosen = request.form.get("reason", "")
    if chosen not in set(REASONS_TO_GIVE):
        faults.append(FieldFault("reason", "not_chosen"))
    if faults:
        return _withdraw_page(terminal_id, verb, site_name(site), faults), 422
    reason = WithdrawalReason(chosen)
    with database().unit_of_work() as session:
        if verb == "revoke":
            life.withdraw(session, terminal_id, by=actor(), reason=reason)
        else:
            ask(session, [terminal_id], Wish(CommandKind.LOCK, reason=reason), by=actor())
    return redirect(f"/staff/terminals/{terminal_id}", code=303)


def put_back(terminal_id: str) -> ResponseReturnValue:
    """Put a locked terminal back into service."""
    with database().reading() as session:
        my_terminal(session, terminal_id, Right.TERMINALS_LOCK)
    with database().unit_of_work() as session:
        ask(session, [terminal_id], Wish(CommandKind.UNLOCK), by=actor())
    return redirect(f"/staff/terminals/{terminal_id}", code=303)


def _right(verb: str) -> Right:
    return Right.TERMINALS_REVOKE if verb == "revoke" else Right.TERMINALS_LOCK


def _enrol_page(faults: list[FieldFault]) -> str:
    require(Right.TERMINALS_ENROL)
    with database().reading() as session:
        mine = my_sites(session, Right.TERMINALS_ENROL)
        hosts = my_hosts(session, mine)
    return render_template(
        "staff/enrol.html",
        sites=standing_places(mine, hosts),
        spots=list(spots()),
        chosen=request.form.get("site", ""),
        place=request.form.get("place", ""),
        faults={fault.at: fault.code for fault in faults},
    )


def standing_places(
    sites: Mapping[str, SiteView], hosts: Mapping[str, HostView]
) -> list[tuple[str, str]]:
    """Return what can be chosen: every site, and after it the banks and shops that it has."""
    found = []
    for site in sites.values():
        found.append((site.id, site_name(site)))
        found += [
            (f"{site.id}/{host.id}", f"{site_name(site)} · {site_name(host)}")
            for host in hosts.values()
            if host.site.id == site.id
        ]
    return found


def code_page(issued: IssuedCode, *, again: bool) -> str:
    """Show a code, this once; *again*: the machine that uses it has been a terminal before."""
    return render_template(
        "staff/enrolment_code.html",
        code=issued.code,
        terminal=issued.terminal_id,
        until=moment(issued.expires_at),
        origin=settings().public_origin,
        again=again,
    )


def _withdraw_page(terminal_id: str, verb: str, site: str, faults: list[FieldFault]) -> str:
    return render_template(
        "staff/withdraw.html",
        terminal=terminal_id,
        verb=verb,
        site=site,
        reasons=[reason.value for reason in REASONS_TO_GIVE],
        chosen=request.form.get("reason", ""),
        faults={fault.at: fault.code for fault in faults},
    )
