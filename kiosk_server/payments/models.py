"""
Orders with their fee items, attempts at channels, notices, refunds, receipts; the ledger of money
that moved, and what a day's bill says differently.

The ledger is the truth about money: a row is one movement that the channel has confirmed, and
unique keys let none be counted twice. Amounts are integer fen; the checks are the last guard.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, Json, UtcDateTime

_OVER = text("state NOT IN ('closed', 'refunded')")
_COUNTED = text("counted")


class PaymentOrder(Base):
    """What somebody owes for one thing (缴费订单); one at a time for each thing."""

    __tablename__ = "payment_order"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(40))
    payer_id: Mapped[str | None] = mapped_column(ForeignKey("resident.id"))
    """None for who pays without saying who he is."""
    amount_fen: Mapped[int]
    returned_fen: Mapped[int] = mapped_column(default=0)
    """Of what paid this order, what has gone back."""
    state: Mapped[str] = mapped_column(String(16))
    origin: Mapped[str] = mapped_column(String(10))
    request_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Digest of caller and Idempotency-Key: what is sent again opens nothing again."""
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_payment_order_payer", "payer_id", "id"),
        Index("ix_payment_order_open", "state", "expires_at"),
        Index(
            "ix_payment_order_one_at_a_time",
            "subject_kind",
            "subject_id",
            unique=True,
            sqlite_where=_OVER,
            postgresql_where=_OVER,
        ),
        CheckConstraint("amount_fen > 0", name="amount_fen"),
        CheckConstraint("returned_fen >= 0 AND returned_fen <= amount_fen", name="returned_fen"),
    )


class PaymentItem(Base):
    """One fee of an order, with the basis on which it is taken; never changed."""

    __tablename__ = "payment_item"

    order_id: Mapped[str] = mapped_column(ForeignKey("payment_order.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    names: Mapped[Any] = mapped_column(Json)
    basis: Mapped[str] = mapped_column(String(200))
    unit_fen: Mapped[int]
    quantity: Mapped[int]


class PaymentAttempt(Base):
    """One order number at one channel: the id is what the channel knows it by."""

    __tablename__ = "payment_attempt"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("payment_order.id"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    amount_fen: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    machine: Mapped[str | None] = mapped_column(String(40))
    """The bank's number of the POS at which it stands; None where a code or a person takes it."""
    code: Mapped[str | None] = mapped_column(String(512))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ask_next_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When the channel is asked what became of it; None once that is known."""
    reference: Mapped[str | None] = mapped_column(String(64))
    """The channel's own number of the payment."""
    paid_fen: Mapped[int] = mapped_column(default=0)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counted: Mapped[bool] = mapped_column(default=False)
    """Whether its money pays the order. Money that is not counted goes back."""
    refund_fen: Mapped[int] = mapped_column(default=0)
    """What was asked back of it, whatever has become of that."""
    refused_for: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        UniqueConstraint("channel", "reference"),
        Index(
            "ix_payment_attempt_counted_once",
            "order_id",
            unique=True,
            sqlite_where=_COUNTED,
            postgresql_where=_COUNTED,
        ),
        CheckConstraint("refund_fen >= 0 AND refund_fen <= paid_fen", name="refund_fen"),
    )


class PaymentNotice(Base):
    """One notice that came in, by the digest of what was sent: the same one stands here once."""

    __tablename__ = "payment_notice"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64))
    number: Mapped[str | None] = mapped_column(String(64), index=True)
    outcome: Mapped[str] = mapped_column(String(20))
    times: Mapped[int] = mapped_column(default=1)
    body_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What the channel sent; nothing is kept of a forged one."""
    came_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    __table_args__ = (UniqueConstraint("channel", "digest"),)


class PaymentRefund(Base):
    """Money that goes back, whole or in part; the id is what the channel knows it by."""

    __tablename__ = "payment_refund"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("payment_order.id"), index=True)
    attempt_id: Mapped[str] = mapped_column(ForeignKey("payment_attempt.id"), index=True)
    amount_fen: Mapped[int]
    reason: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(10))
    request_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ask_next_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_for: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount_fen"),)


class PaymentReceipt(Base):
    """缴费凭证: that an order was paid; its number is what the payer keeps."""

    __tablename__ = "payment_receipt"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("payment_order.id"), unique=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PaymentSlip(Base):
    """What stands on the slip of an order that is to be paid at a window; one for each order."""

    __tablename__ = "payment_slip"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("payment_order.id"), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PaymentVisit(Base):
    """Which visit shows an order at a terminal; the row goes with the visit."""

    __tablename__ = "payment_visit"

    order_id: Mapped[str] = mapped_column(ForeignKey("payment_order.id"), primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)


class LedgerEntry(Base):
    """One movement of money that a channel has confirmed; never changed, never deleted."""

    __tablename__ = "payment_ledger"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    movement: Mapped[str] = mapped_column(String(10))
    number: Mapped[str] = mapped_column(String(26))
    """The attempt's or the refund's id."""
    reference: Mapped[str] = mapped_column(String(64))
    """The channel's own number of it."""
    attempt_id: Mapped[str] = mapped_column(ForeignKey("payment_attempt.id"), index=True)
    amount_fen: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the channel says that it moved: the day of the bill."""

    __table_args__ = (
        UniqueConstraint("channel", "movement", "number"),
        UniqueConstraint("channel", "movement", "reference"),
        Index("ix_payment_ledger_day", "channel", "at"),
        CheckConstraint("amount_fen > 0", name="amount_fen"),
    )


class PaymentDay(Base):
    """One day of one channel, compared with its bill (对账)."""

    __tablename__ = "payment_day"

    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    movements: Mapped[int]
    received_fen: Mapped[int] = mapped_column(BigInteger)
    returned_fen: Mapped[int] = mapped_column(BigInteger)
    """What the channel's bill says."""
    differing: Mapped[int]
    compared_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PaymentDifference(Base):
    """One movement about which bill and book differ, until a person has settled it."""

    __tablename__ = "payment_difference"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    day: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(String(12))
    movement: Mapped[str] = mapped_column(String(10))
    number: Mapped[str] = mapped_column(String(64))
    book_fen: Mapped[int | None]
    bill_fen: Mapped[int | None]
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    settled_by: Mapped[str | None] = mapped_column(String(26))
    settled_how: Mapped[str | None] = mapped_column(String(20))

    __table_args__ = (UniqueConstraint("channel", "day", "movement", "number"),)


