"""
Who carries a message out: a lease on its row, taken by one statement.

A worker that dies leaves its lease behind; when that has run out another worker takes the message
up. Whoever lost the lease can no longer end the message.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Update, bindparam, select, update
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


# Built once, and given to the session's connection: building a statement costs several times what
# carrying it out does, and so does looking for mapped classes in it.
_TABLE = OutboxMessage.metadata.tables[OutboxMessage.__tablename__]
_MESSAGE = _TABLE.c
# `=` rather than `IN`: PostgreSQL may evaluate an IN subquery more than once.
_LONGEST_DUE = (
    select(_MESSAGE.id)
    .where(
        _MESSAGE.state == MessageState.READY.value,
        _MESSAGE.lane == bindparam("on_lane"),
        _MESSAGE.due <= bindparam("moment"),
    )
    .order_by(_MESSAGE.due, _MESSAGE.id)
    .limit(1)
    .with_for_update(skip_locked=True)
    .scalar_subquery()
)
_CLAIM = (
    update(_TABLE)
    .where(_MESSAGE.id == _LONGEST_DUE)
    .values(due=bindparam("until"), leased_by=bindparam("worker"), attempts=_MESSAGE.attempts + 1)
    .returning(_MESSAGE.id, _MESSAGE.topic, _MESSAGE.payload, _MESSAGE.attempts)
)
_CHANGE = update(_TABLE).where(
    _MESSAGE.id == bindparam("letter"),
    _MESSAGE.leased_by == bindparam("worker"),
    _MESSAGE.attempts == bindparam("attempt"),
    _MESSAGE.state == MessageState.READY.value,
)
_RENEW = _CHANGE.values(due=bindparam("until"))
_END = _CHANGE.values(
    state=bindparam("end"),
    ended_at=bindparam("moment"),
    leased_by=None,
    last_error=bindparam("error"),
)
_PUT_BACK = _CHANGE.values(
    due=bindparam("until"),
    leased_by=None,
    last_error=bindparam("error"),
    attempts=bindparam("left"),
)


def claim(
    session: Session, *, lane: str, worker: str, now: datetime, lease: timedelta
) -> Letter | None:
    """Take the message of *lane* that has been due longest, for *lease*; None when none is due.

    Several workers at once take different messages (`SKIP LOCKED`; SQLite has one writer).
    """
    row = (
        session.connection()
        .execute(_CLAIM, {"on_lane": lane, "moment": now, "until": now + lease, "worker": worker})
        .one_or_none()
    )
    return Letter(row.id, row.topic, row.payload, row.attempts) if row else None


def renew(session: Session, letter: Letter, *, worker: str, until: datetime) -> bool:
    """Hold *letter* until *until*; return False when another worker has it by now."""
    return _change(session, _RENEW, letter, worker, {"until": until})


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
    values = {"end": state.value, "moment": now, "error": error}
    return _change(session, _END, letter, worker, values)


def put_back(
    session: Session,
    letter: Letter,
    *,
    worker: str,
    due: datetime,
    error: str | None,
    counted: bool = True,
) -> bool:
    """Let *letter* be tried again at *due*; return False when another worker has it by now.

    Not *counted*: this try was none, since the partner was away.
    """
    left = letter.attempt if counted else letter.attempt - 1
    values = {"until": due, "error": error, "left": left}
    return _change(session, _PUT_BACK, letter, worker, values)


def _change(
    session: Session,
    statement: Update,
    letter: Letter,
    worker: str,
    values: Mapping[str, object],
) -> bool:
    mine = {"letter": letter.id, "worker": worker, "attempt": letter.attempt}
    return session.connection().execute(statement, {**mine, **values}).rowcount == 1
