"""
Money: orders opened and begun, and notices that pay them, each a second.

Against bare Flask routes with the same writes in raw SQL: no sign-in, no signature, no rules, no
second look. What a channel does to sign its notices costs the server nothing. Rows, keys, indexes
and the file's pragmas are the same: audit, outbox and the notice itself are among what the bare
route writes, and what is overwritten is wiped for it, too.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import psycopg
from flask import Flask, request
from sqlalchemy import make_url

from kiosk_server.app import create_app
from kiosk_server.audit.services import SYSTEM, Subject
from kiosk_server.core.database import Database, canonical_json
from kiosk_server.core.identifiers import digest, new_id
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.rules import Channel, Origin
from kiosk_server.payments.services import begin_attempt, open_order
from kiosk_server.settings import Settings
from kiosk_server.settings_payments import PaymentTerms
from mobile_api.doors import PREFIX
from tests.bench.ground import fresh_ground, fresh_postgres
from tests.bench.side_by_side import Measured, seconds_in_turns
from tests.support.crowd import phones
from tests.support.paying import FEE, FEES_FEN
from tests.support.public_payment_server import PublicPaymentServer
from tests.support.wechat_pay_server import WechatPayServer

ORDERS = 40
ROUNDS = 7
WITHOUT_CHECKS = "a bare route, the same writes in raw SQL, unsigned"
_ORDER = """
INSERT INTO payment_order (id, subject_kind, subject_id, payer_id, amount_fen, returned_fen, state,
    origin, opened_at, expires_at)
VALUES (?, 'test_thing', ?, ?, ?, 0, 'opened', 'phone', ?, ?)
"""
_ITEM = """
INSERT INTO payment_item (order_id, place, code, names, basis, unit_fen, quantity)
VALUES (?, 0, ?, ?, ?, ?, ?)
"""
_AUDIT = """
INSERT INTO audit_entry (at, event, actor_kind, actor_id, subject_kind, subject_id, facts)
VALUES (?, ?, 'system', 'system', 'payment_order', ?, ?)
"""
_STATE = "UPDATE payment_order SET state = ? WHERE id = ?"
_ATTEMPT = """
INSERT INTO payment_attempt (id, order_id, channel, amount_fen, state, asked_at, ask_next_at,
    paid_fen, counted, refund_fen)
VALUES (?, ?, ?, ?, 'asked', ?, ?, 0, ?, 0)
"""
_OUTBOX = """
INSERT INTO outbox_message (id, topic, lane, payload, dedup, state, attempts, due, created_at)
VALUES (?, ?, ?, ?, ?, 'ready', 0, ?, ?)
"""
_NOTICE = """
INSERT INTO payment_notice (id, channel, digest, number, outcome, times, body_sealed, came_at)
VALUES (?, ?, ?, ?, 'counted', 1, ?, ?)
"""
_OF = "SELECT order_id FROM payment_attempt WHERE id = ?"
_PAID = """
UPDATE payment_attempt SET state = 'paid', reference = ?, paid_fen = ?, paid_at = ?,
    ask_next_at = NULL, counted = ? WHERE id = ?
