"""
Two tables that are only ever added to: what happened, and the chain over it.

The database refuses UPDATE and DELETE on both by trigger (see the migrations).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, Json, UtcDateTime

RowNumber = BigInteger().with_variant(Integer, "sqlite")


class AuditEntry(Base):
    """One thing that happened. `facts` holds ids and enumerated words, no personal data."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    event: Mapped[str] = mapped_column(String(60))
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[str] = mapped_column(String(64))
    terminal_id: Mapped[str | None] = mapped_column(String(26))
    visit_id: Mapped[str | None] = mapped_column(String(26))
    subject_kind: Mapped[str | None] = mapped_column(String(40))
    subject_id: Mapped[str | None] = mapped_column(String(64))
    facts: Mapped[Any] = mapped_column(Json)

    __table_args__ = (
        Index("ix_audit_entry_subject", "subject_kind", "subject_id", "id"),
        Index("ix_audit_entry_event", "event", "id"),
    )


class AuditLink(Base):
    """One link of the chain: which entry stands at `sequence`, and what it was when sealed."""

    __tablename__ = "audit_link"

    sequence: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(RowNumber, unique=True)
    chain: Mapped[str] = mapped_column(String(64))
    """HMAC over the previous link and the canonical text of the entry, hexadecimal."""
    sealed_at: Mapped[datetime] = mapped_column(
        UtcDateTime, server_default=text("CURRENT_TIMESTAMP")
    )
