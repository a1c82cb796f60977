"""
Tickets of a site's queue (排队号), and the counters that number them.

A ticket names nobody: who has booked is found through the booking it stands on, and a walk-in's
booking names nobody either. `window_id` is where it was called last.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, UtcDateTime


class QueueTicket(Base):
    """One visit that waits to be called, or was."""

    __tablename__ = "queue_ticket"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    day: Mapped[date] = mapped_column(Date)
    group_code: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(8))
    """What is called out: a letter for the first group, a number that counts up."""
    lane: Mapped[str] = mapped_column(String(10))
    booking_id: Mapped[str] = mapped_column(ForeignKey("booking.id"), unique=True)
    channel: Mapped[str] = mapped_column(String(14))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The moment of the fair rule; never changed."""
    callable_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Before this it is called only where nobody else waits."""
    state: Mapped[str] = mapped_column(String(10))
    window_id: Mapped[str | None] = mapped_column(ForeignKey("service_window.id"))
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    calls: Mapped[int] = mapped_column(default=0)
    """How often it was called out."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)

    __table_args__ = (
        UniqueConstraint("site_id", "day", "label"),
        Index("ix_queue_ticket_day", "site_id", "day", "state"),
        Index(
            "ix_queue_ticket_one_at_a_window",
            "window_id",
            unique=True,
            sqlite_where=text("state = 'called'"),
            postgresql_where=text("state = 'called'"),
        ),
        CheckConstraint("calls >= 0", name="calls"),
    )


class QueueCounter(Base):
    """The last number of one letter at one site on one day."""

    __tablename__ = "queue_counter"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    letter: Mapped[str] = mapped_column(String(2), primary_key=True)
    last: Mapped[int]
