"""
What stands on every page of the phone: its tabs, its look, its way back; and how a page is added.

A phone page is one module with `add_routes(blueprint)`, one line in `surface.PAGES`, a template
that extends `m/layout.html`, and, where it is a place of its own, one line in `TABS` or `ROOMS`.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.core import clock
from kiosk_server.payments.rules import as_yuan
from kiosk_server.residents.assurance import Act, allows
from kiosk_server.web.front import asset_tree
from kiosk_server.web.page_before import page_before
from kiosk_server.web.problem import Problem
from kiosk_server.web.problems import title_of
from mobile_api.access import holder
from mobile_api.web.looks import look_now, offered


@dataclass(frozen=True)
class Tab:
    """One of at most four places at the foot of every page."""

    name: str
    address: str
    symbol: str
    words: str


@dataclass(frozen=True)
class Room:
    """One row of the home page: where it leads, what it is, and what a phone must be able to do."""

    address: str
    symbol: str
    title: str
    lead: str
    act: Act


TABS = (
    Tab("home", "/m/", "home", "m-tab-home"),
    Tab("wallet", "/m/wallet", "card", "m-tab-wallet"),
    Tab("cases", "/m/cases", "list", "m-tab-cases"),
    Tab("me", "/m/me", "user", "m-tab-me"),
)
ROOMS = (
    Room("/m/show", "qr", "m-show-title", "m-room-show", Act.SHOW_CERTIFICATE),
    Room("/m/bookings", "calendar", "m-bookings-title", "m-room-bookings", Act.BOOK),
    Room("/m/life", "bolt", "m-life-title", "m-room-life", Act.SEE_ACCOUNT),
    Room("/m/payments", "coin", "m-payments-title", "m-room-payments", Act.PAY),
    Room("/m/deliveries", "parcel", "m-deliveries-title", "m-room-deliveries", Act.SEND),
    Room("/m/places", "pin", "m-places-title", "m-room-places", Act.SEE_ACCOUNT),
    Room("/m/terminal", "screen", "m-terminal-title", "m-room-terminal", Act.CONFIRM_TERMINAL),
    Room("/m/scan", "scan", "m-scan-title", "m-room-scan", Act.AUTHORISE),
    Room("/m/uses", "list", "m-log-title", "m-room-uses", Act.SEE_USES),
    Room("/m/wallet", "card", "m-wallet-title", "m-room-wallet", Act.SEE_CERTIFICATES),
    Room("/m/cases", "list", "m-cases-title", "m-room-cases", Act.SEE_CASES),
    Room("/m/phones", "phone", "m-phones-title", "m-room-phones", Act.MANAGE_PHONES),
    Room("/m/notices", "bell", "m-notices-title", "m-room-notices", Act.SEE_NOTICES),
)


def page(
    template: str, *, tab: str | None = None, status: int = 200, **values: object
) -> ResponseReturnValue:
    """Render a page; *tab* names the place at its foot that it belongs to, None hides the tabs."""
    return render_template(template, tab=tab, **values), status


def frame_values() -> dict[str, object]:
    """Return what every template of the phone may use."""
    return {
        "look": look_now(),
        "offered_languages": offered(),
        "tabs": TABS,
        "worker_version": asset_tree("").version,
        "here_again": _here_again(),
        "beijing": _beijing,
        "hour": _hour,
        "day_of": clock.to_beijing,
        "yuan": as_yuan,
    }


def _here_again() -> str | None:
    """Return where an answer to a form can be asked for, "" if nowhere; None answers no form."""
    if request.method != "POST":
        return None
    routes = current_app.url_map.bind_to_environ(request.environ)
    return request.path if routes.test(request.path, method="GET") else ""


def _beijing(moment: datetime) -> str:
    return f"{clock.to_beijing(moment):%Y-%m-%d %H:%M}"


def _hour(moment: datetime) -> str:
    return f"{clock.to_beijing(moment):%H:%M}"


def open_rooms() -> tuple[Room, ...]:
    """Return the rooms that whoever is signed in may enter now."""
    return tuple(room for room in ROOMS if allows(holder().level, room.act))


def problem_page(problem: Problem) -> ResponseReturnValue:
    """Tell *problem* in words, with the way out; who must prove himself is led to it."""
    return render_template(
        "m/problem.html",
        problem=problem,
        sentence=title_of(problem),
        before=page_before("/m/"),
        tab=None,
    )
