"""What follows from bills: billers asked when an order is paid, asked again, given up."""

from collections.abc import Callable, Mapping
from typing import Protocol

from kiosk_server.bills import chores
from kiosk_server.bills.exchange import BillExchange
from kiosk_server.bills.keeping import forget_bills
from kiosk_server.bills.lanes import BillErrand
from kiosk_server.bills.queries import SUBJECT_KIND
from kiosk_server.bills.services import let_go, pay_begins
from kiosk_server.core.database import Database
from kiosk_server.gateways.biller_simulated import forget_bookings
from kiosk_server.outbox.dispatcher import Handler
from kiosk_server.outbox.leases import Letter
from kiosk_server.payments.events import PaymentEvent


class WithBillers(Protocol):
    """What a handler of bills needs."""

    @property
    def database(self) -> Database:
        """Where bills stand."""
        ...

    @property
    def bill_exchange(self) -> BillExchange:
        """The billers; the same for the life of a worker, whose fuses must remember."""
        ...


def bills_follow(context: WithBillers, letter: Letter) -> None:
    """An order for bills is paid: they are booked. It closed: somebody may pay them again."""
    if letter.payload["subject_kind"] != SUBJECT_KIND:
        return
    order_id = str(letter.payload["order"])
    with context.database.unit_of_work() as session:
        if letter.topic == PaymentEvent.PAID:
            pay_begins(session, order_id)
        elif letter.topic == PaymentEvent.CLOSED:
            let_go(session, order_id)


def look_after_bills(context: WithBillers) -> None:
    """Ask billers who have not told the end, and give up those who were silent for too long."""
    with context.database.unit_of_work() as session:
        chores.ask_silent(session)
    chores.give_up_silent(context.database)


def forget_old_bills(context: WithBillers) -> None:
    """Forget what was asked and never paid, and what was only played."""
    with context.database.unit_of_work() as session:
        forget_bills(session)
        forget_bookings(session)


def _about(deed: Callable[[BillExchange, str], None]) -> Handler[WithBillers]:
    def handle(context: WithBillers, letter: Letter) -> None:
        deed(context.bill_exchange, str(letter.payload["payment"]))

    return handle


BILL_HANDLERS: Mapping[str, Handler[WithBillers]] = {
    BillErrand.BOOK: _about(BillExchange.book),
    BillErrand.REVERSE: _about(BillExchange.reverse),
}
