"""
The table of cases. Inputs, reasons and the facts of the paper stand sealed in one cell.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, UtcDateTime


class CaseState(StrEnum):
    """Where a case stands; `lives.LIFE` says what leads where."""

    DRAFTED = "drafted"
    APPLIED = "applied"
    RECEIVED = "received"
    IN_CORRECTION = "in_correction"
    ACCEPTED = "accepted"
    REVIEWED = "reviewed"
    SUSPENDED = "suspended"
    DECIDED = "decided"
    COMPLETED = "completed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What was decided. That nothing is on record is a result of its own."""

    GRANTED = "granted"
    REFUSED = "refused"
    NO_RECORD = "no_record"


class Case(Base):
    """One case (办件): who applied for what, where it was taken in, what was decided and why."""

    __tablename__ = "service_case"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    number: Mapped[str] = mapped_column(String(60), unique=True)
    """办件编号: never parsed, at least 50 characters wide."""
    item_code: Mapped[str] = mapped_column(String(60))
    item_version_id: Mapped[str] = mapped_column(ForeignKey("catalogue_item_version.id"))
    resident_id: Mapped[str] = mapped_column(ForeignKey("resident.id"), index=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"))
    terminal_id: Mapped[str] = mapped_column(String(26))
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    """Received at this site and in its name, whatever shop the terminal stands in (P54)."""
    handled_by: Mapped[str] = mapped_column(String(120))
    """实施主体, as the item's version names it."""
    purpose: Mapped[str | None] = mapped_column(String(40))
    promise_version: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str | None] = mapped_column(String(12))
    rule: Mapped[str | None] = mapped_column(String(60))
    rule_version: Mapped[int | None]
    decision_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """JSON `{"inputs", "reasons", "paper"}`: what the rule saw, said, and what is printed."""
    certificate_id: Mapped[str | None] = mapped_column(String(26))
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    human_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The resident asked for a person to look at an automatic decision (P20)."""

    __table_args__ = (Index("ix_service_case_visit", "visit_id", "item_version_id"),)


class CaseCounter(Base):
    """The last running number that was given on one Beijing day, `YYYYMMDD`."""

    __tablename__ = "service_case_counter"

    day: Mapped[str] = mapped_column(String(8), primary_key=True)
    last: Mapped[int]
