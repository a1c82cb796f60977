"""
Another ID reader at a terminal (换了读卡器): one person says that it is ours, a second confirms.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.staff.queries import colleague
from kiosk_server.staff.rules import Right, may
from kiosk_server.staff_console.fleet_view import moment
from kiosk_server.staff_console.session import actor, staff
from kiosk_server.staff_console.terminals import my_terminal
from kiosk_server.terminals import readers
from kiosk_server.terminals.reader_life import READER_LIFE, ReaderState, ReaderVerb
from kiosk_server.terminals.readers import ReaderView
from kiosk_server.upkeep.services import review
from kiosk_server.web.request_context import database, page_reading

_DEEDS: Mapping[str, Callable[..., None]] = {
    ReaderVerb.PROPOSE: readers.propose,
    ReaderVerb.CONFIRM: readers.confirm,
    ReaderVerb.REFUSE: readers.refuse,
}


@dataclass(frozen=True)
class ReaderPanel:
    """A reader that is not accepted: which, since when, who spoke for it, what I may do."""

    sam_id: str
    state: str
    seen: str
    before: str
    proposed_by: str
    verbs: tuple[str, ...]
    second_wanted: bool
    """I proposed it myself: the confirmation is another's."""


def add_routes(blueprint: Blueprint) -> None:
    """Put what is done about readers under *blueprint*, and what is said of one into its pages."""
    blueprint.post("/terminals/<terminal_id>/reader/<any(propose, confirm, refuse):verb>")(settle)
    blueprint.context_processor(lambda: {"reader_panel": reader_panel})


def settle(terminal_id: str, verb: str) -> ResponseReturnValue:
    """Propose, confirm or refuse the reader that the page showed."""
    with database().reading() as session:
        my_terminal(session, terminal_id, Right.READERS_ACCEPT)
    with database().unit_of_work() as session:
        _DEEDS[verb](session, terminal_id, sam_id=request.form.get("sam_id", ""), by=actor())
        review(session, terminal_id)
    return redirect(f"/staff/terminals/{terminal_id}", code=303)


def reader_panel(terminal_id: str) -> ReaderPanel | None:
    """Return what the page says of a terminal's reader; None while the accepted one is there."""
    with page_reading() as session:
        stand = readers.stand_of(session, terminal_id)
        present = stand.present
        if present is None or present.state is ReaderState.ACCEPTED:
            return None
        _, site = my_terminal(session, terminal_id, Right.TERMINALS_SEE)
        mine = present.state is ReaderState.PROPOSED and present.proposed_by == staff().staff_id
        allowed = may(staff(), Right.READERS_ACCEPT, site.division_code)
        return ReaderPanel(
            sam_id=present.sam_id,
            state=present.state.value,
            seen=moment(present.seen_at),
            before=stand.accepted.sam_id if stand.accepted else "",
            proposed_by=_name(session, present.proposed_by),
            verbs=_verbs(present, mine=mine) if allowed else (),
            second_wanted=mine,
        )


def _verbs(reader: ReaderView, *, mine: bool) -> tuple[str, ...]:
    open_verbs = READER_LIFE.open_verbs(reader.state)
    return tuple(
        verb for verb in _DEEDS if verb in open_verbs and not (mine and verb == ReaderVerb.CONFIRM)
    )


def _name(session: Session, staff_id: str | None) -> str:
    known = colleague(session, staff_id) if staff_id else None
    return known.name if known else staff_id or ""
