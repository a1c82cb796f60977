"""Put a side effect into the outbox, in the transaction of the change that causes it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Table, and_, bindparam, delete, or_, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound, WrongState
from kiosk_server.core.identifiers import new_id
from kiosk_server.core.statements import Writing, insert_unless_there
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.outbox.rules import ENDED_BADLY, ENDED_WELL, HOUSE, MessageState

KEPT_AFTER_DONE = timedelta(days=30)
NAME_KEPT = timedelta(days=400)
"""How long a name keeps a second message away: longer than the rarest chore's period."""

_TABLE = cast("Table", OutboxMessage.__table__)
_ADDING = Writing(
    insert_unless_there(_TABLE),
    ("id", "topic", "lane", "payload", "dedup", "state", "attempts", "due", "created_at"),
)
_STANDING = select(_TABLE.c.id).where(_TABLE.c.dedup == bindparam("name"))


def emit(
    session: Session,
    topic: str,
    payload: Mapping[str, str | int],
    *,
    lane: str = HOUSE,
    dedup: str | None = None,
) -> str:
    """Add one message and return its id; with *dedup*, that of the one already under that name.

    *lane* names the partner who is called for it; *payload* holds ids only. Two transactions that
    emit under one name at once make one message.
    """
    now, message = clock.now(), new_id()
    values: dict[str, Any] = {
        "id": message,
        "topic": str(topic),
        "lane": lane,
        "payload": dict(payload),
        "dedup": dedup,
        "state": MessageState.READY.value,
        "attempts": 0,
        "due": now,
        "created_at": now,
    }
    # What the message tells of stands before it does.
    session.flush()
    if _ADDING.run(session, values):
        return message
    return str(session.connection().execute(_STANDING, {"name": dedup}).scalar_one())


def send_again(session: Session, message_id: str, *, by: Actor) -> OutboxMessage:
    """Make a dead or unsettled message ready again, with all its tries before it; audited."""
    message = _ended_badly(session, message_id)
    message.state = MessageState.READY
    message.attempts = 0
    message.due = clock.now()
    message.ended_at = None
    message.leased_by = None
    _note(session, AuditEvent.OUTBOX_RETRIED, message, by)
    return message


def settle(session: Session, message_id: str, *, done: bool, by: Actor) -> OutboxMessage:
    """Write down what a person found out: it was *done* after all, or shall not be; audited."""
    message = _ended_badly(session, message_id)
    message.state = MessageState.DONE if done else MessageState.DROPPED
    message.ended_at = clock.now()
    _note(session, AuditEvent.OUTBOX_SETTLED, message, by)
    return message


def _ended_badly(session: Session, message_id: str) -> OutboxMessage:
    message = session.get(OutboxMessage, message_id, with_for_update=True)
    if message is None:
        raise NotFound("message_not_found")
    if message.state not in ENDED_BADLY:
        raise WrongState("message_not_dead", state=message.state)
    return message


def _note(session: Session, event: AuditEvent, message: OutboxMessage, by: Actor) -> None:
    facts = {"topic": message.topic, "state": message.state}
    note(session, event, actor=by, subject=Subject("outbox_message", message.id), facts=facts)


def forget_done(session: Session) -> int:
    """Delete what ended well long ago; return how many. Bad ends stay until settled."""
    now = clock.now()
    old = or_(
        and_(OutboxMessage.dedup.is_(None), OutboxMessage.ended_at < now - KEPT_AFTER_DONE),
        OutboxMessage.ended_at < now - NAME_KEPT,
    )
    result = session.execute(delete(OutboxMessage).where(OutboxMessage.state.in_(ENDED_WELL), old))
    return cast("CursorResult[Any]", result).rowcount
