"""What simulated outsiders keep, so that a person can see what they would have done."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, UtcDateTime


class SimulatedMessage(Base):
    """A short message that no phone received. Absent in production."""

    __tablename__ = "simulated_message"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    """The message's own id: handed over twice, it stands here once."""
    message_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SimulatedParcel(Base):
    """A parcel that nobody carries. Absent in production."""

    __tablename__ = "simulated_parcel"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    """The delivery's own id: asked twice, it stands here once."""
    ending: Mapped[str] = mapped_column(String(20))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SimulatedPayment(Base):
    """An order that no channel has: its payer presses a button. Absent in production."""

    __tablename__ = "simulated_payment"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    """The attempt's own id: asked twice, it stands here once."""
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(40))
    amount_fen: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    machine: Mapped[str | None] = mapped_column(String(40))
    """The POS that would show it; None for the page with the button."""


class SimulatedRefund(Base):
    """Money that never moved, on its way back. Absent in production."""

    __tablename__ = "simulated_refund"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    payment_id: Mapped[str] = mapped_column(ForeignKey("simulated_payment.id"), index=True)
    amount_fen: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SimulatedBooking(Base):
    """A bill that was never owed, booked for nobody. Absent in production."""

    __tablename__ = "simulated_booking"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    """The payment's own id: asked twice, it stands here once."""
    bill_digest: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
