"""
Putting errands and events of payments into the outbox: an errand in its channel's lane (通道), an
event for whoever opened the order.
"""

from sqlalchemy.orm import Session

from kiosk_server.outbox.services import emit
from kiosk_server.payments.events import PaymentErrand, PaymentEvent
from kiosk_server.payments.models import PaymentAttempt, PaymentOrder, PaymentRefund
from kiosk_server.payments.rules import Channel


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
