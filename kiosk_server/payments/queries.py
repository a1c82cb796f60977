"""What orders say: to whom they belong, how they stand, what moved, what still differs."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kiosk_server.core.errors import NotFound
from kiosk_server.payments.life import OrderState, RefundState
from kiosk_server.payments.models import (
    LedgerEntry,
    PaymentAttempt,
    PaymentDifference,
    PaymentItem,
    PaymentOrder,
    PaymentReceipt,
    PaymentRefund,
    PaymentSlip,
)
from kiosk_server.payments.rules import Channel, Moved, Movement, day_in_beijing
from kiosk_server.payments.slip_rules import slip_code

# Built once: every deed about an order asks for them.
_ATTEMPTS = (
    select(PaymentAttempt)
    .where(PaymentAttempt.order_id == bindparam("order"))
    .order_by(PaymentAttempt.id)
)
_OVER = (OrderState.CLOSED.value, OrderState.REFUNDED.value)


def orders_of(
    session: Session, payer_id: str, *, after: str | None = None, limit: int = 20
) -> list[PaymentOrder]:
    """Return the orders of one payer, the newest first."""
    wanted = select(PaymentOrder).where(PaymentOrder.payer_id == payer_id)
    if after is not None:
        wanted = wanted.where(PaymentOrder.id < after)
    return list(session.scalars(wanted.order_by(PaymentOrder.id.desc()).limit(limit)))


def order_of(session: Session, payer_id: str, order_id: str) -> PaymentOrder:
    """Return one order of one payer; `NotFound("order_not_found")` for anybody else's."""
    found = session.get(PaymentOrder, order_id)
    if found is None or found.payer_id != payer_id:
        raise NotFound("order_not_found")
    return found


def order_named(session: Session, number: str) -> PaymentOrder | None:
    """Return the order that a receipt's number names, an attempt's or its own; None for none."""
    by_receipt = select(PaymentReceipt.order_id).where(PaymentReceipt.id == number)
    by_attempt = select(PaymentAttempt.order_id).where(PaymentAttempt.id == number)
    found = session.scalar(by_receipt) or session.scalar(by_attempt) or number
    return session.get(PaymentOrder, found)


def slip_of(session: Session, order_id: str) -> PaymentSlip | None:
    """Return the slip of an order that is kept for a window."""
    wanted = select(PaymentSlip).where(PaymentSlip.order_id == order_id)
    return session.scalars(wanted).one_or_none()


def order_on_slip(session: Session, text: str) -> PaymentOrder | None:
    """Return the order whose slip's code was typed or scanned; None for none, or a wrong digit."""
    code = slip_code(text)
    found = session.get(PaymentSlip, code) if code is not None else None
    return session.get(PaymentOrder, found.order_id) if found is not None else None


def order_by_key(session: Session, request_key: str) -> PaymentOrder | None:
    """Return the order that a request has opened before."""
    wanted = select(PaymentOrder).where(PaymentOrder.request_key == request_key)
    return session.scalars(wanted).one_or_none()


def order_of_subject(session: Session, kind: str, subject_id: str) -> PaymentOrder | None:
    """Return the order for one thing that is neither closed nor paid back."""
    wanted = select(PaymentOrder).where(
        PaymentOrder.subject_kind == kind,
        PaymentOrder.subject_id == subject_id,
        PaymentOrder.state.not_in(_OVER),
    )
    return session.scalars(wanted).one_or_none()


def orders_about(session: Session, kind: str, subject_id: str) -> list[PaymentOrder]:
    """Return every order for one thing, those that are over too, the oldest first."""
    wanted = select(PaymentOrder).where(
        PaymentOrder.subject_kind == kind, PaymentOrder.subject_id == subject_id
    )
    return list(session.scalars(wanted.order_by(PaymentOrder.id)))


def kept_fen(session: Session, order_id: str) -> int:
    """Return how much of what paid an order is here and was not asked back; 0 for an unpaid one."""
    kept = select(PaymentAttempt.paid_fen - PaymentAttempt.refund_fen).where(
        PaymentAttempt.order_id == order_id, PaymentAttempt.counted.is_(True)
    )
    return session.scalar(kept) or 0


def items_of(session: Session, order_id: str) -> list[PaymentItem]:
    """Return the fees of an order, in their order."""
    wanted = select(PaymentItem).where(PaymentItem.order_id == order_id)
    return list(session.scalars(wanted.order_by(PaymentItem.place)))


def attempts_of(session: Session, order_id: str) -> list[PaymentAttempt]:
    """Return the attempts to pay an order, the oldest first."""
    return list(session.scalars(_ATTEMPTS, {"order": order_id}))


def counted_attempt(session: Session, order_id: str) -> PaymentAttempt:
    """Return the attempt whose money paid an order that is paid."""
    wanted = select(PaymentAttempt).where(
        PaymentAttempt.order_id == order_id, PaymentAttempt.counted.is_(True)
    )
    return session.scalars(wanted).one()


def receipt_of(session: Session, order_id: str) -> PaymentReceipt | None:
    """Return the receipt of an order (缴费凭证), once it is paid."""
    wanted = select(PaymentReceipt).where(PaymentReceipt.order_id == order_id)
    return session.scalars(wanted).one_or_none()


def refunds_of(session: Session, order_id: str) -> list[PaymentRefund]:
    """Return what was asked back of an order, surplus money too, the oldest first."""
    wanted = select(PaymentRefund).where(PaymentRefund.order_id == order_id)
    return list(session.scalars(wanted.order_by(PaymentRefund.id)))


def refunds_of_attempt(session: Session, attempt_id: str) -> list[PaymentRefund]:
    """Return what was asked back of one payment."""
    wanted = select(PaymentRefund).where(PaymentRefund.attempt_id == attempt_id)
    return list(session.scalars(wanted.order_by(PaymentRefund.id)))


def refund_by_key(session: Session, request_key: str) -> PaymentRefund | None:
    """Return the refund that a request has asked for before."""
    wanted = select(PaymentRefund).where(PaymentRefund.request_key == request_key)
    return session.scalars(wanted).one_or_none()


def failed_refunds(session: Session, *, limit: int = 100) -> list[PaymentRefund]:
    """Return the refunds that wait for a person, the oldest first."""
    wanted = select(PaymentRefund).where(PaymentRefund.state == RefundState.FAILED.value)
    return list(session.scalars(wanted.order_by(PaymentRefund.id).limit(limit)))


def open_differences(session: Session, *, limit: int = 200) -> list[PaymentDifference]:
    """Return the differences that wait for a person, the oldest first."""
    wanted = select(PaymentDifference).where(PaymentDifference.settled_at.is_(None))
    return list(session.scalars(wanted.order_by(PaymentDifference.id).limit(limit)))


def book_of(session: Session, channel: Channel, day: date) -> Sequence[Moved]:
    """Return what moved at *channel* on one Beijing day, as our ledger has it."""
    begins, ends = day_in_beijing(day)
    wanted = select(LedgerEntry).where(
        LedgerEntry.channel == channel.value, LedgerEntry.at >= begins, LedgerEntry.at < ends
    )
    return [
        Moved(Movement(row.movement), row.number, row.amount_fen)
        for row in session.scalars(wanted.order_by(LedgerEntry.id))
    ]
