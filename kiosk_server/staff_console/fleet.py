"""
The fleet (终端): the terminals of my divisions, those that want a person first.

The list is asked for again and again: its ETag spares the answer while nothing has changed. How
many seconds ago a terminal spoke is not a change, as long as it speaks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.fleet.listing import Listing, page_of, software_known
from kiosk_server.places.queries import HostView, SiteView, division_names
from kiosk_server.staff.rules import Right, has, may
from kiosk_server.staff_console.fleet_filters import (
    STATES,
    Filters,
    host_kinds,
    sought,
)
from kiosk_server.staff_console.fleet_view import (
    FleetCounts,
    TerminalLine,
    moment,
    site_name,
    terminal_line,
    trouble_words,
)
from kiosk_server.staff_console.session import KEEPERS_HOME, SESSION_COOKIE, require, staff
from kiosk_server.staff_console.terminals import my_hosts, my_sites
from kiosk_server.terminals.rules import is_silent
from kiosk_server.upkeep.queries import count_open, kinds_known
from kiosk_server.web.request_context import database
from kiosk_server.web.words import current_language, message_or


@dataclass(frozen=True)
class Offer:
    """What the list may be sifted by: values with their words."""

    divisions: tuple[tuple[str, str], ...]
    sites: tuple[tuple[str, str], ...]
    hosts: tuple[tuple[str, str], ...]
    troubles: tuple[tuple[str, str], ...]
    software: tuple[tuple[str, str], ...]


def add_routes(blueprint: Blueprint) -> None:
    """Put the list under *blueprint*; the console's own address shows it too."""
    blueprint.get("/")(home)
    blueprint.get("/fleet")(fleet_page)


def home() -> ResponseReturnValue:
    """Show who comes in what he is here for: all terminals, or those that he minds."""
    if has(staff(), Right.TERMINALS_MIND) and not has(staff(), Right.TERMINALS_SEE):
        return redirect(KEEPERS_HOME, code=303)
    return fleet_page()


def fleet_page() -> ResponseReturnValue:
    """Show the terminals of my divisions, sifted as the address asks."""
    require(Right.TERMINALS_SEE)
    filters, now = Filters.read(request.args), clock.now()
    with database().reading() as session:
        mine = my_sites(session, Right.TERMINALS_SEE)
        hosts = my_hosts(session, mine)
        found = page_of(session, sought(filters, mine, hosts), after=filters.cursor)
        open_alerts = count_open(session, site_ids=mine)
        offer = _offer(session, mine, hosts)
    rows = [terminal_line(view, mine, hosts, now) for view in found.terminals]
    response = make_response(
        render_template(
            "staff/fleet.html",
            rows=rows,
            listing=found,
            counts=_counts(found),
            chips=[(each, _of_state(found, each)) for each in STATES],
            filters=filters,
            offer=offer,
            alerts=open_alerts,
            now=moment(now),
            may_keep=has(staff(), Right.ASSETS_KEEP),
            may_enrol=any(
                may(staff(), Right.TERMINALS_ENROL, site.division_code) for site in mine.values()
            ),
        )
    )
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(_version(filters, found, rows, open_alerts, now), weak=True)
    return response.make_conditional(request)


def _counts(found: Listing) -> FleetCounts:
    return FleetCounts(
        troubled=_of_state(found, "wanting"),
        soon=_of_state(found, "soon"),
        online=found.heard,
        total=found.ours,
    )


def _of_state(found: Listing, state: str) -> int:
    return sum(found.counts.get(grade, 0) for grade in STATES[state])


def _offer(session: Session, mine: Mapping[str, SiteView], hosts: Mapping[str, HostView]) -> Offer:
    language, names = current_language().code, division_names(session)
    codes = sorted({site.division_code for site in mine.values()})
    kinds = kinds_known(session, site_ids=mine)
    return Offer(
        divisions=tuple(
            (code, names[code].get(language) or names[code]["zh"])
            for code in codes
            if code in names
        ),
        sites=tuple((site.id, site_name(site)) for site in mine.values()),
        hosts=tuple((kind, message_or(f"staff-host-{kind}", "staff-host-other"))
                    for kind in ("site", *host_kinds(hosts))),
        troubles=tuple((kind, trouble_words(kind)) for kind in kinds),
        software=tuple((each, each) for each in software_known(session, list(mine))),
    )  # fmt: skip


def _version(
    filters: Filters,
    found: Listing,
    rows: list[TerminalLine],
    open_alerts: Mapping[str, int],
    now: datetime,
) -> str:
    # A form token and a language belong to one session: another one never gets this page.
    who = request.cookies.get(SESSION_COOKIE, "")
    told = [
        (
            row.id, row.site, row.place, row.grade, row.reason, row.code_until,
            row.heard if is_silent(view.last_seen_at, now) else "",
            open_alerts.get(row.id, 0),
            [(each.name, each.word, each.reason, each.toner_percent) for each in row.devices],
        )
        for row, view in zip(rows, found.terminals, strict=True)
    ]  # fmt: skip
    grades = sorted((grade.value, count) for grade, count in found.counts.items())
    whole = repr((who, current_language().code, filters, grades, sum(open_alerts.values()), told))
    return sha256(whole.encode()).hexdigest()[:32]
