"""What a terminal's page says of the residue check (残留检查): found where, when, what to do."""

from dataclasses import dataclass

from flask import Blueprint

from kiosk_server.core import clock
from kiosk_server.staff_console.fleet_view import ago, moment
from kiosk_server.terminals.residue import residue_of
from kiosk_server.terminals.residue_rules import ResidueState
from kiosk_server.web.request_context import page_reading
from kiosk_server.web.words import message_or, words

_LOOKS = {
    ResidueState.CLEAN: ("good", "check"),
    ResidueState.FOUND: ("stop", "cross"),
    ResidueState.NOT_CHECKED: ("warn", "help"),
}


@dataclass(frozen=True)
class ResiduePanel:
    """The last word of the check, in the words of this request's language."""

    state: str
    look: str
    symbol: str
    checked: str
    checked_at: str
    found_in: str
    unseen: str
    overdue: bool


def add_panel(blueprint: Blueprint) -> None:
    """Let the pages of *blueprint* say what a terminal's check found."""
    blueprint.context_processor(lambda: {"residue_panel": residue_panel})


def residue_panel(terminal_id: str) -> ResiduePanel | None:
    """Return what the page says; None for a terminal that never spoke of a check."""
    with page_reading() as session:
        view = residue_of(session, terminal_id)
    if view is None:
        return None
    word = view.word
    look, symbol = _LOOKS[word.state]
    return ResiduePanel(
        state=word.state.value.replace("_", "-"),
        look=look,
        symbol=symbol,
        checked=ago(word.checked_at, clock.now()),
        checked_at=moment(word.checked_at),
        found_in=_places(word.found_in),
        unseen=_places(word.unseen),
        overdue=word.overdue,
    )


def _places(places: tuple[str, ...]) -> str:
    named = (message_or(f"staff-residue-in-{place}", "staff-residue-in-other") for place in places)
    return words("staff-reason-gap").join(dict.fromkeys(named))
