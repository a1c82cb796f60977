"""What bills ask through the outbox: a topic for each question, a lane for each partner."""

from enum import StrEnum

from sqlalchemy.orm import Session

from kiosk_server.bills.billers import biller_named
from kiosk_server.bills.models import BillPayment
from kiosk_server.outbox.services import emit


class BillErrand(StrEnum):
    """What a biller is to be asked; each holds `{"payment": id}`."""

    BOOK = "bill.booking_asked"
    REVERSE = "bill.reversal_asked"


def ask_biller(session: Session, errand: BillErrand, payment: BillPayment) -> None:
    """Let the worker ask the biller of *payment*, in its partner's lane; twice is once."""
    lane = biller_named(payment.biller).lane
    emit(session, errand, {"payment": payment.id}, lane=lane)
