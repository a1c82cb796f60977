"""The table of what is still to be done, and of what could not be done."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, Json, UtcDateTime


class OutboxMessage(Base):
    """One side effect. `payload` holds ids only; `id` is the idempotency key at the partner."""

    __tablename__ = "outbox_message"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    topic: Mapped[str] = mapped_column(String(60))
    dedup: Mapped[str | None] = mapped_column(String(120), unique=True)
    payload: Mapped[Any] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(10), default="ready")
    attempts: Mapped[int] = mapped_column(default=0)
    due: Mapped[datetime] = mapped_column(UtcDateTime)
    leased_by: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (Index("ix_outbox_message_ready", "state", "due"),)
