"""A payments room at work: orders, two channels in memory, the outbox carried out by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlalchemy import func, select

from kiosk_server.audit.services import SYSTEM, Subject
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict, Unavailable
from kiosk_server.core.identifiers import digest, new_id
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.outbox.rules import MessageState
from kiosk_server.payments import chores
from kiosk_server.payments.events import PaymentErrand
from kiosk_server.payments.exchange import Exchange
from kiosk_server.payments.heard import Heard, hear
from kiosk_server.payments.models import (
    LedgerEntry,
    PaymentAttempt,
    PaymentOrder,
    PaymentRefund,
)
from kiosk_server.payments.ports import Believed
from kiosk_server.payments.queries import attempts_of, refunds_of
from kiosk_server.payments.rules import Channel, FeeItem, Movement, Origin
from kiosk_server.payments.services import begin_attempt, close, open_order
from tests.support.pay_channel import FakeChannel

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
"""A Monday, 12:00 in Beijing."""
WECHAT, ALIPAY = Channel.WECHAT_PAY, Channel.ALIPAY
FEE = FeeItem(
    "copy",
    {"zh": "档案复制费", "en": "Copies of records", "ug": "ئارخىپ كۆپەيتىش ھەققى"},
    "测试文件〔2026〕1号",
    1250,
    2,
)
"""Twenty-five yuan, on the basis of a document that there is not."""
FEES_FEN = FEE.amount_fen


@dataclass
class Till:
    """The room over one database."""

    database: Database
    channels: Mapping[Channel, FakeChannel] = field(
        default_factory=lambda: {channel: FakeChannel(channel) for channel in (WECHAT, ALIPAY)}
    )

    @property
    def exchange(self) -> Exchange:
        """What asks the channels."""
        return Exchange(self.database, dict(self.channels), "https://city.example")

    def open(self, subject: str | None = None, **given: object) -> PaymentOrder:
        """Open an order of twenty-five yuan for a thing of its own."""
        with self.database.unit_of_work() as session:
            return open_order(
                session,
                subject=Subject("test_thing", subject or new_id()),
                items=[FEE],
                payer_id=None,
                channel=Origin.PHONE,
                by=SYSTEM,
                request_key=str(given["request_key"]) if "request_key" in given else None,
            )

    def begin(self, order_id: str, channel: Channel = WECHAT) -> PaymentAttempt:
        """Begin to pay an order."""
        with self.database.unit_of_work() as session:
            return begin_attempt(session, order_id, channel, connected=self.channels, by=SYSTEM)

    def close(self, order_id: str) -> None:
        """Let an order go."""
        with self.database.unit_of_work() as session:
            close(session, order_id, by=SYSTEM)

    def work(self) -> None:
        """Carry out what stands in the outbox, once each; what fails waits for the next time."""
        with self.database.reading() as session:
            wanted = select(OutboxMessage).where(
                OutboxMessage.state == MessageState.READY.value,
                OutboxMessage.topic.in_(sorted(PaymentErrand)),
            )
            waiting = session.scalars(wanted.order_by(OutboxMessage.id)).all()
        for message in waiting:
            if self._carried_out(message.topic, message.payload):
                with self.database.unit_of_work() as session:
                    session.get_one(OutboxMessage, message.id).state = MessageState.DONE

    def _carried_out(self, topic: str, payload: dict[str, str]) -> bool:
        does = {
            PaymentErrand.ATTEMPT: lambda: self.exchange.send_attempt(payload["attempt"]),
            PaymentErrand.QUERY: lambda: self.exchange.query_attempt(payload["attempt"]),
            PaymentErrand.CLOSE: lambda: self.exchange.close_attempt(payload["attempt"]),
            PaymentErrand.REFUND: lambda: self.exchange.send_refund(payload["refund"]),
            PaymentErrand.REFUND_QUERY: lambda: self.exchange.query_refund(payload["refund"]),
            PaymentErrand.BILL: lambda: self.exchange.fetch_bill(
                Channel(payload["channel"]), date.fromisoformat(payload["day"])
            ),
        }
        try:
            does[PaymentErrand(topic)]()
        except (Conflict, Unavailable):
            return False
        return True

    def tick(self) -> None:
        """Let the clock's chores run, and what they ask for."""
        chores.close_overdue(self.database)
        with self.database.unit_of_work() as session:
            chores.ask_silent(session)
        self.work()

    def hear(self, channel: Channel, notice: Believed, *, sent: str | None = None) -> Heard:
        """Take a notice in; *sent* names the bytes that it came in."""
        with self.database.unit_of_work() as session:
            return hear(session, channel, notice, digest=digest(sent or new_id()), body="{}")

    def paid(self, channel: Channel = WECHAT) -> tuple[str, str]:
        """Bring an order to be paid; return it, and its attempt."""
        order = self.open()
        attempt = self.begin(order.id, channel)
        self.work()
        self.channels[channel].pay(attempt.id)
        self.hear(channel, self.channels[channel].notice(attempt.id))
        return order.id, attempt.id

    def order(self, order_id: str) -> PaymentOrder:
        """An order as it stands."""
        with self.database.reading() as session:
            return session.get_one(PaymentOrder, order_id)

    def attempts(self, order_id: str) -> list[PaymentAttempt]:
        """Its attempts."""
        with self.database.reading() as session:
            return attempts_of(session, order_id)

    def refunds(self, order_id: str) -> list[PaymentRefund]:
        """What was asked back of it."""
        with self.database.reading() as session:
            return refunds_of(session, order_id)

    def balance(self) -> int:
        """What the ledger says that we have, in fen."""
        with self.database.reading() as session:
            sums = {
                movement: session.scalar(
                    select(func.coalesce(func.sum(LedgerEntry.amount_fen), 0)).where(
                        LedgerEntry.movement == movement.value
                    )
                )
                for movement in Movement
            }
        return int(sums[Movement.RECEIVED] or 0) - int(sums[Movement.RETURNED] or 0)

    def held_by_channels(self) -> int:
        """What the channels say that we have, in fen."""
        came = sum(p.amount_fen for c in self.channels.values() for p in c.paid.values())
        back = sum(d.amount_fen for c in self.channels.values() for _, d in c.returned.values())
        return came - back

    def kept_fen(self) -> int:
        """What the orders say that we may keep, in fen."""
        with self.database.reading() as session:
            paid = session.scalars(
                select(PaymentOrder).where(PaymentOrder.paid_at.is_not(None))
            ).all()
        return sum(order.amount_fen - order.returned_fen for order in paid)
