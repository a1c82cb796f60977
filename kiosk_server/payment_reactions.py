"""What follows from payments: channels asked, asked again, asked for bills; payers told."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Protocol

from kiosk_server.core.database import Database
from kiosk_server.gateways import pay_simulated
from kiosk_server.notices.rules import Topic
from kiosk_server.notices.services import tell
from kiosk_server.outbox.dispatcher import Handler
from kiosk_server.outbox.leases import Letter
from kiosk_server.payments import chores
from kiosk_server.payments.events import PaymentErrand, PaymentEvent
from kiosk_server.payments.exchange import Exchange
from kiosk_server.payments.heard import forget_notices
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.rules import Channel


class WithPayments(Protocol):
    """What a handler of payments needs."""

    @property
    def database(self) -> Database:
        """Where orders stand."""
        ...

    @property
    def exchange(self) -> Exchange:
        """The channels; the same for the life of a worker, whose fuses must remember."""
        ...


def fetch_bill(context: WithPayments, letter: Letter) -> None:
    """A day is over: its bill is fetched and compared with our book."""
    day = date.fromisoformat(str(letter.payload["day"]))
    context.exchange.fetch_bill(Channel(str(letter.payload["channel"])), day)


def tell_payer(topic: Topic) -> Handler[WithPayments]:
    """Return the handler that tells whoever pays of *topic*; the letter's id keeps it single."""

    def handle(context: WithPayments, letter: Letter) -> None:
        with context.database.unit_of_work() as session:
            order = session.get_one(PaymentOrder, str(letter.payload["order"]))
            if order.payer_id is not None:
                tell(session, order.payer_id, topic, order.id)

    return handle


def look_after_payments(context: WithPayments) -> None:
    """Ask channels that have not spoken, and close orders whose time is over."""
    with context.database.unit_of_work() as session:
        chores.ask_silent(session)
    chores.close_overdue(context.database)


def ask_bills(context: WithPayments) -> None:
    """Ask every channel for the bills of the last days; what was compared today is not asked."""
    with context.database.unit_of_work() as session:
        chores.ask_bills(session, context.exchange.gateways)


def forget_old_payments(context: WithPayments) -> None:
    """Forget notices that nobody can question, and what was only played."""
    with context.database.unit_of_work() as session:
        forget_notices(session)
        pay_simulated.forget_payments(session)


def _about(deed: Callable[[Exchange, str], None], key: str) -> Handler[WithPayments]:
    def handle(context: WithPayments, letter: Letter) -> None:
        deed(context.exchange, str(letter.payload[key]))

    return handle


PAYMENT_HANDLERS: Mapping[str, Handler[WithPayments]] = {
    PaymentErrand.ATTEMPT: _about(Exchange.send_attempt, "attempt"),
    PaymentErrand.QUERY: _about(Exchange.query_attempt, "attempt"),
    PaymentErrand.CLOSE: _about(Exchange.close_attempt, "attempt"),
    PaymentErrand.REFUND: _about(Exchange.send_refund, "refund"),
    PaymentErrand.REFUND_QUERY: _about(Exchange.query_refund, "refund"),
    PaymentErrand.BILL: fetch_bill,
    PaymentEvent.PAID: tell_payer(Topic.PAYMENT_PAID),
    PaymentEvent.CLOSED: tell_payer(Topic.PAYMENT_CLOSED),
    PaymentEvent.REFUNDED: tell_payer(Topic.PAYMENT_REFUNDED),
    PaymentEvent.CASH_WAITS: tell_payer(Topic.PAYMENT_CASH_WAITS),
}
