"""
Who carries a message out: a lease on its row, taken by one statement.

A worker that dies leaves its lease behind; when that has run out another worker takes the message
up. Whoever lost the lease can no longer end the message.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.outbox.rules import MessageState


@dataclass(frozen=True)
class Letter:
    """A message in the hands of a worker. `id` is the idempotency key at the partner."""

    id: str
    topic: str
    payload: Mapping[str, str | int]
    attempt: int


def claim(session: Session, *, worker: str, now: datetime, lease: timedelta) -> Letter | None:
    """Take the message that has been due longest, for *lease*; None when nothing is due.

    Several workers at once take different messages (`SKIP LOCKED`; SQLite has one writer).
    """
    # `=` rather than `IN`: PostgreSQL may evaluate an IN subquery more than once.
    longest_due = (
        select(OutboxMessage.id)
        .where(OutboxMessage.state == MessageState.READY, OutboxMessage.due <= now)
        .order_by(OutboxMessage.due, OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    row = session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == longest_due)
        .values(due=now + lease, leased_by=worker, attempts=OutboxMessage.attempts + 1)
        .returning(
            OutboxMessage.id,
            OutboxMessage.topic,
            OutboxMessage.payload,
            OutboxMessage.attempts,
        )
    ).one_or_none()
    return Letter(row.id, row.topic, row.payload, row.attempts) if row else None


def renew(session: Session, letter: Letter, *, worker: str, until: datetime) -> bool:
    """Hold *letter* until *until*; return False when another worker has it by now."""
    return _change(session, letter, worker, {"due": until})


def end(
    session: Session,
    letter: Letter,
    *,
    worker: str,
    state: MessageState,
    now: datetime,
    error: str | None = None,
) -> bool:
    """End *letter* for good; return False when another worker has it by now."""
    values = {"state": state.value, "ended_at": now, "leased_by": None, "last_error": error}
    return _change(session, letter, worker, values)


def put_back(session: Session, letter: Letter, *, worker: str, due: datetime, error: str) -> bool:
    """Let *letter* be tried again at *due*; return False when another worker has it by now."""
    return _change(session, letter, worker, {"due": due, "leased_by": None, "last_error": error})


def _change(session: Session, letter: Letter, worker: str, values: Mapping[str, Any]) -> bool:
    changed = session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.id == letter.id,
            OutboxMessage.leased_by == worker,
            OutboxMessage.attempts == letter.attempt,
            OutboxMessage.state == MessageState.READY,
        )
        .values(**values)
        .returning(OutboxMessage.id)
    )
    return changed.one_or_none() is not None