class CashMovement(Base):
    """Cash that a named cashier took or gave back at a window; never changed but by its count."""

    __tablename__ = "payment_cash"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    """The attempt's or the refund's id: money changes hands once for it."""
    order_id: Mapped[str] = mapped_column(ForeignKey("payment_order.id"), index=True)
    movement: Mapped[str] = mapped_column(String(10))
    cashier_id: Mapped[str] = mapped_column(String(26))
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    window: Mapped[str] = mapped_column(String(10))
    """What stands above the window."""
    amount_fen: Mapped[int]
    handed_fen: Mapped[int | None]
    """What was handed over, of which the rest went back as change."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    count_id: Mapped[str | None] = mapped_column(ForeignKey("payment_cash_count.id"), index=True)

    __table_args__ = (
        Index("ix_payment_cash_cashier", "cashier_id", "count_id"),
        CheckConstraint("amount_fen > 0", name="amount_fen"),
        CheckConstraint("handed_fen >= amount_fen", name="handed_fen"),
    )


class CashCount(Base):
    """A cashier's drawer, counted against the book (现金日结); another person settles it."""

    __tablename__ = "payment_cash_count"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    cashier_id: Mapped[str] = mapped_column(String(26), index=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), index=True)
    movements: Mapped[int]
    book_fen: Mapped[int]
    """Taken less given back, since the count before."""
    float_fen: Mapped[int]
    """备用金: what lay in the drawer for change."""
    counted_fen: Mapped[int]
    """All that lies in it now."""
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    settled_by: Mapped[str | None] = mapped_column(String(26))
    settled_how: Mapped[str | None] = mapped_column(String(20))

    @property
    def difference_fen(self) -> int:
        """What lies there over what should; below zero for what is missing."""
        return self.counted_fen - self.float_fen - self.book_fen
