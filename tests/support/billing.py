"""A room of bills at work: a biller and two channels in memory, the outbox done by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import Actor
from kiosk_server.bill_reactions import BILL_HANDLERS, bills_follow, look_after_bills
from kiosk_server.bills.billers import billers
from kiosk_server.bills.exchange import BillExchange
from kiosk_server.bills.life import BillState
from kiosk_server.bills.models import BillPayment
from kiosk_server.bills.queries import payments_of_order
from kiosk_server.bills.rules import Asked, BillsFound, FoundBill
from kiosk_server.bills.services import ask, pay
from kiosk_server.core.database import Database
from kiosk_server.core.errors import KioskError
from kiosk_server.core.identifiers import new_id
from kiosk_server.outbox.leases import Letter
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.outbox.rules import MessageState
from kiosk_server.payments.events import PaymentEvent
from kiosk_server.payments.exchange import Exchange
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.rules import Origin
from tests.support.biller_fake import FakeBiller
from tests.support.paying import WECHAT, Till

WATER, SOCIAL = "sample-water", "sample-social"
ACCOUNT, NEIGHBOUR = "1010009901", "1010009902"
TERMINAL = Actor("terminal", "terminal-of-test", terminal_id="terminal-of-test")


@dataclass
class Billing:
    """The room over one database."""

    database: Database
    biller: FakeBiller = field(default_factory=FakeBiller)

    def __post_init__(self) -> None:
        self.till = Till(self.database)
        gateways = {each.gateway: self.biller for each in billers()}
        self.bill_exchange = BillExchange(self.database, gateways)

    @property
    def exchange(self) -> Exchange:
        """What asks the channels."""
        return self.till.exchange

    def owes(self, *fens: int, account: str = ACCOUNT) -> None:
        """Let an account owe amounts, each for a month of its own and under a number of its own."""
        self.biller.owed[account] = {
            f"{new_id()}-2026-{month:02}": fen for month, fen in enumerate(fens, 1)
        }

    def ask(self, account: str = ACCOUNT, *, biller: str = WATER, by: Actor = TERMINAL) -> Asked:
        """Ask what an account owes."""
        return ask(self.database, self.bill_exchange.gateways, biller, account, by=by)

    def found(self, account: str = ACCOUNT, *, biller: str = WATER) -> tuple[FoundBill, ...]:
        """Return what an account owes, which is something."""
        told = self.ask(account, biller=biller)
        assert isinstance(told, BillsFound)
        return told.bills

    def order(
        self,
        bills: Sequence[FoundBill],
        *,
        payer_id: str | None = None,
        request_key: str | None = None,
    ) -> PaymentOrder:
        """Put bills into an order."""
        with self.database.unit_of_work() as session:
            return pay(
                session,
                [bill.id for bill in bills],
                payer_id=payer_id,
                origin=Origin.KIOSK,
                by=TERMINAL,
                request_key=request_key,
            )

    def pay(self, order_id: str) -> None:
        """Let somebody pay an order, and its channel tell of it."""
        attempt = self.till.begin(order_id)
        self.till.work()
        self.till.channels[WECHAT].pay(attempt.id)
        self.till.hear(WECHAT, self.till.channels[WECHAT].notice(attempt.id))

    def paid(self, *fens: int, account: str = ACCOUNT, payer_id: str | None = None) -> list[str]:
        """Bring bills to be paid, with their biller not asked yet; return their payments."""
        self.owes(*fens, account=account)
        order = self.order(self.found(account), payer_id=payer_id)
        self.pay(order.id)
        self.follow()
        return [payment.id for payment in self.payments(order.id)]

    def follow(self) -> None:
        """Let bills follow what happened to their orders."""
        for letter in self._waiting(tuple(PaymentEvent)):
            bills_follow(self, letter)
            self._done(letter)

    def work(self) -> None:
        """Carry out what billers and channels are asked, once each; what fails waits."""
        self.till.work()
        self.follow()
        for letter in self._waiting(tuple(BILL_HANDLERS)):
            try:
                BILL_HANDLERS[letter.topic](self, letter)
            except KioskError:
                continue
            self._done(letter)
        self.till.work()

    def tick(self) -> None:
        """Let the clock's chores run, and what they ask for."""
        self.till.tick()
        look_after_bills(self)
        self.work()

    def payments(self, order_id: str) -> list[BillPayment]:
        """The payments of an order's bills as they stand."""
        with self.database.reading() as session:
            return payments_of_order(session, order_id)

    def payment(self, payment_id: str) -> BillPayment:
        """One of them."""
        with self.database.reading() as session:
            return session.get_one(BillPayment, payment_id)

    def state(self, payment_id: str) -> BillState:
        """How it stands."""
        return BillState(self.payment(payment_id).state)

    def returned_fen(self, payment_id: str) -> int:
        """What of a payment's order has gone back at its channel, in fen."""
        return self.till.order(self.payment(payment_id).order_id).returned_fen

    def audited(self, event: str) -> int:
        """How often something was written down."""
        with self.database.reading() as session:
            wanted = select(AuditEntry).where(AuditEntry.event == event)
            return len(session.scalars(wanted).all())

    def _waiting(self, topics: Sequence[str]) -> list[Letter]:
        with self.database.reading() as session:
            wanted = select(OutboxMessage).where(
                OutboxMessage.state == MessageState.READY.value,
                OutboxMessage.topic.in_([str(topic) for topic in topics]),
            )
            rows = session.scalars(wanted.order_by(OutboxMessage.id)).all()
        return [Letter(row.id, row.topic, row.payload, 1) for row in rows]

    def _done(self, letter: Letter) -> None:
        with self.database.unit_of_work() as session:
            session.get_one(OutboxMessage, letter.id).state = MessageState.DONE


HOURS = timedelta(hours=1)
