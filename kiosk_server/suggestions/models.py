"""The table of what residents switched off; suggestions themselves stand nowhere."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, UtcDateTime


class TagSwitch(Base):
    """That a resident wants nothing suggested because of one tag."""

    __tablename__ = "suggestion_switch"

    resident_id: Mapped[str] = mapped_column(ForeignKey("resident.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(24), primary_key=True)
    off_at: Mapped[datetime] = mapped_column(UtcDateTime)
