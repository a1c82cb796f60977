"""
Leavings of past visits that terminals found on themselves (残留检查, P52).

    take_residue_word(session, terminal_id, word)       one row a terminal; a change is audited
    residue_of(session, terminal_id) -> ResidueView | None
    soiled(session, terminal_ids) -> set[str]           where something was found
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import keep
from kiosk_server.terminals.models import TerminalResidue
from kiosk_server.terminals.residue_rules import ResidueState, ResidueWord


@dataclass(frozen=True)
class ResidueView:
    """The last word of a terminal, and since when it says so."""

    word: ResidueWord
    since: datetime


def take_residue_word(session: Session, terminal_id: str, word: ResidueWord) -> None:
    """Take note of what a terminal's check said; a finding, and its end, are audited."""
    kept = session.get(TerminalResidue, terminal_id)
    before = ResidueState(kept.state) if kept is not None else None
    if kept is None:
        kept = TerminalResidue(terminal_id=terminal_id)
        session.add(kept)
    if before is not word.state:
        kept.since = clock.now()
        _note_turn(session, terminal_id, before, word)
    kept.state, kept.checked_at, kept.overdue = word.state.value, word.checked_at, word.overdue
    kept.found_in, kept.unseen = list(word.found_in), list(word.unseen)
    # It is judged with the rest of the same word.
    keep(session, kept)
    session.flush()


def residue_of(session: Session, terminal_id: str) -> ResidueView | None:
    """Return what a terminal last said of its check; None for one that never spoke of it."""
    kept = session.get(TerminalResidue, terminal_id)
    if kept is None:
        return None
    word = ResidueWord(
        ResidueState(kept.state),
        kept.checked_at,
        tuple(kept.found_in),
        tuple(kept.unseen),
        overdue=kept.overdue,
    )
    return ResidueView(word, kept.since)


def soiled(session: Session, terminal_ids: Collection[str]) -> set[str]:
    """Return those of these terminals that found something and have not been wiped since."""
    found = select(TerminalResidue.terminal_id).where(
        TerminalResidue.terminal_id.in_(terminal_ids),
        TerminalResidue.state == ResidueState.FOUND.value,
    )
    return set(session.scalars(found))


def _note_turn(
    session: Session, terminal_id: str, before: ResidueState | None, word: ResidueWord
) -> None:
    if ResidueState.FOUND not in (before, word.state):
        return
    found = word.state is ResidueState.FOUND
    note(
        session,
        AuditEvent.RESIDUE_FOUND if found else AuditEvent.RESIDUE_GONE,
        actor=Actor(kind="terminal", id=terminal_id, terminal_id=terminal_id),
        subject=Subject("terminal", terminal_id),
        facts={"places": " ".join(word.found_in)} if found else {},
    )
