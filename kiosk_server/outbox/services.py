"""Put a side effect into the outbox, in the transaction of the change that causes it."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_id
from kiosk_server.outbox.models import OutboxMessage


def emit(
    session: Session, topic: str, payload: Mapping[str, str | int], *, dedup: str | None = None
) -> OutboxMessage:
    """Add one message; with *dedup*, return the one that already stands under that name."""
    if dedup is not None:
        same = session.scalar(select(OutboxMessage).where(OutboxMessage.dedup == dedup))
        if same is not None:
            return same
    now = clock.now()
    message = OutboxMessage(
        id=new_id(), topic=topic, payload=dict(payload), dedup=dedup, due=now, created_at=now
    )
    session.add(message)
    session.flush()
    return message
