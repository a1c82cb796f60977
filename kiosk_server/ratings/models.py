"""
Ratings and what bad ones open. A rating knows its case and no person.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, Json, UtcDateTime


class Rating(Base):
    """One rating of one case, given by the resident; never changed or deleted."""

    __tablename__ = "rating"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("service_case.id"), unique=True)
    level: Mapped[int]
    tags: Mapped[Any] = mapped_column(Json)
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    channel: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(10))
    """`active`: the resident's own; a default of a platform is never shown as an opinion."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RatingSkip(Base):
    """The resident was asked and chose not to rate: he is not asked again."""

    __tablename__ = "rating_skip"

    case_id: Mapped[str] = mapped_column(ForeignKey("service_case.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class FollowUp(Base):
    """差评处置: a bad rating waits for an answer and a revisit."""

    __tablename__ = "rating_follow_up"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    rating_id: Mapped[str] = mapped_column(ForeignKey("rating.id"), unique=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    provisional_due: Mapped[date]
    """15 weekdays on; the working-day calendar with 调休 makes it exact."""


class RatingLink(Base):
    """The QR on a slip: whoever holds the slip may rate that case, once, for a while."""

    __tablename__ = "rating_link"

    code_mac: Mapped[str] = mapped_column(String(64), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("service_case.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
