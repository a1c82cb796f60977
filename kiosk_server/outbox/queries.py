"""What waits in the outbox, and what ended badly there."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.outbox.rules import ENDED_BADLY, MessageState


def dead_letters(session: Session, *, limit: int = 100) -> Sequence[OutboxMessage]:
    """Return the messages that wait for a person, oldest first."""
    return session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.state.in_(ENDED_BADLY))
        .order_by(OutboxMessage.id)
        .limit(limit)
    ).all()


def backlog(session: Session) -> tuple[int, datetime | None]:
    """Return how many messages are ready, and since when the one due longest has been due."""
    count, oldest = session.execute(
        select(func.count(OutboxMessage.id), func.min(OutboxMessage.due)).where(
            OutboxMessage.state == MessageState.READY
        )
    ).one()
    return count, oldest


def count_by_state(session: Session) -> dict[str, int]:
    """Return how many messages stand in each state."""
    rows = session.execute(
        select(OutboxMessage.state, func.count(OutboxMessage.id)).group_by(OutboxMessage.state)
    )
    return dict(rows.all())
