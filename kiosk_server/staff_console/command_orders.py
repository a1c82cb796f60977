"""
Orders (指令): what waits for a second person, what was asked lately, and one order in full.

The lists are asked for again and again: their ETag spares the answer while nothing has changed.
"""

from hashlib import sha256

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.audit.services import Subject
from kiosk_server.commands import queries
from kiosk_server.commands.logs import look_at_log
from kiosk_server.commands.queries import OrderView
from kiosk_server.commands.services import ApprovalRefused, approve, cancel, decline
from kiosk_server.core.errors import NotFound, Refused
from kiosk_server.staff.rules import Right, has
from kiosk_server.staff_console.command_view import OrderLine, log_line, order_line
from kiosk_server.staff_console.session import (
    SESSION_COOKIE,
    actor,
    audit_refusal,
    require,
    staff,
)
from kiosk_server.staff_console.terminals import my_sites
from kiosk_server.web.request_context import database, page_reading
from kiosk_server.web.words import current_language

_RIGHTS = {
    "approve": Right.COMMANDS_APPROVE,
    "decline": Right.COMMANDS_APPROVE,
    "cancel": Right.COMMANDS_ASK,
}


def add_routes(blueprint: Blueprint) -> None:
    """Put the orders under *blueprint*, and into its pages how many wait for me."""
    blueprint.get("/commands")(orders_page)
    blueprint.get("/commands/<order_id>")(order_page)
    blueprint.post("/commands/<order_id>/<any(approve, decline, cancel):verb>")(decide)
    blueprint.post("/commands/<order_id>/logs/<command_id>")(log_page)


def orders_for_me() -> int | None:
    """Return how many orders wait for my word; None for who commands nothing."""
    if not has(staff(), Right.COMMANDS_APPROVE):
        return None
    with page_reading() as session:
        mine = my_sites(session, Right.COMMANDS_APPROVE)
        return queries.count_proposed(session, site_ids=mine, but_of=staff().staff_id)


def orders_page() -> ResponseReturnValue:
    """Show what waits for a second person, and what was asked lately."""
    require(Right.TERMINALS_SEE)
    with database().reading() as session:
        mine = my_sites(session, Right.TERMINALS_SEE)
        waiting = [order_line(e, mine, staff()) for e in queries.proposed(session, site_ids=mine)]
        recent = [order_line(e, mine, staff()) for e in queries.recent(session, site_ids=mine)]
    listed = [line for line in recent if line.id not in {each.id for each in waiting}]
    response = make_response(
        render_template(
            "staff/commands.html",
            waiting=waiting,
            rows=listed,
            may_ask=has(staff(), Right.COMMANDS_ASK),
        )
    )
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(_version([*waiting, *listed]), weak=True)
    return response.make_conditional(request)


def order_page(order_id: str) -> ResponseReturnValue:
    """Show one order: what, of whom, who agreed, and what every machine said."""
    with database().reading() as session:
        view = _my_order(session, order_id, Right.TERMINALS_SEE)
        mine = my_sites(session, Right.TERMINALS_SEE)
    return render_template("staff/command.html", row=order_line(view, mine, staff()))


def decide(order_id: str, verb: str) -> ResponseReturnValue:
    """Agree, decline or take back; who asked can only take back."""
    with database().reading() as session:
        _my_order(session, order_id, _RIGHTS[verb])
    with database().unit_of_work() as session:
        if verb == "cancel":
            cancel(session, order_id, by=actor())
            outcome = None
        else:
            do = approve if verb == "approve" else decline
            outcome = do(session, order_id, by=actor())
    if isinstance(outcome, ApprovalRefused):
        raise Refused(outcome.code)
    return redirect(f"/staff/commands/{order_id}", code=303)


def log_page(order_id: str, command_id: str) -> ResponseReturnValue:
    """Show the log that a terminal sent; the look is audited, which is why it is no link."""
    with database().reading() as session:
        view = _my_order(session, order_id, Right.COMMANDS_ASK)
    if command_id not in {each.id for each in view.commands}:
        raise NotFound("log_not_found")
    with database().unit_of_work() as session:
        text = look_at_log(session, command_id, by=actor())
    response = make_response(
        render_template(
            "staff/command_log.html",
            order=order_id,
            lines=[log_line(line) for line in text.splitlines()],
        )
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _my_order(session: Session, order_id: str, right: Right) -> OrderView:
    """Return an order if I have *right* at every one of its terminals."""
    view = queries.find_order(session, order_id)
    seen = my_sites(session, Right.TERMINALS_SEE)
    if view is None or not any(each.site_id in seen for each in view.commands):
        require(Right.TERMINALS_SEE)
        audit_refusal(right, Subject("command_order", order_id[:64]) if view else None)
        raise NotFound("command_not_found")
    mine = my_sites(session, right)
    if any(each.site_id not in mine for each in view.commands):
        audit_refusal(right, Subject("command_order", order_id))
        raise Refused("right_missing")
    return view


def _version(lines: list[OrderLine]) -> str:
    # A form token and a language belong to one session: another one never gets this page.
    who = request.cookies.get(SESSION_COOKIE, "")
    told = repr((who, current_language().code, lines))
    return sha256(told.encode()).hexdigest()[:32]
