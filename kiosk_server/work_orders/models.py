"""
The tables of work orders: orders, their steps, parts, photographs, notices, and codes of arrival.

Two orders in hand for one trouble of one terminal never exist at once: the database refuses it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, Json, UtcDateTime
from kiosk_server.work_orders.rules import HELD

_IN_HAND = text("state IN ({})".format(", ".join(f"'{state}'" for state in HELD)))


class WorkOrder(Base):
    """One trouble at one terminal that people see to."""

    __tablename__ = "work_order"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"))
    site_id: Mapped[str] = mapped_column(String(40))
    """Where the terminal stood when it was opened."""
    alert_id: Mapped[str | None] = mapped_column(ForeignKey("alert.id"), index=True)
    device: Mapped[str] = mapped_column(String(40))
    """A device kind, or `terminal`."""
    kind: Mapped[str] = mapped_column(String(40))
    """The kind of an alert, or a `rules.Trouble`."""
    severity: Mapped[str] = mapped_column(String(10))
    origin: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(20))
    opened_by: Mapped[str] = mapped_column(String(26))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the trouble was known: the time to repair is counted from here."""
    assignee_id: Mapped[str | None] = mapped_column(ForeignKey("staff_member.id"))
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    arrival: Mapped[str | None] = mapped_column(String(10))
    arrival_reason: Mapped[str | None] = mapped_column(String(20))
    checklist: Mapped[Any] = mapped_column(Json)
    """Point -> finding."""
    fault_cause: Mapped[str | None] = mapped_column(String(20))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[str | None] = mapped_column(String(26))
    repeat_of: Mapped[str | None] = mapped_column(ForeignKey("work_order.id"))
    """The order after which the same thing failed again."""
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "uq_work_order_in_hand",
            "terminal_id",
            "device",
            "kind",
            unique=True,
            sqlite_where=_IN_HAND,
            postgresql_where=_IN_HAND,
        ),
        Index("ix_work_order_site", "site_id", "id"),
        Index("ix_work_order_assignee", "assignee_id", "state"),
        Index("ix_work_order_fault", "terminal_id", "device", "fault_cause", "done_at"),
    )


class WorkOrderStep(Base):
    """One thing that somebody did with an order."""

    __tablename__ = "work_order_step"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("work_order.id"))
    number: Mapped[int]
    """From 1 for each order."""
    verb: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    """Where the order stood after it."""
    by_id: Mapped[str] = mapped_column(String(26))
    about: Mapped[str | None] = mapped_column(String(26))
    """Who it was given to, or an enumerated reason."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("order_id", "number"),)


class WorkOrderPart(Base):
    """Parts of one kind that were changed."""

    __tablename__ = "work_order_part"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("work_order.id"), index=True)
    code: Mapped[str] = mapped_column(String(30))
    quantity: Mapped[int]
    serial_out: Mapped[str] = mapped_column(String(40))
    serial_in: Mapped[str] = mapped_column(String(40))
    by_id: Mapped[str] = mapped_column(String(26))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class WorkOrderPhoto(Base):
    """A picture of a machine; its bytes lie sealed under `file_id`."""

    __tablename__ = "work_order_photo"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("work_order.id"), index=True)
    file_id: Mapped[str] = mapped_column(String(26), unique=True)
    by_id: Mapped[str] = mapped_column(String(26))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class WorkOrderNotice(Base):
    """One short message about an order. `outcome` is None until the channel has answered."""

    __tablename__ = "work_order_notice"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    """Also the message's idempotency key at the channel."""
    order_id: Mapped[str] = mapped_column(ForeignKey("work_order.id"))
    number: Mapped[int]
    staff_id: Mapped[str] = mapped_column(String(26))
    why: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(20))
    simulated: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("order_id", "number"),)


class WorkOrderArrival(Base):
    """A code of arrival that was taken: one of its minute is one person's at one terminal."""

    __tablename__ = "work_order_arrival"

    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    minute: Mapped[int] = mapped_column(primary_key=True)
    """Since 1970."""
    staff_id: Mapped[str] = mapped_column(String(26))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
