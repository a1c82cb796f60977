"""
A POS that only plays one (模拟 POS): no sum is shown and no card read; a button is the card.

No money moves, and the window's page says so. It keeps its sales where the cashier that only plays
one keeps his orders, each with its machine's number. Absent in production.

    present_card(session, number)    the button
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import NotFound
from kiosk_server.core.identifiers import digest
from kiosk_server.gateways.models import SimulatedPayment
from kiosk_server.gateways.pay_simulated import SimulatedPayments, movements_of
from kiosk_server.outbox.services import emit
from kiosk_server.payments.events import PaymentErrand
from kiosk_server.payments.ports import (
    AskedRefund,
    CloseAnswer,
    Dead,
    Notice,
    NoticeForged,
    Paid,
    QueryAnswer,
    RefundAnswer,
    RefundQueryAnswer,
    Shown,
)
from kiosk_server.payments.pos import AskedSale, DayAnswer, DayTotals, SaleAnswer
from kiosk_server.payments.rules import Channel, Movement


class SimulatedPos:
    """Machines that are not there, one at each window."""

    simulated = True

    def __init__(self, database: Database, origin: str) -> None:
        self._database = database
        self._orders = SimulatedPayments(database, origin)

    def machine_at(self, window_id: str) -> str | None:
        """Return a number that says what it is."""
        return f"SIM-{window_id}"[:40]

    def sale(self, asked: AskedSale) -> SaleAnswer:
        """Keep a sum as if a machine showed it."""
        with self._database.unit_of_work() as session:
            if session.get(SimulatedPayment, asked.number) is None:
                session.add(
                    SimulatedPayment(
                        id=asked.number,
                        token_digest=digest(asked.number),
                        title=asked.title,
                        amount_fen=asked.amount_fen,
                        expires_at=asked.expires_at,
                        machine=asked.machine,
                    )
                )
                return Shown()
        standing = self.ask(asked.number)
        return standing if isinstance(standing, Paid | Dead) else Shown()

    def ask(self, number: str) -> QueryAnswer:
        """Say how a sale stands."""
        return self._orders.query(number)

    def cancel(self, number: str) -> CloseAnswer:
        """Let a sale go, unless the card was presented."""
        return self._orders.close(number)

    def void(self, asked: AskedRefund) -> RefundAnswer:
        """Undo what never was."""
        return self._orders.refund(asked)

    def give_back(self, asked: AskedRefund) -> RefundAnswer:
        """Give back what never came."""
        return self._orders.refund(asked)

    def ask_back(self, number: str) -> RefundQueryAnswer:
        """Say what became of it."""
        return self._orders.query_refund(number, "")

    def settle_day(self, day: date) -> DayAnswer:
        """Return the day of all machines."""
        with self._database.reading() as session:
            lines = movements_of(session, day, at_machines=True)
        sums = dict.fromkeys(Movement, 0)
        for line in lines:
            sums[line.movement] += line.amount_fen
        return DayTotals(lines, sums[Movement.RECEIVED], sums[Movement.RETURNED])

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Believe none: the button lets the worker ask."""
        return NoticeForged("no_notices")


def present_card(session: Session, number: str) -> None:
    """Pay a sale as if a card had been presented; `NotFound("order_not_found")` for no sale."""
    sale = session.get(SimulatedPayment, number, with_for_update=True)
    if sale is None or sale.machine is None:
        raise NotFound("order_not_found")
    now = clock.now()
    if sale.paid_at is None and sale.closed_at is None and now < sale.expires_at:
        sale.paid_at = now
    emit(session, PaymentErrand.QUERY, {"attempt": sale.id}, lane=Channel.BANK_POS.slug)
