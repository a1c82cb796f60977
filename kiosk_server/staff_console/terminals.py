"""One terminal's page: what is wrong, what still works, what I may do; and which ones are mine."""

from collections.abc import Collection
from datetime import datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.audit.services import Subject
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound
from kiosk_server.places.queries import HostView, SiteView, host_places, sites
from kiosk_server.printing.counts import counts_at
from kiosk_server.staff.rules import Right, may
from kiosk_server.staff_console.alert_view import alert_line
from kiosk_server.staff_console.fleet_view import terminal_line
from kiosk_server.staff_console.session import audit_refusal, require, staff
from kiosk_server.staff_console.timeline import timeline
from kiosk_server.terminals.queries import TerminalView, find
from kiosk_server.terminals.rules import LIFE, TerminalVerb
from kiosk_server.upkeep.queries import of_terminal
from kiosk_server.upkeep.rules import AlertState
from kiosk_server.web.request_context import page_reading

_RIGHT_FOR = {
    TerminalVerb.ENROL: Right.TERMINALS_ENROL,
    TerminalVerb.LOCK: Right.TERMINALS_LOCK,
    TerminalVerb.UNLOCK: Right.TERMINALS_LOCK,
    TerminalVerb.MOVE: Right.ASSETS_KEEP,
    TerminalVerb.REVOKE: Right.TERMINALS_REVOKE,
}
_SITES, _TERMINALS = "staff_sites", "staff_terminals"


def add_routes(blueprint: Blueprint) -> None:
    """Put the terminals' pages under *blueprint*."""
    blueprint.get("/terminals/<terminal_id>")(terminal_page)


def terminal_page(terminal_id: str) -> ResponseReturnValue:
    """Show one terminal: what is wrong, what still works, what I may do."""
    with page_reading() as session:
        view, site = my_terminal(session, terminal_id, Right.TERMINALS_SEE)
        hosts = my_hosts(session, {site.id})
        now = clock.now()
        alerts = [
            alert_line(alert, site)
            for alert in sorted(
                of_terminal(session, terminal_id, since=now), key=lambda each: each.severity.rank
            )
            if alert.state is AlertState.OPEN
        ]
        happened = timeline(session, view, now)
        printed = counts_at(session, terminal_id, since=_midnight(now))
    return render_template(
        "staff/terminal.html",
        row=terminal_line(view, {site.id: site}, hosts, now),
        alerts=alerts,
        timeline=happened,
        printed=printed,
        verbs={
            verb.value
            for verb in LIFE.open_verbs(view.state)
            if may(staff(), _RIGHT_FOR[verb], site.division_code)
        },
    )


def _midnight(now: datetime) -> datetime:
    return clock.to_beijing(now).replace(hour=0, minute=0, second=0, microsecond=0)


def my_sites(session: Session, right: Right) -> dict[str, SiteView]:
    """Return the sites in whose divisions who is signed in has *right*, by id."""
    known: list[SiteView] | None = session.info.get(_SITES)
    if known is None:
        # Each part of a page asks: within one session they are asked for once.
        known = session.info[_SITES] = sites(session)
    return {site.id: site for site in known if may(staff(), right, site.division_code)}


def my_hosts(session: Session, site_ids: Collection[str]) -> dict[str, HostView]:
    """Return the banks and shops that belong to these sites, by id."""
    return {host.id: host for host in host_places(session) if host.site.id in site_ids}


def my_terminal(session: Session, terminal_id: str, right: Right) -> tuple[TerminalView, SiteView]:
    """
    Return a terminal and its site if who is signed in has *right* there.

    Raises `NotFound` for a terminal that does not exist or that he may not even see, and
    `Refused("right_missing")` for one that he may see only.
    """
    view = _found(session, terminal_id)
    site = my_sites(session, Right.TERMINALS_SEE).get(view.site_id) if view else None
    if view is None or site is None:
        require(Right.TERMINALS_SEE)
        audit_refusal(right, Subject("terminal", terminal_id) if view else None)
        raise NotFound("terminal_not_found")
    require(right, site.division_code)
    return view, site


def _found(session: Session, terminal_id: str) -> TerminalView | None:
    known: dict[str, TerminalView | None] = session.info.setdefault(_TERMINALS, {})
    if terminal_id not in known:
        known[terminal_id] = find(session, terminal_id)
    return known[terminal_id]
