"""The verdicts over stories of money: whatever is broken in our books, they say so."""

import random
from collections.abc import Callable

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import digest, new_id
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.payments import refunds
from kiosk_server.payments.heard import Heard, hear
from kiosk_server.payments.models import (
    LedgerEntry,
    PaymentAttempt,
    PaymentDay,
    PaymentOrder,
    PaymentReceipt,
)
from kiosk_server.payments.ports import Bill, NoticeOfPayment, Paid
from kiosk_server.payments.reconciling import compare
from kiosk_server.payments.rules import Channel, Moved, Movement
from tests.money.channel_books import PublicBooks
from tests.money.channels import RoughChannel
from tests.money.verdict import verdict_of
from tests.support.money_story import Story
from tests.support.pay_doors import begun
from tests.support.paying import FEES_FEN
from tests.support.public_payment_server import PublicPaymentServer

AT = Channel.PUBLIC_PAYMENT
pytestmark = [pytest.mark.policy("P43"), pytest.mark.parametrize("engine_name", ["sqlite"])]


def count_another(session: Session) -> None:
    """Without the database's own rule, a second payment pays the same order."""
    session.execute(text("DROP INDEX ix_payment_attempt_counted_once"))
    row = session.execute(select(PaymentAttempt.__table__)).mappings().one()
    second = {**row, "id": new_id(), "reference": "another"}
    session.execute(insert(PaymentAttempt).values(second))


BREAKS: dict[str, Callable[[Session], object]] = {
    "counted twice": count_another,
    "not counted": lambda session: session.execute(update(PaymentAttempt).values(counted=False)),
    "a movement forgotten": lambda session: session.execute(delete(LedgerEntry)),
    "no receipt": lambda session: session.execute(delete(PaymentReceipt)),
    "no end": lambda session: session.execute(update(PaymentOrder).values(state="waiting")),
    "a fen more": lambda session: session.execute(update(PaymentOrder).values(amount_fen=1)),
    "an open end": lambda session: session.execute(update(PaymentAttempt).values(state="closing")),
    "a letter died": lambda session: session.execute(update(OutboxMessage).values(state="dead")),
    "never compared": lambda session: session.execute(delete(PaymentDay)),
    "a bill that differs": lambda session: compare(session, AT, clock.beijing_today(), Bill(())),
}


@pytest.fixture
def channel() -> RoughChannel:
    """One channel's books, with nothing in them."""
    return RoughChannel(PublicBooks(PublicPaymentServer()), random.Random(1), lambda: None, 0.0)


@pytest.fixture
def number(database: Database, channel: RoughChannel) -> str:
    """One order, paid and compared."""
    number, server = begun(database, AT), channel.books.server
    server.orders[number] = {"answer": "waiting", "amount_fen": FEES_FEN}
    server.pay(number)
    paid = Paid(server.orders[number]["reference"], FEES_FEN, clock.now())
    with database.unit_of_work() as session:
        told = NoticeOfPayment(number, paid)
        assert hear(session, AT, told, digest=digest(number), body="{}") is Heard.COUNTED
        compare(
            session, AT, clock.beijing_today(), Bill((Moved(Movement.RECEIVED, number, FEES_FEN),))
        )
    return number


@pytest.mark.parametrize("broken", BREAKS)
def test_what_is_broken_in_our_books_is_seen(
    database: Database, channel: RoughChannel, number: str, broken: str
) -> None:
    """Right before, wrong after."""
    assert verdict_of(database, {AT: channel}).is_right
    with database.unit_of_work() as session:
        BREAKS[broken](session)
    assert not verdict_of(database, {AT: channel}).is_right


def test_money_that_nobody_told_of_is_seen(
    database: Database, channel: RoughChannel, number: str
) -> None:
    """The channel has a fen more, or gave one back twice."""
    server = channel.books.server
    server.orders["0" * 26] = server.orders[number] | {"amount_fen": 1}
    assert not verdict_of(database, {AT: channel}).is_right
    del server.orders["0" * 26]
    server.refunds["1" * 26] = {"amount_fen": 1}
    server.payments["1" * 26] = number
    assert not verdict_of(database, {AT: channel}).is_right


def test_a_played_story_of_a_broken_house_ends_wrong(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An order that does not hear of its own refunds is found at the end."""
    monkeypatch.setattr(refunds, "_lower", lambda session, order, made: None)
    assert not Story(database, seed=7).tell(20).is_right


def test_a_story_in_which_nobody_pays_has_shown_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its books agree, and its verdict says what was missing."""
    monkeypatch.setattr(Story, "pay", lambda story: None)
    verdict = Story(database, seed=7).tell(8)
    assert (verdict.balance, verdict.differences) == (0, 0)
    assert not verdict.is_right
    assert {"paid", "paid by notice"} <= set(verdict.missing)
