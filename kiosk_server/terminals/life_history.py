"""
When a terminal was what (服役记录): awaited, in service, locked, revoked; one row a change.

    remember_state(session, terminal_id, state)
    states_of(session, terminal_ids) -> dict[str, list[Stay]]
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_id
from kiosk_server.terminals.models import TerminalStateChange
from kiosk_server.terminals.rules import TerminalState


@dataclass(frozen=True)
class Stay:
    """From when on a terminal was in *state*, until the next stay began."""

    state: TerminalState
    since: datetime


def remember_state(session: Session, terminal_id: str, state: TerminalState) -> None:
    """Write down that a terminal is in *state* from now on."""
    session.add(
        TerminalStateChange(id=new_id(), terminal_id=terminal_id, state=state.value, at=clock.now())
    )


def states_of(session: Session, terminal_ids: Collection[str]) -> dict[str, list[Stay]]:
    """Return the stays of each of these terminals, oldest first; none for one without a past."""
    rows = session.scalars(
        select(TerminalStateChange)
        .where(TerminalStateChange.terminal_id.in_(terminal_ids))
        .order_by(TerminalStateChange.at, TerminalStateChange.id)
    )
    found: dict[str, list[Stay]] = {}
    for row in rows:
        found.setdefault(row.terminal_id, []).append(Stay(TerminalState(row.state), row.at))
    return found
