"""
Bills as billers told of them, and our payments of them.

An account, its holder and the biller's number of a bill are sealed; they are found by blind indexes
alone. A unique index lets one payment of a bill live at a time: two people who pay the same bill at
once meet here.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, UtcDateTime

_LIVE = text("state NOT IN ('refused', 'reversed', 'released')")


class Bill(Base):
    """What an account owes for one period, as its biller said last."""

    __tablename__ = "bill"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    biller: Mapped[str] = mapped_column(String(40))
    account_index: Mapped[str] = mapped_column(String(32), index=True)
    account_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    number_index: Mapped[str] = mapped_column(String(32), unique=True)
    number_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The biller's number of it."""
    holder_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """As the biller masks him."""
    period: Mapped[str] = mapped_column(String(40))
    amount_fen: Mapped[int]
    due_on: Mapped[date | None] = mapped_column(Date)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount_fen"),)


class BillPayment(Base):
    """One payment of one bill; the id is what the biller knows it by."""

    __tablename__ = "bill_payment"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    bill_id: Mapped[str] = mapped_column(ForeignKey("bill.id"), index=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("payment_order.id"), index=True)
    biller: Mapped[str] = mapped_column(String(40))
    amount_fen: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Set before the biller is first asked: from then on he may have booked it."""
    ask_next_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When the biller is asked what became of it; None once that is known."""
    reference: Mapped[str | None] = mapped_column(String(64))
    """The biller's own number of the payment."""
    refused_for: Mapped[str | None] = mapped_column(String(64))
    settled_by: Mapped[str | None] = mapped_column(String(26))
    """Who found out, where a person did."""
    disputed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The biller keeps it, and the money went back on a person's word."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "ix_bill_payment_one_at_a_time",
            "bill_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("ix_bill_payment_state", "state", "id"),
        CheckConstraint("amount_fen > 0", name="amount_fen"),
    )


class KeptAccount(Base):
    """An account that a resident has us remember (常用缴费号码), sealed, once for each biller."""

    __tablename__ = "kept_bill_account"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    resident_id: Mapped[str] = mapped_column(ForeignKey("resident.id"))
    biller: Mapped[str] = mapped_column(String(40))
    account_index: Mapped[str] = mapped_column(String(32))
    account_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_kept_bill_account_once", "resident_id", "account_index", unique=True),
    )
