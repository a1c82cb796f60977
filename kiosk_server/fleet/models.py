"""
One terminal's days in figures (运行日报): worked out once a day, by `summaries`, from what stands
elsewhere. Seconds and counts alone; no visit, case or person is named (P39).
"""

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base


class TerminalDay(Base):
    """One Beijing day of one terminal."""

    __tablename__ = "terminal_day"

    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(String(40))
    """Whose terminal it was when the day was worked out."""
    expected_seconds: Mapped[int]
    """Enrolled and not yet withdrawn: what it could have served."""
    whole_seconds: Mapped[int]
    """Everything worked."""
    partly_seconds: Mapped[int]
    """Something could be finished, not everything."""
    stopped_seconds: Mapped[int]
    silent_seconds: Mapped[int]
    locked_seconds: Mapped[int]
    finished: Mapped[int]
    """Visits whose person got what he came for."""
    unfinished: Mapped[int]
    looked: Mapped[int]
    """Visits that took nothing up."""
    pages: Mapped[int]
    slips: Mapped[int]
    card_reads: Mapped[int]

    __table_args__ = (Index("ix_terminal_day_site", "site_id", "day"),)


class UnfinishedDay(Base):
    """How many could not finish one item at one terminal on one day, for one reason."""

    __tablename__ = "terminal_day_unfinished"

    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    item_code: Mapped[str] = mapped_column(String(60), primary_key=True)
    reason: Mapped[str] = mapped_column(String(40), primary_key=True)
    site_id: Mapped[str] = mapped_column(String(40))
    count: Mapped[int]

    __table_args__ = (Index("ix_terminal_day_unfinished_site", "site_id", "day"),)
