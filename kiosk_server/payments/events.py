"""
What the room asks of the worker, and what it tells other rooms: topics of the outbox.

An errand is carried out by `payments/exchange.py`, in its channel's lane, with the row's id as the
number at the partner. An event holds `order`, `subject_kind` and `subject_id`, and is for whoever
opened the order.
"""

from enum import StrEnum

from sqlalchemy.orm import Session

from kiosk_server.outbox.services import emit
from kiosk_server.payments.models import PaymentAttempt, PaymentOrder, PaymentRefund
from kiosk_server.payments.rules import Channel


class PaymentErrand(StrEnum):
    """What a channel is to be asked."""

    ATTEMPT = "payment.attempt_asked"
    QUERY = "payment.query_asked"
    CLOSE = "payment.close_asked"
    REFUND = "payment.refund_asked"
    REFUND_QUERY = "payment.refund_query_asked"
    BILL = "payment.bill_asked"


class PaymentEvent(StrEnum):
    """What has happened to an order."""

    PAID = "payment.paid"
    CLOSED = "payment.closed"
    REFUNDED = "payment.refunded"
    """Some of it, or all: the order says how much."""


def ask_about(session: Session, errand: PaymentErrand, attempt: PaymentAttempt) -> None:
    """Let the worker ask the channel of *attempt* about it; asked twice, it is told the same."""
    emit(session, errand, {"attempt": attempt.id}, lane=Channel(attempt.channel).slug)


def ask_back_at(
    session: Session, errand: PaymentErrand, refund: PaymentRefund, attempt: PaymentAttempt
) -> None:
    """Let the worker ask the channel of *attempt* for *refund*, or what became of it."""
    emit(session, errand, {"refund": refund.id}, lane=Channel(attempt.channel).slug)


def tell(session: Session, event: PaymentEvent, order: PaymentOrder, *, name: str) -> None:
    """Tell other rooms what has happened to *order*; one message for each *name*."""
    payload = {
        "order": order.id,
        "subject_kind": order.subject_kind,
        "subject_id": order.subject_id,
    }
    emit(session, event, payload, dedup=f"{event.value}:{name}")
