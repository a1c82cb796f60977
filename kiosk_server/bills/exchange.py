"""
Asking billers to book and to undo, as the outbox wants it. No database is held meanwhile.

    book(payment_id)      what `bill.booking_asked` does
    reverse(payment_id)   what `bill.reversal_asked` does

Before a biller is first asked it is written down that he may have booked. Whoever comes after that,
because an answer was lost or a worker died, asks how the payment stands before he asks to book. A
biller who does not answer is `Unavailable`, his lane of the outbox waits, and the clock asks too.
"""

from dataclasses import dataclass
from typing import NoReturn

import structlog

from kiosk_server.bills.billers import biller_named
from kiosk_server.bills.keeping import account_in_clear, number_in_clear
from kiosk_server.bills.life import MONEY_BACK, TO_BE_BOOKED, BillState
from kiosk_server.bills.models import Bill, BillPayment
from kiosk_server.bills.ports import (
    AnswerLost,
    AskedBooking,
    BillerGateway,
    Gateways,
    NotKnown,
    StandingAnswer,
)
from kiosk_server.bills.settling import believe, lock_payment
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict, Unavailable

log = structlog.get_logger()


@dataclass(frozen=True)
class _Question:
    asked: AskedBooking
    asked_before: bool
    settled: bool
    """A person found it booked, and the biller is to say so himself."""
    gateway: BillerGateway


@dataclass(frozen=True)
class BillExchange:
    """The billers' partners of this worker; made once, since their fuses must remember."""

    database: Database
    gateways: Gateways

    def book(self, payment_id: str) -> None:
        """Ask to book a payment, or how it stands; safe to be run again, and by two at once."""
        question = self._begin(payment_id)
        if question is None:
            return
        answer: StandingAnswer = NotKnown()
        if question.asked_before:
            answer = question.gateway.ask_write_off(payment_id)
        if isinstance(answer, NotKnown) and not question.settled:
            answer = question.gateway.write_off(question.asked)
        with self.database.unit_of_work() as session:
            believe(session, payment_id, answer)
        if isinstance(answer, AnswerLost):
            _ask_again(question.asked.biller, answer)

    def reverse(self, payment_id: str) -> None:
        """Ask to undo a payment; his answer decides whether money goes back."""
        with self.database.reading() as session:
            payment = session.get_one(BillPayment, payment_id)
            state, biller = BillState(payment.state), payment.biller
            by_a_person = payment.settled_by is not None
        # What a person found not to be booked is undone besides, for whatever comes late.
        if state is not BillState.REVERSING and not (by_a_person and state in MONEY_BACK):
            return
        answer = self._gateway(biller).reverse(payment_id)
        with self.database.unit_of_work() as session:
            believe(session, payment_id, answer)
        if isinstance(answer, AnswerLost):
            _ask_again(biller, answer)

    def _begin(self, payment_id: str) -> _Question | None:
        with self.database.unit_of_work() as session:
            payment = lock_payment(session, payment_id)[1]
            state = BillState(payment.state)
            settled = state is BillState.SETTLED and payment.settled_by is not None
            if state not in TO_BE_BOOKED and not settled:
                return None
            gateway = self._gateway(payment.biller)
            bill = session.get_one(Bill, payment.bill_id)
            asked = AskedBooking(
                number=payment.id,
                biller=payment.biller,
                account=account_in_clear(session, bill),
                bill=number_in_clear(session, bill),
                amount_fen=payment.amount_fen,
                paid_at=payment.paid_at or clock.now(),
            )
            asked_before = payment.asked_at is not None
            payment.asked_at = payment.asked_at or clock.now()
            return _Question(asked, asked_before, settled, gateway)

    def _gateway(self, biller: str) -> BillerGateway:
        found = self.gateways.get(biller_named(biller).gateway)
        if found is None:
            raise Unavailable("biller_not_connected", biller=biller)
        return found


def _ask_again(biller: str, lost: AnswerLost) -> NoReturn:
    log.warning("biller_answer_lost", biller=biller, why=lost.why)
    if lost.baffling:
        raise Conflict("biller_answer_baffling", why=lost.why)
    raise Unavailable("biller_answer_lost")
