"""The cashier that only plays one keeps to the port like every other; none in production."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import NotFound
from kiosk_server.core.identifiers import new_id
from kiosk_server.gateways.pay_assembly import payment_gateways
from kiosk_server.gateways.pay_simulated import PAGE, SimulatedPayments, forget_payments, press
from kiosk_server.payments.ports import (
    AskedPayment,
    AskedRefund,
    Bill,
    CodeGiven,
    Dead,
    Declined,
    NoticeForged,
    NotKnown,
    NotPaid,
    Paid,
    RefundDone,
)
from kiosk_server.payments.rules import Channel, Moved, Movement
from kiosk_server.settings import Settings
from tests.support.paying import NOON

ORIGIN = "http://127.0.0.1:8000"


def asked() -> AskedPayment:
    """A payment of one yuan, until half past twelve."""
    return AskedPayment(new_id(), 100, "费", NOON + timedelta(minutes=30), f"{ORIGIN}/c")


def token_of(answer: object) -> str:
    """The secret of the page that a code leads to."""
    assert isinstance(answer, CodeGiven)
    return answer.code.removeprefix(f"{ORIGIN}{PAGE}")


def test_the_cashier_keeps_to_the_port(database: Database) -> None:
    """Paid by the button, once; closed or over, the button does nothing; refunds have an end."""
    cashier = SimulatedPayments(database, ORIGIN)
    with clock.frozen(NOON):
        first, second, third = asked(), asked(), asked()
        token = token_of(cashier.create(first))
        assert token_of(cashier.create(first)) == token
        tokens = [token_of(cashier.create(each)) for each in (second, third)]
        assert isinstance(cashier.close(second.number), Dead)
        assert isinstance(cashier.create(second), Dead)
        with database.unit_of_work() as session:
            assert press(session, token).paid_at == NOON
            assert press(session, tokens[0]).paid_at is None
            with pytest.raises(NotFound):
                press(session, "made-up")
        paid = cashier.query(first.number)
        assert isinstance(paid, Paid)
        assert cashier.close(first.number) == paid == cashier.create(first)
        assert isinstance(cashier.query(third.number), NotPaid)
        assert isinstance(cashier.query(new_id()), NotKnown)
        assert isinstance(cashier.close(new_id()), NotKnown)
        refund = AskedRefund(new_id(), first.number, 60, 100, "")
        done = cashier.refund(refund)
        assert isinstance(done, RefundDone)
        assert cashier.refund(refund) == done == cashier.query_refund(refund.number, "")
        assert isinstance(cashier.query_refund(new_id(), ""), NotKnown)
        again = replace(refund, number=new_id())
        assert cashier.refund(again) == Declined("too_much")
        assert cashier.refund(replace(again, attempt=third.number)) == Declined("not_paid")
        assert cashier.bill(clock.to_beijing(NOON).date()) == Bill(
            (
                Moved(Movement.RECEIVED, first.number, 100),
                Moved(Movement.RETURNED, refund.number, 60),
            )
        )
        assert isinstance(cashier.read_notice({}, b""), NoticeForged)
    with clock.frozen(NOON + timedelta(minutes=31)), database.unit_of_work() as session:
        assert press(session, tokens[1]).paid_at is None
    with clock.frozen(NOON + timedelta(days=32)), database.unit_of_work() as session:
        assert forget_payments(session) == 3


def test_production_has_no_such_cashier(database: Database, settings: Settings) -> None:
    """Development has it and a POS like it, production has nobody who only plays his part."""
    assert list(payment_gateways(settings, database)) == [Channel.SIMULATED, Channel.BANK_POS]
    production = replace(settings, environment="production")
    assert payment_gateways(production, database) == {}
