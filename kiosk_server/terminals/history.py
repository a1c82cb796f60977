"""
What devices were (状态变化): one row a change, never one a heartbeat.

    remember_change(session, terminal_id, kind, condition, troubles)
    changes_of(session, terminal_id, *, since) -> list[StateChange]
    forget_state_changes(session) -> int
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_id
from kiosk_server.terminals.models import DeviceStateChange
from kiosk_server.terminals.rules import Condition

STATES_KEPT = timedelta(days=400)
"""Device states are nobody's data; a year of them tells which machine ails every winter."""


@dataclass(frozen=True)
class StateChange:
    """How a device came to be at one moment."""

    kind: str
    condition: Condition
    troubles: tuple[str, ...]
    at: datetime


def remember_change(
    session: Session, terminal_id: str, kind: str, condition: Condition, troubles: Sequence[str]
) -> None:
    """Write down that a device of a terminal is now otherwise than before."""
    session.add(
        DeviceStateChange(
            id=new_id(),
            terminal_id=terminal_id,
            kind=kind,
            condition=condition.value,
            troubles=list(troubles),
            at=clock.now(),
        )
    )


def changes_of(
    session: Session, terminal_id: str, *, since: datetime, limit: int = 200
) -> list[StateChange]:
    """Return how the devices of a terminal changed *since* then, newest first, *limit* at most."""
    rows = session.scalars(
        select(DeviceStateChange)
        .where(DeviceStateChange.terminal_id == terminal_id, DeviceStateChange.at >= since)
        .order_by(DeviceStateChange.at.desc(), DeviceStateChange.id.desc())
        .limit(limit)
    )
    return [
        StateChange(row.kind, Condition(row.condition), tuple(row.troubles), row.at) for row in rows
    ]


def forget_state_changes(session: Session) -> int:
    """Delete what is older than `STATES_KEPT`; return how many."""
    result = session.execute(
        delete(DeviceStateChange).where(DeviceStateChange.at < clock.now() - STATES_KEPT)
    )
    return result.rowcount if isinstance(result, CursorResult) else 0
