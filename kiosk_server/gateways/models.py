"""What simulated outsiders keep, so that a person can see what they would have done."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, UtcDateTime


class SimulatedMessage(Base):
    """A short message that no phone received. Absent in production."""

    __tablename__ = "simulated_message"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    """The message's own id: handed over twice, it stands here once."""
    message_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SimulatedParcel(Base):
    """A parcel that nobody carries. Absent in production."""

    __tablename__ = "simulated_parcel"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    """The delivery's own id: asked twice, it stands here once."""
    ending: Mapped[str] = mapped_column(String(20))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
