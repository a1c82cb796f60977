"""Asking terminals from afar (下指令): of one, or of many chosen from a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.commands import queries
from kiosk_server.commands.rules import (
    COMMANDABLE,
    LATEST_SECONDS,
    MAY_HAVE_LATEST,
    MESSAGE_HOURS,
    CommandKind,
    MessageText,
    Wish,
)
from kiosk_server.commands.services import ask
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid, NotFound, Refused
from kiosk_server.places.queries import SiteView
from kiosk_server.staff.rules import Right, may
from kiosk_server.staff_console.command_view import OrderLine, kind_words, order_line
from kiosk_server.staff_console.fleet_view import TerminalLine, site_name, terminal_line
from kiosk_server.staff_console.session import actor, audit_refusal, require, staff
from kiosk_server.staff_console.terminals import my_hosts, my_sites, my_terminal
from kiosk_server.terminals.queries import TerminalView, views_of
from kiosk_server.terminals.rules import REASONS_TO_GIVE, TerminalState, WithdrawalReason
from kiosk_server.web.request_context import database, page_reading

_STATES = (TerminalState.IN_SERVICE, TerminalState.LOCKED)
OF_ONE = (
    CommandKind.SELF_TEST,
    CommandKind.TEST_PRINT_A4,
    CommandKind.TEST_PRINT_SLIP,
    CommandKind.WIPE_BROWSER,
    CommandKind.REFRESH_STATIC,
    CommandKind.RESTART_APP,
    CommandKind.REBOOT,
    CommandKind.FETCH_LOGS,
)
OF_MANY = (*OF_ONE[:-1], CommandKind.LOCK, CommandKind.UNLOCK)
"""One machine's log is asked for because of one machine's trouble, never of a whole city."""


@dataclass(frozen=True)
class CommandPanel:
    """What stands of commands on a terminal's own page."""

    orders: list[OrderLine]
    may_ask: bool


def add_routes(blueprint: Blueprint) -> None:
    """Put the forms under *blueprint*, and the panel into a terminal's page."""
    blueprint.get("/terminals/<terminal_id>/commands")(one_page)
    blueprint.post("/terminals/<terminal_id>/commands")(ask_one)
    blueprint.get("/commands/new")(many_page)
    blueprint.post("/commands/new")(ask_many)
    blueprint.context_processor(lambda: {"command_panel": command_panel})


def command_panel(terminal_id: str) -> CommandPanel | None:
    """Return what was asked of a terminal lately, for its page; None where there is nothing."""
    with page_reading() as session:
        view, site = my_terminal(session, terminal_id, Right.TERMINALS_SEE)
        mine = my_sites(session, Right.TERMINALS_SEE)
        found = queries.of_terminal(session, terminal_id, limit=3)
    panel = CommandPanel(
        orders=[order_line(each, mine, staff()) for each in found], may_ask=_may_ask(view, site)
    )
    return panel if panel.orders or panel.may_ask else None


def one_page(terminal_id: str) -> ResponseReturnValue:
    """Show what can be asked of one terminal, and what was."""
    return _one_page(terminal_id, [])


def ask_one(terminal_id: str) -> ResponseReturnValue:
    """Ask it."""
    with database().reading() as session:
        my_terminal(session, terminal_id, Right.COMMANDS_ASK)
    wish = _wish(OF_ONE)
    if isinstance(wish, FieldFault):
        return _one_page(terminal_id, [wish]), 422
    try:
        with database().unit_of_work() as session:
            ask(session, [terminal_id], wish, by=actor())
    except Invalid as refused:
        return _one_page(terminal_id, list(refused.fields)), 422
    return redirect(f"/staff/terminals/{terminal_id}/commands", code=303)


def many_page() -> ResponseReturnValue:
    """Show the terminals that I may ask, sifted, and what they can be asked."""
    return _many_page([])


def ask_many() -> ResponseReturnValue:
    """Ask it of all that are chosen; one that is not mine stops the whole order."""
    chosen = request.form.getlist("terminal")
    with database().reading() as session:
        _check_mine(session, chosen)
    wish = _wish(OF_MANY)
    if isinstance(wish, FieldFault):
        return _many_page([wish]), 422
    if wish.kind in (CommandKind.LOCK, CommandKind.UNLOCK):
        require(Right.TERMINALS_LOCK)
    try:
        with database().unit_of_work() as session:
            order = ask(session, chosen, wish, by=actor())
    except Invalid as refused:
        return _many_page(list(refused.fields)), 422
    return redirect(f"/staff/commands/{order.id}", code=303)


