"""Three payment channels true to their documents, and notices of theirs as they reach our doors."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kiosk_server.audit.services import SYSTEM, Subject
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.payments.models import PaymentAttempt, PaymentOrder
from kiosk_server.payments.rules import Channel, Origin
from kiosk_server.payments.services import begin_attempt, open_order
from kiosk_server.settings_payments import PaymentTerms
from tests.support import alipay_server, public_payment_server, wechat_pay_server
from tests.support.paying import FEE

CHANNELS = (Channel.WECHAT_PAY, Channel.ALIPAY, Channel.PUBLIC_PAYMENT)
Servers = dict[Channel, Any]


@contextmanager
def three_channels() -> Iterator[Servers]:
    """Serve all three on loopback for the length of the block."""
    with (
        wechat_pay_server.serving() as wechat,
        alipay_server.serving() as alipay,
        public_payment_server.serving() as public,
    ):
        yield dict(zip(CHANNELS, (wechat, alipay, public), strict=True))


def joined(servers: Servers) -> PaymentTerms:
    """What a city is told that has joined all three, and has a cashier that only plays one."""
    wechat, alipay, public = (servers[channel].terms for channel in CHANNELS)
    return PaymentTerms(True, public, wechat, alipay)


def begun(database: Database, channel: Channel) -> str:
    """An order that somebody begins to pay; the number at the channel."""
    with database.unit_of_work() as session:
        order = open_order(
            session,
            subject=Subject("test_thing", new_id()),
            items=[FEE],
            payer_id=None,
            channel=Origin.PHONE,
            by=SYSTEM,
        )
        return begin_attempt(session, order.id, channel, connected=tuple(Channel), by=SYSTEM).id


def sent(server: Any, channel: Channel, number: str, **edits: Any) -> tuple[dict[str, str], bytes]:
    """A notice as its channel sends and signs it, with *edits* that it signs too."""
    if channel is Channel.ALIPAY:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return form, server.notice(number, **edits)
    headers, body = server.notice(number, **edits)
    return headers | {"Content-Type": "application/json"}, body


def state_of(database: Database, number: str) -> str:
    """How the order of an attempt stands."""
    with database.reading() as session:
        attempt = session.get_one(PaymentAttempt, number)
        return session.get_one(PaymentOrder, attempt.order_id).state
