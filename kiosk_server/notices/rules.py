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
    PAYMENT_CASH_WAITS = "payment_cash_waits"
    BILL_SETTLED = "bill_settled"
    BILL_NOT_BOOKED = "bill_not_booked"
    RESULT_PRINT_IT = "result_print_it"
    RESULT_COLLECT = "result_collect"
    RESULT_MONEY_BACK = "result_money_back"
    DELIVERY_OUT = "delivery_out"
    DELIVERY_DONE = "delivery_done"
    DELIVERY_TROUBLE = "delivery_trouble"
    DELIVERY_COLLECT = "delivery_collect"
    DELIVERY_WAITS = "delivery_waits"
    DELIVERY_NOT_FETCHED = "delivery_not_fetched"
    DELIVERY_UNPAID = "delivery_unpaid"
