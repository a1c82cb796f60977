"""
What became of the orders of a story: how many were paid, and how; what went back, and why.

A story in which nobody pays reconciles too. Therefore each kind has a share that it must reach, or
the story has shown nothing of it; a share of less than one order is not asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from kiosk_server.payments.heard import Heard
from kiosk_server.payments.life import OrderState
from kiosk_server.payments.models import (
    PaymentAttempt,
    PaymentDifference,
    PaymentNotice,
    PaymentOrder,
    PaymentRefund,
)
from kiosk_server.payments.rules import RefundReason

_TOLD = (
    select(PaymentNotice.id)
    .where(PaymentNotice.number == PaymentAttempt.id, PaymentNotice.outcome == Heard.COUNTED.value)
    .exists()
)
_MONEY_CAME = (
    select(PaymentAttempt.id)
    .where(PaymentAttempt.order_id == PaymentOrder.id, PaymentAttempt.paid_fen > 0)
    .exists()
)
_REPEATED = or_(PaymentNotice.times > 1, PaymentNotice.outcome == Heard.REPEATED.value)

KINDS: Mapping[str, ColumnElement[bool]] = {
    "paid": PaymentOrder.paid_at.is_not(None),
    "paid by notice": and_(PaymentAttempt.counted, _TOLD),
    "paid by query alone": and_(PaymentAttempt.counted, ~_TOLD),
    "second payments": PaymentRefund.reason == RefundReason.PAID_TWICE.value,
    "late payments": PaymentRefund.reason == RefundReason.PAID_LATE.value,
    "wrong sums": PaymentRefund.reason == RefundReason.WRONG_AMOUNT.value,
    "refunded whole": PaymentOrder.state == OrderState.REFUNDED.value,
    "refunded in part": PaymentOrder.state == OrderState.PARTLY_REFUNDED.value,
    "closed unpaid": and_(PaymentOrder.state == OrderState.CLOSED.value, ~_MONEY_CAME),
    "notices told again": _REPEATED,
    "notices doubted": PaymentNotice.outcome == Heard.DOUBTED.value,
    "found by a bill": PaymentDifference.id.is_not(None),
}


@dataclass(frozen=True)
class Shares:
    """Of how many orders, how many of each kind."""

    orders: int
    counts: Mapping[str, int]

    def missing(self, needed: Mapping[str, float]) -> list[str]:
        """Return the kinds that there are too few of; *needed* says which part of the orders."""
        return [
            kind for kind, part in needed.items() if self.counts[kind] < int(part * self.orders)
        ]

    def __str__(self) -> str:
        told = ", ".join(f"{kind} {count}" for kind, count in self.counts.items())
        return f"of {self.orders} orders: {told}"


def shares_of(session: Session) -> Shares:
    """Count what the books say."""
    orders = session.scalar(select(func.count()).select_from(PaymentOrder)) or 0
    return Shares(
        orders,
        {
            kind: session.scalar(select(func.count()).where(condition)) or 0
            for kind, condition in KINDS.items()
        },
    )
