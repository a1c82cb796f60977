"""
Who would have money counted that did not come: signed words that do not fit, words of another
order, old words, and refunds that nobody did. Refused, and in the audit; the order stands still.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.gateways import region_signature
from kiosk_server.payments import refunds
from kiosk_server.payments.models import LedgerEntry, PaymentAttempt, PaymentOrder, PaymentRefund
from kiosk_server.payments.rules import Channel, RefundReason
from kiosk_server.payments.settling import lock_order
from kiosk_server.settings import Settings
from tests.support.pay_doors import (
    CHANNELS,
    Servers,
    begun,
    joined,
    sent,
    state_of,
    three_channels,
)
from tests.support.phone import carry_out

TELLS_OF_REFUNDS = (Channel.WECHAT_PAY, Channel.PUBLIC_PAYMENT)
OTHER_AMOUNT: dict[Channel, dict[str, Any]] = {
    Channel.WECHAT_PAY: {"amount": {"total": 1, "currency": "CNY"}},
    Channel.ALIPAY: {"total_amount": "0.01"},
    Channel.PUBLIC_PAYMENT: {"amount_fen": 1},
}


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """The three channels on loopback."""
    with three_channels() as found:
        yield found


@pytest.fixture
def settings(database_url: str, tmp_path: Path, servers: Servers) -> Settings:
    """A development server with three channels."""
    return Settings(
        database_url=database_url, instance=tmp_path / "instance", payments=joined(servers)
    )


def waiting(app: Flask, channel: Channel) -> str:
    """An order with a code at *channel*; its number there."""
    database: Database = app.extensions["kiosk_database"]
    number = begun(database, channel)
    carry_out(database, app.extensions["kiosk_settings"])
    return number


def tell(client: FlaskClient, channel: Channel, told: tuple[dict[str, str], bytes]) -> int:
    """Post a notice; return the status of the answer."""
    headers, body = told
    return client.post(f"/callbacks/{channel.slug}", data=body, headers=headers).status_code


def audited(database: Database, event: AuditEvent) -> int:
    """How often the audit tells of *event*."""
    with database.reading() as session:
        return session.scalar(select(func.count()).where(AuditEntry.event == event.value)) or 0


def movements(database: Database) -> int:
    """How many lines the ledger has."""
    with database.reading() as session:
        return session.scalar(select(func.count(LedgerEntry.id))) or 0


@pytest.mark.policy("P43")
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_signed_notice_of_another_amount_pays_nothing(
    app: Flask, client: FlaskClient, database: Database, servers: Servers, channel: Channel
) -> None:
    """One fen for twenty-five yuan: doubted, audited, and the channel itself is asked."""
    number = waiting(app, channel)
    servers[channel].pay(number)
    told = sent(servers[channel], channel, number, **OTHER_AMOUNT[channel])
    assert tell(client, channel, told) < 300
    assert (state_of(database, number), movements(database)) == ("waiting", 0)
    assert audited(database, AuditEvent.PAYMENT_DOUBTED) == 1
    carry_out(database, app.extensions["kiosk_settings"])
    assert (state_of(database, number), movements(database)) == ("paid", 1)


@pytest.mark.policy("P43")
@pytest.mark.parametrize("channel", CHANNELS)
def test_one_payment_does_not_pay_two_orders(
    app: Flask, client: FlaskClient, database: Database, servers: Servers, channel: Channel
) -> None:
    """The channel's own number of a payment, told again for another order: doubted."""
    paid, unpaid = waiting(app, channel), waiting(app, channel)
    servers[channel].pay(paid)
    assert tell(client, channel, sent(servers[channel], channel, paid)) < 300
    assert tell(client, channel, told_of_another(servers[channel], channel, paid, unpaid)) < 300
    assert (state_of(database, paid), state_of(database, unpaid)) == ("paid", "waiting")
    assert (movements(database), audited(database, AuditEvent.PAYMENT_DOUBTED)) == (1, 1)


@pytest.mark.policy("P43")
@pytest.mark.parametrize("channel", TELLS_OF_REFUNDS)
def test_an_old_notice_is_not_believed(
    app: Flask,
    client: FlaskClient,
    database: Database,
    servers: Servers,
    monkeypatch: pytest.MonkeyPatch,
    channel: Channel,
) -> None:
    """Caught on its way and sent an hour later, it is refused and audited: it may be another's."""
    number = waiting(app, channel)
    servers[channel].pay(number)
    told = sent(servers[channel], channel, number)
    later = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert tell(client, channel, told) == 401
    assert (state_of(database, number), movements(database)) == ("waiting", 0)
    assert audited(database, AuditEvent.PAYMENT_NOTICE_FORGED) == 1


@pytest.mark.policy("P43")
@pytest.mark.parametrize("channel", TELLS_OF_REFUNDS)
def test_a_refund_that_nobody_did_is_not_counted(
    app: Flask, client: FlaskClient, database: Database, servers: Servers, channel: Channel
) -> None:
    """Forged, of nothing of ours, of another sum: no fen leaves the book, and a person is asked."""
    number, server = waiting(app, channel), servers[channel]
    server.pay(number)
    tell(client, channel, sent(server, channel, number))
    asked = ask_back(database, number)
    carry_out(database, app.extensions["kiosk_settings"])
    counted = movements(database)
    forged = dict(server.refund_notice(asked)[0])
    forged[signature_of(channel)] = forged[signature_of(channel)][::-1]
    assert tell(client, channel, (forged, server.refund_notice(asked)[1])) == 401
    assert audited(database, AuditEvent.PAYMENT_NOTICE_FORGED) == 1
    second = ask_back(database, number)
    row = dict(server.refunds[asked])
    if channel is Channel.WECHAT_PAY:
        row |= {"out_refund_no": second, "amount": row["amount"] | {"refund": 1_000_000}}
    else:
        row |= {"amount_fen": 1_000_000}
    for made_up in ("0" * 26, second):
        if channel is Channel.WECHAT_PAY:
            row["out_refund_no"] = made_up
        server.refunds[made_up] = row
        assert tell(client, channel, server.refund_notice(made_up)) < 300
        del server.refunds[made_up]
    assert movements(database) == counted
    with database.reading() as session:
        assert session.get_one(PaymentRefund, second).failed_for == "amount"
    assert audited(database, AuditEvent.PAYMENT_REFUND_FAILED) == 1


def told_of_another(
    server: Any, channel: Channel, paid: str, unpaid: str
) -> tuple[dict[str, str], bytes]:
    """What a channel says of one order's payment, signed as if it were another's."""
    if channel is not Channel.PUBLIC_PAYMENT:
        return sent(server, channel, paid, out_trade_no=unpaid)
    return sent(server, channel, unpaid, **server.orders[paid])


def ask_back(database: Database, number: str) -> str:
    """Ask one fen of an attempt back; return the refund's number."""
    with database.unit_of_work() as session:
        attempt = session.get_one(PaymentAttempt, number)
        order: PaymentOrder = lock_order(session, attempt.order_id)
        made = refunds.refund(session, order, reason=RefundReason.OWN_WISH, by=SYSTEM, amount_fen=1)
        return made.id


def signature_of(channel: Channel) -> str:
    """The header that a notice of *channel* is signed by."""
    wechat = channel is Channel.WECHAT_PAY
    return "Wechatpay-Signature" if wechat else region_signature.SIGNATURE
