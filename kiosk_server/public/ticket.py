"""
`/q/<token>` (我的排队号): where one ticket stands, whose holder opened it from his slip or message.

Label, place in the queue, wait and window: nothing there names anybody, and the address is the
only key. A script asks for the page again with its ETag; without it the page refreshes itself.
"""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.bookings.terms import booking_terms
from kiosk_server.certificates.services import ANYBODY
from kiosk_server.core import clock
from kiosk_server.core.errors import WrongState
from kiosk_server.places.queries import site
from kiosk_server.places.service_groups import service_groups
from kiosk_server.public import guessing
from kiosk_server.queue.life import LIFE, TicketState, TicketVerb
from kiosk_server.queue.models import QueueTicket
from kiosk_server.queue.queries import Position, position_of, ticket_by_token
from kiosk_server.queue.services import leave
from kiosk_server.showing.rules import read_token
from kiosk_server.web.languages import DEFAULT
from kiosk_server.web.request_context import database, settings
from kiosk_server.web.words import current_language, messages

_TONES = {
    TicketState.WAITING: ("", "clock"),
    TicketState.CALLED: ("good", "bell"),
    TicketState.PARKED: ("warn", "clock"),
    TicketState.MISSED: ("warn", "help"),
    TicketState.FINISHED: ("good", "check"),
    TicketState.LEFT: ("warn", "cross"),
}
"""Tone and sign of each state; its words say the same."""


@dataclass(frozen=True)
class TicketPage:
    """What the page shows of one ticket, all of it in words; `title_zh` stands beneath (P57)."""

    label: str
    site: str
    group: str
    tone: str
    symbol: str
    title: str
    title_zh: str
    lead: str
    called: bool
    may_leave: bool
    over: bool
    as_of: str


def add_routes(blueprint: Blueprint) -> None:
    """Open the page of a ticket in *blueprint*."""
    blueprint.add_url_rule("/q/<token>", view_func=ticket_page)
    blueprint.add_url_rule("/q/<token>", view_func=leave_queue, methods=["POST"])


def ticket_page(token: str) -> ResponseReturnValue:
    """Show where a ticket stands; 304 while that has not changed."""
    with database().reading() as session:
        ticket = _found(session, token)
        shown = _shown(session, ticket) if ticket else None
    if shown is None:
        return _nothing()
    response = make_response(render_template("public/ticket.html", token=token, page=shown))
    response.headers["Cache-Control"] = "private, no-cache"
    told = repr((astuple(shown), current_language().code))
    response.set_etag(hashlib.sha256(told.encode()).hexdigest()[:32], weak=True)
    return response.make_conditional(request)


def leave_queue(token: str) -> ResponseReturnValue:
    """Give the ticket back; who was called meanwhile sees that instead."""
    with database().reading() as session:
        ticket = _found(session, token)
    if ticket is None:
        return _nothing()
    with suppress(WrongState), database().unit_of_work() as session:
        leave(session, ticket, terms=booking_terms(settings()), by=ANYBODY)
    return redirect(f"/q/{token}?lang={current_language().code}", code=303)


def _nothing() -> ResponseReturnValue:
    guessing.count_stray(database(), request.remote_addr)
    return render_template("public/ticket.html", page=None), 404


def _found(session: Session, token: str) -> QueueTicket | None:
    # A right address is answered even on a network where somebody guesses.
    read = read_token(token)
    return ticket_by_token(session, read) if read else None


def _shown(session: Session, ticket: QueueTicket) -> TicketPage:
    position = position_of(session, ticket)
    here, group = site(session, ticket.site_id), service_groups()[ticket.group_code]
    tone, symbol = _TONES[position.state]
    word = position.state.value
    if position.state is TicketState.WAITING and position.ahead == 0:
        word = "next"
    return TicketPage(
        label=ticket.label,
        site=_in_words(here.names),
        group=_in_words(group.names),
        tone=tone,
        symbol=symbol,
        title=_said(current_language().code, f"ticket-{word}", position),
        title_zh=_said(DEFAULT, f"ticket-{word}", position),
        lead=_said(current_language().code, f"ticket-{word}-lead", position),
        called=position.state is TicketState.CALLED,
        may_leave=TicketVerb.LEAVE in LIFE.open_verbs(position.state),
        over=position.state in LIFE.ends(),
        as_of=f"{clock.to_beijing(clock.now()):%H:%M}",
    )


def _said(language: str, message_id: str, position: Position) -> str:
    minutes = f"{position.at_least_minutes}–{position.at_most_minutes}"
    return messages().text(
        language,
        message_id,
        ahead=position.ahead,
        minutes=minutes,
        window=position.window_label or "",
    )


def _in_words(names: Mapping[str, str]) -> str:
    return names.get(current_language().code) or names[DEFAULT]
