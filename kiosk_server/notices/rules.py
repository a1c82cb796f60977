"""What residents are told of, and for how long it is kept. Pure."""

from datetime import timedelta
from enum import StrEnum

KEPT = timedelta(days=180)


class Topic(StrEnum):
    """What happened."""

    CERTIFICATE_EXPIRING = "certificate_expiring"
    OBJECTION_CORRECTED = "objection_corrected"
    OBJECTION_REFUSED = "objection_refused"
    REFUSAL_ANSWERED = "refusal_answered"
    CASE_DECIDED = "case_decided"
    CASE_COMPLETED = "case_completed"
    BOOKING_CONFIRMED = "booking_confirmed"
    BOOKING_MOVED = "booking_moved"
    BOOKING_CANCELLED = "booking_cancelled"
    BOOKING_CLOSED = "booking_closed"
    BOOKING_OFFERED = "booking_offered"
    BOOKING_SOON = "booking_soon"
    TICKET_CALLED = "ticket_called"
    PAYMENT_PAID = "payment_paid"
    PAYMENT_CLOSED = "payment_closed"
    PAYMENT_REFUNDED = "payment_refunded"
    DELIVERY_OUT = "delivery_out"
    DELIVERY_DONE = "delivery_done"
    DELIVERY_TROUBLE = "delivery_trouble"
    DELIVERY_COLLECT = "delivery_collect"
