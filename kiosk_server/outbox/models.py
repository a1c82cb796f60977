"""What is still to be done and what could not be done; the lanes that lead to partners."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, Json, UtcDateTime
from kiosk_server.outbox.rules import HOUSE


class OutboxMessage(Base):
    """One side effect. `payload` holds ids only; `id` is the idempotency key at the partner."""

    __tablename__ = "outbox_message"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    topic: Mapped[str] = mapped_column(String(60))
    lane: Mapped[str] = mapped_column(String(30), default=HOUSE)
    """Whom it goes to; see `lanes`."""
    dedup: Mapped[str | None] = mapped_column(String(120), unique=True)
    payload: Mapped[Any] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(10), default="ready")
    attempts: Mapped[int] = mapped_column(default=0)
    due: Mapped[datetime] = mapped_column(UtcDateTime)
    leased_by: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (Index("ix_outbox_message_ready", "state", "lane", "due"),)


class OutboxLane(Base):
    """How a partner has answered lately; a lane that nothing went along yet has no row."""

    __tablename__ = "outbox_lane"

    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    """In a row."""
    rests_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When he answered last, give or take a minute."""
    silent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When he did not answer last."""
