"""
Items and their published versions. A version is never changed: a case stays with its own (P04).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, Json, UtcDateTime


class Item(Base):
    """One matter that is handled on application (依申请办理), by its code."""

    __tablename__ = "catalogue_item"

    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    current_version_id: Mapped[str | None] = mapped_column(String(26))


class ItemVersion(Base):
    """One published version. `hash` is the SHA-256 of the canonical text of `content` (P05)."""

    __tablename__ = "catalogue_item_version"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    item_code: Mapped[str] = mapped_column(ForeignKey("catalogue_item.code"), index=True)
    version: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[Any] = mapped_column(Json)
    """See `content.ItemContent`, which reads it."""
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("item_code", "version"),)