"""
_LEDGER = """
INSERT INTO payment_ledger (id, channel, movement, number, reference, attempt_id, amount_fen, at)
VALUES (?, ?, 'received', ?, ?, ?, ?, ?)
"""
_ORDER_PAID = "UPDATE payment_order SET state = 'paid', paid_at = ? WHERE id = ?"
_RECEIPT = "INSERT INTO payment_receipt (id, order_id, issued_at) VALUES (?, ?, ?)"

Execute = Callable[[str, tuple[object, ...]], Any]
Notice = tuple[dict[str, str], bytes]


def measure() -> Iterator[Measured]:
    """Yield orders and notices per second, on a SQLite file and on PostgreSQL."""
    with fresh_ground() as (settings, database):
        address = settings.database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(address, isolation_level=None)) as raw:
            for pragma in ("synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
                raw.execute(f"PRAGMA {pragma}")
            yield from _measured("SQLite", Desk(settings, database, raw.execute))
    with fresh_postgres() as (settings, database):
        url = make_url(settings.database_url).set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(), autocommit=True) as connection:

            def execute(statement: str, values: tuple[object, ...]) -> object:
                return connection.execute(statement.replace("?", "%s").encode(), values)

            yield from _measured("PostgreSQL", Desk(settings, database, execute))


@dataclass
class Desk:
    """Where fees are asked for and notices come in: ours, and the least that can do it."""

    settings: Settings
    database: Database
    execute: Execute
    public: PublicPaymentServer = field(default_factory=lambda: PublicPaymentServer(url=_NOWHERE))
    wechat: WechatPayServer = field(default_factory=lambda: WechatPayServer(url=_NOWHERE))
    notices: list[Notice] = field(default_factory=list)

    def __post_init__(self) -> None:
        terms = PaymentTerms(public_payment=self.public.terms, wechat_pay=self.wechat.terms)
        self.app = create_app(replace(self.settings, payments=terms))
        self.ours, self.bare = self.app.test_client(), _bare(self.execute).test_client()
        with self.database.unit_of_work() as session:
            ((self.payer, self.token),) = phones(session, 1).items()

    def open(self) -> PaymentOrder:
        """Open an order of the one who pays all."""
        with self.database.unit_of_work() as session:
            return open_order(
                session,
                subject=Subject("test_thing", new_id()),
                items=[FEE],
                payer_id=self.payer,
                channel=Origin.PHONE,
                by=SYSTEM,
            )

    def orders(self) -> None:
        """Open orders, and begin to pay each through its door."""
        signed = {"Authorization": f"Bearer {self.token}"}
        asked = {"channel": Channel.PUBLIC_PAYMENT.value}
        for _ in range(ORDERS):
            path = f"{PREFIX}/payments/{self.open().id}/attempts"
            assert self.ours.post(path, json=asked, headers=signed).status_code == 201

    def bare_orders(self) -> None:
        """The same, with nothing asked."""
        for _ in range(ORDERS):
            assert self.bare.post("/orders", json={"payer": self.payer}).status_code == 200

    def have_paid(self, channel: Channel) -> None:
        """Let people pay, and a channel write a notice of each."""
        self.notices.clear()
        for _ in range(ORDERS):
            order = self.open()
            with self.database.unit_of_work() as session:
                number = begin_attempt(
                    session, order.id, channel, connected=(channel,), by=SYSTEM
                ).id
            self.notices.append(self._notice(channel, number))

    def hear(self, channel: Channel) -> None:
        """Let the notices come in."""
        taken = 204 if channel is Channel.WECHAT_PAY else 200
        for headers, body in self.notices:
            answer = self.ours.post(f"/callbacks/{channel.slug}", data=body, headers=headers)
            assert answer.status_code == taken, answer.text

    def bare_hear(self, channel: Channel) -> None:
        """The same, with nothing checked: its notices are plain words."""
        for headers, body in self.notices:
            path = f"/notices/{channel.value}"
            said = {"X-Number": headers["X-Number"]}
            answer = self.bare.post(path, data=body, headers=said)
            assert answer.status_code == 200

    def _notice(self, channel: Channel, number: str) -> Notice:
        if channel is Channel.WECHAT_PAY:
            self.wechat.orders[number] = {
                "appid": self.wechat.terms.app_id,
                "mchid": self.wechat.terms.merchant_id,
                "out_trade_no": number,
                "trade_state": "NOTPAY",
                "amount": {"total": FEES_FEN, "currency": "CNY"},
            }
            self.wechat.pay(number)
            headers, body = self.wechat.notice(number)
        else:
            self.public.orders[number] = {"answer": "waiting", "amount_fen": FEES_FEN}
            self.public.pay(number)
            headers, body = self.public.notice(number)
        return {**headers, "Content-Type": "application/json", "X-Number": number}, body


_NOWHERE = "http://127.0.0.1:9"


def _measured(engine: str, desk: Desk) -> Iterator[Measured]:
    seconds = seconds_in_turns(desk.orders, desk.bare_orders, rounds=ROUNDS)
    rates = ORDERS / seconds[0], ORDERS / seconds[1]
    yield Measured(f"orders opened and begun, {engine}", *rates, "/s", WITHOUT_CHECKS)
    for channel in (Channel.PUBLIC_PAYMENT, Channel.WECHAT_PAY):
        seconds = seconds_in_turns(
            partial(desk.hear, channel),
            partial(desk.bare_hear, channel),
            rounds=ROUNDS,
            prepare=partial(desk.have_paid, channel),
        )
        rates = ORDERS / seconds[0], ORDERS / seconds[1]
        name = f"notices of {channel.slug} that pay, {engine}"
        yield Measured(name, *rates, "/s", WITHOUT_CHECKS)
    desk.app.extensions["kiosk_database"].dispose()


def _bare(execute: Execute) -> Flask:
    """The least that can take an order and a notice."""
    app = Flask("bare")
    names = canonical_json(dict(FEE.names))

    @app.post("/orders")
    def orders() -> dict[str, str]:
        order, attempt, asked = new_id(), new_id(), request.get_json()
        now, later = _plain(), _plain(timedelta(minutes=30))
        channel, facts = Channel.PUBLIC_PAYMENT, canonical_json({"subject": "test_thing"})
        execute("BEGIN", ())
        execute(_ORDER, (order, new_id(), asked["payer"], FEES_FEN, now, later))
        execute(_ITEM, (order, FEE.code, names, FEE.basis, FEE.unit_fen, FEE.quantity))
        execute(_AUDIT, (now, "payment.opened", order, facts))
        execute("COMMIT", ())
        execute("BEGIN", ())
        execute(_STATE, ("waiting", order))
        execute(_ATTEMPT, (attempt, order, channel.value, FEES_FEN, now, later, False))
        told = canonical_json({"attempt": attempt})
        message = (new_id(), "payment.attempt_asked", channel.slug, told, None, now, now)
        execute(_OUTBOX, message)
        execute(_AUDIT, (now, "payment.begun", order, facts))
        execute("COMMIT", ())
        return {"id": attempt}

    @app.post("/notices/<channel>")
    def notices(channel: str) -> dict[str, str]:
        body, number, now = request.get_data(), request.headers["X-Number"], _plain()
        reference, day = f"r-{number}", now[:10].replace("-", "")
        facts = canonical_json({"subject": "test_thing", "channel": channel})
        execute("BEGIN", ())
        ((order,),) = execute(_OF, (number,)).fetchall()
        execute(_NOTICE, (new_id(), channel, digest(body.decode()), number, body, now))
        execute(_PAID, (reference, FEES_FEN, now, True, number))
        execute(_LEDGER, (new_id(), channel, number, reference, number, FEES_FEN, now))
        execute(_ORDER_PAID, (now, order))
        execute(_RECEIPT, (f"{day}-{number[-11:]}", order, now))
        execute(_AUDIT, (now, "payment.paid", order, facts))
        told = canonical_json({"order": order})
        name = f"payment.paid:{order}"
        execute(_OUTBOX, (new_id(), "payment.paid", "house", told, name, now, now))
        execute("COMMIT", ())
        return {"answer": "taken"}

    return app


def _plain(ahead: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + ahead).replace(tzinfo=None).isoformat(" ")
