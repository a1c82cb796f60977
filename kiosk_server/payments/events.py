"""
What the room asks of the worker, and what it tells other rooms: topics of the outbox.

An errand is carried out by `payments/exchange.py`, in its channel's lane, with the row's id as the
number at the partner. An event holds `order`, `subject_kind` and `subject_id`, and is for whoever
opened the order.
"""

from enum import StrEnum


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
    CASH_WAITS = "payment.cash_waits"
    """What was paid in cash lies at the windows for its payer."""
