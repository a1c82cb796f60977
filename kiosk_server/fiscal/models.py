"""The table of fiscal bills. Of the payer there is nothing: whose money it was, the order knows."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, UtcDateTime

_BLUE = text("kind = 'blue'")


class FiscalBill(Base):
    """One bill (财政电子票据); the id is what the treasury knows our question by."""

    __tablename__ = "fiscal_bill"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("payment_order.id"), index=True)
    kind: Mapped[str] = mapped_column(String(4))
    reverses: Mapped[str | None] = mapped_column(ForeignKey("fiscal_bill.id"))
    """The blue bill that a red one takes back from."""
    refund_id: Mapped[str | None] = mapped_column(ForeignKey("payment_refund.id"))
    amount_fen: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Written before the treasury is first asked: from then on it may have issued."""
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    code: Mapped[str | None] = mapped_column(String(20))
    """票据代码."""
    number: Mapped[str | None] = mapped_column(String(20))
    """票据号码."""
    check_code: Mapped[str | None] = mapped_column(String(20))
    """校验码."""
    address: Mapped[str | None] = mapped_column(String(300))
    """Where the payer looks at it, as the treasury told."""
    simulated: Mapped[bool] = mapped_column(default=False)
    refused_for: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (
        Index(
            "ix_fiscal_bill_one_blue",
            "order_id",
            unique=True,
            sqlite_where=_BLUE,
            postgresql_where=_BLUE,
        ),
        Index("ix_fiscal_bill_state", "state", "id"),
        UniqueConstraint("refund_id"),
        UniqueConstraint("code", "number"),
        CheckConstraint("amount_fen > 0", name="amount_fen"),
        CheckConstraint("(kind = 'red') = (refund_id IS NOT NULL)", name="refund_id"),
    )
