"""The table of notices: what happened, to which row of ours, and whether it was read; no text."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, Json, UtcDateTime


class ResidentNotice(Base):
    """One thing that a resident is told; the words are made where it is read."""

    __tablename__ = "resident_notice"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    resident_id: Mapped[str] = mapped_column(ForeignKey("resident.id"))
    topic: Mapped[str] = mapped_column(String(24))
    subject_id: Mapped[str] = mapped_column(String(26))
    """The certificate, objection, report or case that it is about."""
    facts: Mapped[Any] = mapped_column(Json)
    """Ids, days and enumerated words for the sentence: never a name or a number."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_resident_notice_resident", "resident_id", "id"),)
