"""
Print jobs and reprint rights. A job names its document by file and digest, never by content.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, UtcDateTime

_UNPRINTED = text("job_id IS NULL")


class JobKind(StrEnum):
    """What comes out: a sheet, or a slip of the receipt printer (凭条)."""

    A4 = "a4"
    SLIP = "slip"


class JobState(StrEnum):
    """Where a job stands; `rules.LIFE` says what leads where."""

    WAITING = "waiting"
    TAKEN = "taken"
    PRINTING = "printing"
    PRINTED = "printed"
    NOT_PRINTED = "not_printed"
    UNKNOWN = "unknown"


class PrintJob(Base):
    """One document to be brought out once at one terminal."""

    __tablename__ = "print_job"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    terminal_id: Mapped[str] = mapped_column(String(26))
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)
    case_id: Mapped[str | None] = mapped_column(String(26), index=True)
    certificate_id: Mapped[str | None] = mapped_column(String(26))
    file_id: Mapped[str] = mapped_column(String(26))
    title: Mapped[str] = mapped_column(String(120))
    """The service's name: what an operator may read on a printer's panel. No personal data."""
    media_type: Mapped[str] = mapped_column(String(60))
    digest: Mapped[str] = mapped_column(String(64))
    pages: Mapped[int]
    reprint: Mapped[bool]
    """重打: the document itself says so too."""
    state: Mapped[str] = mapped_column(String(12))
    trouble: Mapped[str | None] = mapped_column(String(30))
    pages_done: Mapped[int] = mapped_column(default=0)
    last_sequence: Mapped[int] = mapped_column(default=0)
    cancel_wanted: Mapped[bool] = mapped_column(default=False)
    came_out: Mapped[str | None] = mapped_column(String(3))
    """The resident's own word: yes, no, or not asked yet."""
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_print_job_terminal", "terminal_id", "state"),
        Index("ix_print_job_changed", "terminal_id", "changed_at"),
    )


class ReprintRight(Base):
    """The right to one print within 24 hours, at any terminal, to the same person's card."""

    __tablename__ = "print_reprint_right"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    code_mac: Mapped[str | None] = mapped_column(String(64), index=True)
    """None where no code was told: the card alone finds it."""
    job_id: Mapped[str | None] = mapped_column(ForeignKey("print_job.id"), unique=True)
    """The job that failed; one right for each. None: the case's paper was never asked to print."""
    case_id: Mapped[str] = mapped_column(String(26))
    resident_id: Mapped[str] = mapped_column(ForeignKey("resident.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_job_id: Mapped[str | None] = mapped_column(String(26))

    __table_args__ = (
        Index(
            "ix_print_reprint_right_unprinted",
            "case_id",
            unique=True,
            sqlite_where=_UNPRINTED,
            postgresql_where=_UNPRINTED,
        ),
    )
