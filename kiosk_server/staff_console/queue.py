"""
`/staff/queue` (窗口叫号): one screen for a window. Call the next one, call again, put aside, hand
on, finish; take in who just came; all by buttons, and by keys where scripts run.

What is sent twice is done once: each verb is so by itself, and a form says how often its ticket had
been called when the page was drawn.
"""

from collections.abc import Callable

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.audit.services import Subject
from kiosk_server.bookings.priorities import priority_groups
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound
from kiosk_server.core.identifiers import new_mark
from kiosk_server.places.queries import groups_by_site
from kiosk_server.queue import calling
from kiosk_server.queue.at_window import ticket_at, window_now
from kiosk_server.queue.life import CallReason
from kiosk_server.queue.models import QueueTicket
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.bookings import group_name
from kiosk_server.staff_console.fleet_view import site_name
from kiosk_server.staff_console.queue_view import WindowShown, window_shown
from kiosk_server.staff_console.queue_window import (
    HERE,
    Desk,
    choose_page,
    choose_window,
    my_desk,
)
from kiosk_server.staff_console.session import actor, audit_refusal, require
from kiosk_server.web.problem import Problem
from kiosk_server.web.problems import title_of
from kiosk_server.web.request_context import database, request_id
from kiosk_server.web.words import current_language

_Deed = Callable[[Session, Desk, QueueTicket], object]


def add_routes(blueprint: Blueprint) -> None:
    """Put the pages under *blueprint*."""
    blueprint.get("/queue")(queue_page)
    blueprint.get("/queue/window")(choose_page)
    blueprint.post("/queue/window")(choose_window)
    blueprint.post("/queue/next")(call_next)
    blueprint.post("/queue/tickets/<ticket_id>/<verb>")(work_ticket)


def queue_page() -> ResponseReturnValue:
    """Show the screen of my window; without one, ask which it is."""
    require(Right.QUEUE_WORK)
    with database().reading() as session:
        desk = my_desk(session)
        shown = _shown(session, desk) if desk else None
    if desk is None or shown is None:
        return choose_page()
    asked = request.args.get("call", "")
    page = _page(desk, shown, out_of_turn=asked, refused=None)
    response = make_response(page)
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(f"{shown.version}-{current_language().code}-{asked[:26]}", weak=True)
    return response.make_conditional(request)


def call_next() -> ResponseReturnValue:
    """Call whose turn it is; whom the window has is done with, where the form names him."""
    require(Right.QUEUE_WORK)
    finished = request.form.get("finish", "")

    def deed(session: Session, desk: Desk) -> None:
        if finished:
            calling.finish(session, _at_this_window(session, desk, finished).id, by=actor())
        calling.call_next(session, desk.window.id, by=actor())

    return _do(deed)


def work_ticket(ticket_id: str, verb: str) -> ResponseReturnValue:
    """Do with a ticket of my site what its button says."""
    require(Right.QUEUE_WORK)
    if verb not in _DEEDS:
        raise NotFound("verb_unknown")
    anywhere, deed = _DEEDS[verb]

    def worked(session: Session, desk: Desk) -> None:
        ticket = ticket_at(session, desk.site.id, ticket_id)
        if not anywhere:
            ticket = _at_this_window(session, desk, ticket_id)
        if str(ticket.calls) == request.form.get("calls", str(ticket.calls)):
            deed(session, desk, ticket)

    return _do(worked, Subject("queue_ticket", ticket_id[:26]))


def _recall(session: Session, _: Desk, ticket: QueueTicket) -> None:
    calling.recall(session, ticket.id, by=actor(), calls=ticket.calls)


def _park(session: Session, _: Desk, ticket: QueueTicket) -> None:
    calling.park(session, ticket.id, by=actor())


def _miss(session: Session, _: Desk, ticket: QueueTicket) -> None:
    calling.miss(session, ticket.id, by=actor())


def _finish(session: Session, _: Desk, ticket: QueueTicket) -> None:
    calling.finish(session, ticket.id, by=actor())


def _bring_back(session: Session, _: Desk, ticket: QueueTicket) -> None:
    calling.bring_back(session, ticket.id, by=actor())


def _transfer(session: Session, _: Desk, ticket: QueueTicket) -> None:
    calling.transfer(session, ticket.id, request.form.get("group", ""), by=actor())


def _call_this(session: Session, desk: Desk, ticket: QueueTicket) -> None:
    asked = request.form.get("reason", "")
    if asked not in set(CallReason):
        raise Invalid("call_invalid", fields=[FieldFault("reason", "not_chosen")])
    calling.call_this(session, ticket.id, desk.window.id, CallReason(asked), by=actor())


_DEEDS: dict[str, tuple[bool, _Deed]] = {
    "recall": (False, _recall),
    "park": (False, _park),
    "miss": (False, _miss),
    "finish": (False, _finish),
    "transfer": (False, _transfer),
    "bring-back": (True, _bring_back),
    "call": (True, _call_this),
}
"""Each verb, and whether it is for any ticket of the site, not of this window alone."""


def _at_this_window(session: Session, desk: Desk, ticket_id: str) -> QueueTicket:
    ticket = ticket_at(session, desk.site.id, ticket_id)
    if ticket.window_id != desk.window.id:
        raise NotFound("ticket_not_found")
    return ticket


def _do(
    deed: Callable[[Session, Desk], None], subject: Subject | None = None
) -> ResponseReturnValue:
    """Carry out *deed* at my window and go back to it; what stands against it is said there."""
    with database().reading() as session:
        desk = my_desk(session)
    if desk is None:
        return redirect(f"{HERE}/window", code=303)
    try:
        with database().unit_of_work() as session:
            deed(session, desk)
    except NotFound:
        audit_refusal(Right.QUEUE_WORK, subject)
        raise
    except (Conflict, Invalid) as refused:
        problem = Problem.of(refused, request_id())
        with database().reading() as session:
            shown = _shown(session, desk)
        return _page(desk, shown, out_of_turn="", refused=title_of(problem)), problem.status
    return redirect(HERE, code=303)


def _shown(session: Session, desk: Desk) -> WindowShown:
    return window_shown(window_now(session, desk.window), desk.window, desk.labels)


def _page(desk: Desk, shown: WindowShown, *, out_of_turn: str, refused: str | None) -> str:
    with database().reading() as session:
        groups = groups_by_site(session).get(desk.site.id, [])
        priorities = priority_groups(session, desk.site.id)
    language = current_language().code
    return render_template(
        "staff/queue.html",
        window=desk.window.label,
        name=site_name(desk.site),
        site=desk.site,
        queue=shown,
        groups=[(code, group_name(code)) for code in groups],
        priorities=[
            (each.code, each.names.get(language) or each.names["zh"]) for each in priorities
        ],
        reasons=[reason.value for reason in CallReason],
        chosen=next((each for each in shown.waiting if each.id == out_of_turn), None),
        once=new_mark(),
        refused=refused,
    )
