"""
The code for a machine's own screen (维护码), and what was checked there.

A technician who may ask a machine for things may open its screen; a keeper may for his own
machines, with fewer rights there. A code is shown by a POST, so that each look is audited.
"""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from kiosk_server.assets.check_papers import MEDIA_TYPE, PAPER, paper_of
from kiosk_server.assets.checks import CheckView, checks_of
from kiosk_server.assets.screen_codes import ScreenRole, ShownCode, show_code
from kiosk_server.core import clock
from kiosk_server.staff.rules import Right, may
from kiosk_server.staff_console.fleet_view import moment
from kiosk_server.staff_console.minding import minded_by_me
from kiosk_server.staff_console.session import actor, staff
from kiosk_server.staff_console.terminals import my_terminal
from kiosk_server.terminals.rules import TerminalState
from kiosk_server.web.request_context import database, page_reading
from kiosk_server.web.words import message_or, words

LOOKS_BACK = timedelta(days=30)
MOST = 5
_LIVING = (TerminalState.IN_SERVICE, TerminalState.LOCKED)


@dataclass(frozen=True)
class ScreenCheck:
    """One check at the machine, in words."""

    kind: str
    at: str
    bad: str
    paper: str
    """The path of its paper; empty where it has none."""


@dataclass(frozen=True)
class ScreenPanel:
    """The last checks at the machine, and whether I may see its code."""

    checks: tuple[ScreenCheck, ...]
    may_ask: bool


def add_routes(blueprint: Blueprint) -> None:
    """Put codes under *blueprint*, and let its pages ask for the panel."""
    blueprint.post("/terminals/<terminal_id>/screen-code")(technician_s_code)
    blueprint.post("/mine/<terminal_id>/screen-code")(keeper_s_code)
    blueprint.get("/terminals/<terminal_id>/checks/<check_id>/paper")(paper)
    blueprint.context_processor(lambda: {"screen_panel": screen_panel})


def technician_s_code(terminal_id: str) -> ResponseReturnValue:
    """Show the code by which a technician comes in."""
    with database().reading() as session:
        my_terminal(session, terminal_id, Right.COMMANDS_ASK)
    with database().unit_of_work() as session:
        shown = show_code(session, terminal_id, role=ScreenRole.TECHNICIAN, by=actor())
    return _code_page("staff", terminal_id, shown)


def keeper_s_code(terminal_id: str) -> ResponseReturnValue:
    """Show the code by which a keeper comes in: paper and the daily check."""
    with database().reading() as session:
        minded_by_me(session, terminal_id)
    with database().unit_of_work() as session:
        shown = show_code(session, terminal_id, role=ScreenRole.KEEPER, by=actor())
    return _code_page("keeper", terminal_id, shown)


def paper(terminal_id: str, check_id: str) -> ResponseReturnValue:
    """Hand out the paper of a check, as the terminal made it."""
    with database().reading() as session:
        my_terminal(session, terminal_id, Right.TERMINALS_SEE)
        found = paper_of(session, terminal_id, check_id)
    response = Response(found, mimetype=MEDIA_TYPE)
    # A terminal made it: it is saved, and never opened as part of this console.
    response.headers["Content-Disposition"] = f'attachment; filename="{terminal_id}-readiness.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


def screen_panel(terminal_id: str) -> ScreenPanel:
    """Return what the terminal's page says of its screen."""
    with page_reading() as session:
        view, site = my_terminal(session, terminal_id, Right.TERMINALS_SEE)
        found = checks_of(session, terminal_id, since=clock.now() - LOOKS_BACK)
    at_the_machine = [check for check in found if check.by_kind == "terminal"]
    return ScreenPanel(
        checks=tuple(_line(check) for check in at_the_machine[:MOST]),
        may_ask=view.state in _LIVING and may(staff(), Right.COMMANDS_ASK, site.division_code),
    )


def _line(check: CheckView) -> ScreenCheck:
    bad = (message_or(f"staff-check-{point}", "staff-check-other") for point in check.bad)
    kind = message_or(f"staff-check-kind-{check.kind}", "staff-check-kind-other")
    return ScreenCheck(
        kind,
        moment(check.at),
        words("staff-reason-gap").join(dict.fromkeys(bad)),
        f"/staff/terminals/{check.terminal_id}/checks/{check.id}/paper"
        if PAPER in check.told
        else "",
    )


def _code_page(folder: str, terminal_id: str, shown: ShownCode) -> str:
    return render_template(
        f"{folder}/screen_code.html",
        terminal=terminal_id,
        code=shown.code,
        until=moment(shown.good_until),
    )
