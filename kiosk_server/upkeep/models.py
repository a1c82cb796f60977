"""
The tables of upkeep: alerts, the calls made for them, and who is on call for which division.

Two alerts for one cause of one terminal are never open at once: the database itself refuses it.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, UtcDateTime
from kiosk_server.upkeep.causes import Cause
from kiosk_server.upkeep.rules import AlertState, Course


class Alert(Base):
    """One cause at one terminal, from the first suspicion until it was over."""

    __tablename__ = "alert"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"))
    site_id: Mapped[str] = mapped_column(String(40), index=True)
    """Where the terminal stood."""
    device: Mapped[str] = mapped_column(String(40))
    """A device kind, or `terminal`."""
    kind: Mapped[str] = mapped_column(String(40))
    """The stem of a trouble, a condition, `offline` or `clock_skew`."""
    severity: Mapped[str] = mapped_column(String(10))
    suspected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """None: suspected only, and deleted if the cause goes before it has lasted."""
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    gone_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    silenced_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    silenced_by: Mapped[str | None] = mapped_column(String(26))
    silence_reason: Mapped[str | None] = mapped_column(String(20))
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a second person was first called."""
    grouped_with: Mapped[str | None] = mapped_column(String(26), index=True)
    """The alert under which a whole silent site is called for; it stays when that one closes."""
    next_call_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody is called next, the same for a whole group; None: nobody any more."""
    calls_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The list is climbed from its beginning with the first call after this."""

    __table_args__ = (
        Index(
            "uq_alert_live",
            "terminal_id",
            "device",
            "kind",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_alert_terminal", "terminal_id", "id"),
        Index("ix_alert_next_call", "next_call_at"),
        Index("ix_alert_closed", "closed_at"),
    )

    @property
    def cause(self) -> Cause:
        """What is wrong."""
        return Cause(self.device, self.kind)

    @property
    def head_id(self) -> str:
        """The alert under which calls are counted: its group's, or itself."""
        return self.grouped_with or self.id

    @property
    def course(self) -> Course:
        """How far it has come."""
        return Course(
            suspected_at=self.suspected_at,
            seen_at=self.last_seen_at,
            opened_at=self.opened_at,
            gone_since=self.gone_since,
            closed_at=self.closed_at,
        )

    @course.setter
    def course(self, course: Course) -> None:
        self.suspected_at, self.last_seen_at = course.suspected_at, course.seen_at
        self.opened_at, self.gone_since = course.opened_at, course.gone_since
        self.closed_at = course.closed_at

    @property
    def state(self) -> AlertState:
        """Where it stands."""
        return self.course.state


class AlertCall(Base):
    """One person called for an alert. `outcome` is None until the channel has answered."""

    __tablename__ = "alert_call"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    """Also the message's idempotency key at the channel."""
    alert_id: Mapped[str] = mapped_column(ForeignKey("alert.id"))
    number: Mapped[int]
    """From 1 for each alert."""
    duty_id: Mapped[str] = mapped_column(String(26))
    staff_id: Mapped[str] = mapped_column(String(26))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(20))
    """sent, refused, answer_lost, not_needed, no_channel."""
    simulated: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("alert_id", "number"),)


class OnCallDuty(Base):
    """One person who is called for the terminals of one division, in order of `rank`."""

    __tablename__ = "on_call_duty"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    division_code: Mapped[str] = mapped_column(String(12))
    rank: Mapped[int]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff_member.id"))
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("division_code", "staff_id"),)
