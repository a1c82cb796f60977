"""What follows for results: orders paid, closed and paid back; parcels that arrived; time over."""

from collections.abc import Callable, Mapping
from typing import Protocol

from sqlalchemy.orm import Session

from kiosk_server.core.database import Database
from kiosk_server.deliveries.lanes import DELIVERY_ARRIVED
from kiosk_server.outbox.dispatcher import Handler
from kiosk_server.outbox.leases import Letter
from kiosk_server.payments.case_fees import CASE
from kiosk_server.payments.events import PaymentEvent
from kiosk_server.results.print_or_refund import (
    after_arrival,
    after_closing,
    after_payment,
    after_refund,
    return_unprinted,
)


class WithResults(Protocol):
    """What a handler of results needs."""

    @property
    def database(self) -> Database:
        """Where results stand."""
        ...


_FOLLOWS: Mapping[str, Callable[[Session, str], None]] = {
    PaymentEvent.PAID: after_payment,
    PaymentEvent.CLOSED: after_closing,
    PaymentEvent.REFUNDED: after_refund,
}


def results_follow(context: WithResults, letter: Letter) -> None:
    """An order for a case's paper is paid, closed or paid back: the paper goes, or goes no more."""
    deed = _FOLLOWS.get(letter.topic)
    if deed is not None and letter.payload["subject_kind"] == CASE:
        with context.database.unit_of_work() as session:
            deed(session, str(letter.payload["subject_id"]))


def after_delivery(context: WithResults, letter: Letter) -> None:
    """A parcel is with its resident: the case whose result it brought is complete."""
    with context.database.unit_of_work() as session:
        after_arrival(session, str(letter.payload["delivery"]))


def look_after_results(context: WithResults) -> None:
    """Give back what was paid for papers that did not come in their time."""
    with context.database.unit_of_work() as session:
        return_unprinted(session)


RESULT_HANDLERS: Mapping[str, Handler[WithResults]] = {DELIVERY_ARRIVED: after_delivery}
