"""
Asking channels, as the outbox wants it: a unit of work to read, the question, one to believe.

No database is held while a channel is asked. Whatever is asked may be asked again under the same
number, and is: a channel that does not answer is `Unavailable`, its lane of the outbox waits, and
the clock asks besides (`payments/chores.py`). An answer that makes no sense is tried a few times
and then wants a person.
"""

from dataclasses import dataclass
from datetime import date
from typing import NoReturn

import structlog

from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict, Unavailable
from kiosk_server.payments import refunds
from kiosk_server.payments.life import (
    LIVE,
    REFUND_TO_BE_SENT,
    TO_BE_SENT,
    AttemptVerb,
    RefundState,
)
from kiosk_server.payments.models import PaymentAttempt, PaymentOrder, PaymentRefund
from kiosk_server.payments.ports import (
    AnswerLost,
    AskedPayment,
    AskedRefund,
    Bill,
    CodeGiven,
    CreateAnswer,
    Dead,
    Declined,
    Gateways,
    NotKnown,
    Paid,
    PaymentGateway,
    RefundAccepted,
    RefundDone,
    RefundQueryAnswer,
    Shown,
)
from kiosk_server.payments.queries import items_of
from kiosk_server.payments.reconciling import compare
from kiosk_server.payments.rules import Channel
from kiosk_server.payments.settling import (
    Teller,
    end_attempt,
    give_code,
    lose_answer,
    take_payment,
)

LONGEST_TITLE = 40
log = structlog.get_logger()


def callback_path(channel: Channel) -> str:
    """Return where a channel tells us of payments and refunds."""
    return f"/callbacks/{channel.slug}"


@dataclass(frozen=True)
class Exchange:
    """The channels of this worker; *origin* is where they reach us."""

    database: Database
    gateways: Gateways
    origin: str

    def send_attempt(self, attempt_id: str) -> None:
        """Ask for a code."""
        with self.database.reading() as session:
            attempt = session.get_one(PaymentAttempt, attempt_id)
            order = session.get_one(PaymentOrder, attempt.order_id)
            title = items_of(session, order.id)[0].names["zh"][:LONGEST_TITLE]
        if attempt.state not in TO_BE_SENT:
            return
        channel = Channel(attempt.channel)
        answer = self._gateway(channel).create(
            AskedPayment(
                attempt.id,
                attempt.amount_fen,
                title,
                order.expires_at,
                self._notified_at(channel),
                attempt.machine,
            )
        )
        self._believe_created(channel, attempt.id, answer)
        if isinstance(answer, AnswerLost):
            _ask_again(channel, answer)

    def query_attempt(self, attempt_id: str) -> None:
        """Ask what became of an attempt."""
        attempt = self._attempt(attempt_id)
        channel = Channel(attempt.channel)
        match self._gateway(channel).query(attempt.id):
            case Paid() as paid:
                self._take(channel, attempt.id, paid)
            case Dead():
                self._end(channel, attempt.id)
            case AnswerLost() as lost:
                _ask_again(channel, lost)

    def close_attempt(self, attempt_id: str) -> None:
        """Ask that nobody may pay an attempt any more; what was paid by then is taken."""
        attempt = self._attempt(attempt_id)
        if attempt.state not in LIVE:
            return
        channel = Channel(attempt.channel)
        match self._gateway(channel).close(attempt.id):
            case Paid() as paid:
                self._take(channel, attempt.id, paid)
            case Dead() | NotKnown():
                self._end(channel, attempt.id)
            case AnswerLost() as lost:
                _ask_again(channel, lost)

    def send_refund(self, refund_id: str) -> None:
        """Ask for money back."""
        refund, attempt = self._refund(refund_id)
        if refund.state not in REFUND_TO_BE_SENT:
            return
        channel = Channel(attempt.channel)
        answer = self._gateway(channel).refund(
            AskedRefund(
                refund.id,
                attempt.id,
                refund.amount_fen,
                attempt.paid_fen,
                self._notified_at(channel),
                attempt.paid_at,
            )
        )
        self._believe_refund(channel, refund.id, answer)

    def query_refund(self, refund_id: str) -> None:
        """Ask what became of a refund; one that never arrived is sent."""
        refund, attempt = self._refund(refund_id)
        if refund.state == RefundState.DONE:
            return
        channel = Channel(attempt.channel)
        answer = self._gateway(channel).query_refund(refund.id, attempt.id)
        self._believe_refund(channel, refund.id, answer)

    def fetch_bill(self, channel: Channel, day: date) -> None:
        """Compare a day with its bill; while there is none, the clock asks again."""
        match self._gateway(channel).bill(day):
            case Bill() as bill:
                with self.database.unit_of_work() as session:
                    compare(session, channel, day, bill)
            case AnswerLost() as lost:
                _ask_again(channel, lost)

    def _believe_created(self, channel: Channel, number: str, answer: CreateAnswer) -> None:
        with self.database.unit_of_work() as session:
            match answer:
                case CodeGiven(code):
                    give_code(session, channel, number, code)
                case Shown():
                    give_code(session, channel, number, None)
                case Paid() as paid:
                    take_payment(session, channel, number, paid, told_by=Teller.QUERY)
                case Dead():
                    end_attempt(session, channel, number, AttemptVerb.CLOSE)
                case Declined(code):
                    end_attempt(session, channel, number, AttemptVerb.REFUSE, why=code)
                case AnswerLost():
                    lose_answer(session, channel, number)

    def _believe_refund(self, channel: Channel, number: str, answer: RefundQueryAnswer) -> None:
        with self.database.unit_of_work() as session:
            match answer:
                case RefundDone() as done:
                    refunds.finish(session, channel, number, done)
                case RefundAccepted():
                    refunds.accept(session, channel, number)
                case Declined(code):
                    refunds.fail(session, channel, number, code)
                case NotKnown() | AnswerLost():
                    refunds.lose(session, channel, number)
        if isinstance(answer, AnswerLost):
            _ask_again(channel, answer)

    def _take(self, channel: Channel, number: str, paid: Paid) -> None:
        with self.database.unit_of_work() as session:
            take_payment(session, channel, number, paid, told_by=Teller.QUERY)

    def _end(self, channel: Channel, number: str) -> None:
        with self.database.unit_of_work() as session:
            end_attempt(session, channel, number, AttemptVerb.CLOSE)

    def _attempt(self, attempt_id: str) -> PaymentAttempt:
        with self.database.reading() as session:
            return session.get_one(PaymentAttempt, attempt_id)

    def _refund(self, refund_id: str) -> tuple[PaymentRefund, PaymentAttempt]:
        with self.database.reading() as session:
            refund = session.get_one(PaymentRefund, refund_id)
            return refund, session.get_one(PaymentAttempt, refund.attempt_id)

    def _gateway(self, channel: Channel) -> PaymentGateway:
        found = self.gateways.get(channel)
        if found is None:
            raise Unavailable("channel_not_connected", channel=channel.value)
        return found

    def _notified_at(self, channel: Channel) -> str:
        return f"{self.origin}{callback_path(channel)}"


def _ask_again(channel: Channel, lost: AnswerLost) -> NoReturn:
    log.warning("payment_answer_lost", channel=channel.value, why=lost.why)
    if lost.baffling:
        raise Conflict("payment_answer_baffling", why=lost.why)
    raise Unavailable("payment_answer_lost")