def _may_ask(view: TerminalView, site: SiteView) -> bool:
    return view.state in COMMANDABLE and may(staff(), Right.COMMANDS_ASK, site.division_code)


def _check_mine(session: Session, chosen: Sequence[str]) -> None:
    views = views_of(session, list(dict.fromkeys(chosen)))
    found = {view.site_id for view in views}
    if len(views) != len(set(chosen)) or not found <= set(my_sites(session, Right.TERMINALS_SEE)):
        audit_refusal(Right.COMMANDS_ASK, None)
        raise NotFound("terminal_not_found")
    if not found <= set(my_sites(session, Right.COMMANDS_ASK)):
        audit_refusal(Right.COMMANDS_ASK, None)
        raise Refused("right_missing")


def _wish(offered: tuple[CommandKind, ...]) -> Wish | FieldFault:
    form = request.form
    if form.get("what") == "message":
        text = form.get("text", "")
        return Wish(
            CommandKind.SHOW_MESSAGE,
            text=MessageText(text) if text in set(MessageText) else None,
            note_zh=form.get("note_zh", "").strip(),
            note_ug=form.get("note_ug", "").strip(),
            hours=form.get("hours", 0, type=int),
        )
    kind = form.get("kind", "")
    if kind not in {each.value for each in offered}:
        return FieldFault("kind", "not_chosen")
    chosen = CommandKind(kind)
    reason = form.get("reason", "")
    wanted = chosen is CommandKind.LOCK and reason in set(REASONS_TO_GIVE)
    return Wish(
        chosen,
        reason=WithdrawalReason(reason) if wanted else None,
        # What a kind cannot have stays in the form unasked for.
        latest_seconds=form.get("latest", 0, type=int) if chosen in MAY_HAVE_LATEST else 0,
    )


def _one_page(terminal_id: str, faults: list[FieldFault]) -> str:
    with database().reading() as session:
        view, site = my_terminal(session, terminal_id, Right.TERMINALS_SEE)
        mine = my_sites(session, Right.TERMINALS_SEE)
        orders = queries.of_terminal(session, terminal_id)
    return render_template(
        "staff/commands_of_one.html",
        terminal=terminal_id,
        site=site_name(site),
        rows=[order_line(each, mine, staff()) for each in orders],
        may_ask=_may_ask(view, site),
        **_offer(OF_ONE, faults),
    )


def _many_page(faults: list[FieldFault]) -> str:
    require(Right.COMMANDS_ASK)
    site_id, state = request.values.get("site", ""), request.values.get("state", "")
    with database().reading() as session:
        mine = my_sites(session, Right.COMMANDS_ASK)
        lines = _lines(session, mine, site_id, state)
    return render_template(
        "staff/commands_of_many.html",
        rows=lines,
        sites=[(site.id, site_name(site)) for site in mine.values()],
        states=[each.value for each in _STATES],
        site=site_id,
        state=state,
        picked=request.form.getlist("terminal"),
        reasons=[reason.value for reason in REASONS_TO_GIVE],
        **_offer(OF_MANY, faults),
    )


def _lines(
    session: Session, mine: Mapping[str, SiteView], site_id: str, state: str
) -> list[TerminalLine]:
    chosen = [each for each in mine if site_id in ("", each)]
    sought = TerminalState(state) if state in set(_STATES) else None
    found = views_of(session, queries.commandable(session, site_ids=chosen, state=sought))
    hosts, now = my_hosts(session, mine), clock.now()
    return [terminal_line(view, mine, hosts, now) for view in found]


def _offer(kinds: tuple[CommandKind, ...], faults: list[FieldFault]) -> dict[str, object]:
    return {
        "kinds": [(kind.value, kind_words(kind)) for kind in kinds],
        "texts": [text.value for text in MessageText],
        "hours": MESSAGE_HOURS,
        "latest": LATEST_SECONDS,
        "chosen": request.form,
        "faults": {fault.at: fault.code for fault in faults},
    }
