"""WeChat Pay, Alipay and the region's platform, each against a server true to its contract."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_id
from kiosk_server.gateways.pay_alipay import Alipay
from kiosk_server.gateways.pay_public import PublicPayment
from kiosk_server.gateways.pay_wechat import WechatPay
from kiosk_server.gateways.pay_wire import Wire
from kiosk_server.payments.ports import (
    AnswerLost,
    AskedPayment,
    AskedRefund,
    Bill,
    CodeGiven,
    Dead,
    Declined,
    NotKnown,
    NotPaid,
    Paid,
    PaymentGateway,
    RefundDone,
)
from kiosk_server.payments.rules import Moved, Movement
from tests.support import alipay_server, public_payment_server, wechat_pay_server

DAY = date(2026, 11, 23)
FEN = 2501
MISDEEDS = {
    "wechat": ("lost", "500", "forged", "unsigned", "stale"),
    "alipay": ("lost", "500", "forged", "busy"),
    "public": ("lost", "500", "forged"),
}


@dataclass
class Peer:
    """One channel's server and our gateway to it."""

    server: Any
    gateway: PaymentGateway
    name: str

    def ask(self) -> AskedPayment:
        """A payment of twenty-five yuan and one fen."""
        until = clock.now() + timedelta(minutes=30)
        return AskedPayment(new_id(), FEN, "档案复制费 & 其他", until, "https://city.example/c")

    def paid(self) -> str:
        """An order that somebody paid."""
        asked = self.ask()
        assert isinstance(self.gateway.create(asked), CodeGiven)
        self.server.pay(asked.number)
        return asked.number


@pytest.fixture(params=["wechat", "alipay", "public"])
def peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    """Each channel in turn."""
    wire = Wire()
    match request.param:
        case "wechat":
            with wechat_pay_server.serving() as wechat:
                yield Peer(wechat, WechatPay(wechat.terms, wire=wire), "wechat")
        case "alipay":
            with alipay_server.serving() as alipay:
                yield Peer(alipay, Alipay(alipay.terms, wire=wire), "alipay")
        case _:
            with public_payment_server.serving() as public:
                yield Peer(public, PublicPayment(public.terms, wire=wire), "public")


@pytest.mark.policy("P26")
def test_a_code_is_given_and_paid(peer: Peer) -> None:
    """The same number is one order; paid, every question is answered by the payment."""
    asked = peer.ask()
    first = peer.gateway.create(asked)
    assert isinstance(first, CodeGiven)
    assert peer.gateway.create(asked) == first
    peer.server.pay(asked.number)
    found = peer.gateway.query(asked.number)
    assert isinstance(found, Paid)
    assert found.amount_fen == FEN
    assert found.at.utcoffset() is not None
    assert abs(found.at - clock.now()) < timedelta(minutes=1)
    assert peer.gateway.create(asked) == found
    assert peer.gateway.close(asked.number) == found


def test_an_unpaid_order_closes(peer: Peer) -> None:
    """Closed, it stays closed; what nobody heard of is not known."""
    assert isinstance(peer.gateway.query(new_id()), NotKnown)
    assert isinstance(peer.gateway.close(new_id()), NotKnown)
    asked = peer.ask()
    peer.gateway.create(asked)
    if peer.name == "alipay":
        assert isinstance(peer.gateway.query(asked.number), NotKnown)
        peer.server.scan(asked.number)
    assert isinstance(peer.gateway.query(asked.number), NotPaid)
    assert isinstance(peer.gateway.close(asked.number), Dead)
    assert isinstance(peer.gateway.close(asked.number), Dead)
    assert isinstance(peer.gateway.query(asked.number), Dead)


def test_money_goes_back_in_parts(peer: Peer) -> None:
    """Each part under its number, once; more than came is declined."""
    number = peer.paid()
    one = AskedRefund(new_id(), number, 1000, FEN, "https://city.example/c")
    first = peer.gateway.refund(one)
    assert isinstance(first, RefundDone)
    assert first.amount_fen == 1000
    assert peer.gateway.refund(one) == first == peer.gateway.query_refund(one.number, number)
    two = AskedRefund(new_id(), number, 1501, FEN, "https://city.example/c")
    second = peer.gateway.refund(two)
    assert isinstance(second, RefundDone)
    assert (second.amount_fen, second.reference != first.reference) == (1501, True)
    more = AskedRefund(new_id(), number, FEN + 1, FEN, "https://city.example/c")
    assert isinstance(peer.gateway.refund(more), Declined)
    assert isinstance(peer.gateway.query_refund(new_id(), number), NotKnown)


def test_a_day_is_told_to_the_fen(peer: Peer) -> None:
    """The bill has what came and what went on that day, by our numbers."""
    number = peer.paid()
    back = AskedRefund(new_id(), number, 1, FEN, "https://city.example/c")
    peer.gateway.refund(back)
    peer.gateway.create(peer.ask())
    found = peer.gateway.query(number)
    assert isinstance(found, Paid)
    day = clock.to_beijing(found.at).date()
    assert peer.gateway.bill(day) == Bill(
        (Moved(Movement.RECEIVED, number, FEN), Moved(Movement.RETURNED, back.number, 1))
    )
    assert peer.gateway.bill(day - timedelta(days=1)) == Bill(())


def test_an_answer_that_cannot_be_believed_is_none(peer: Peer) -> None:
    """Cut, late, broken, signed by another or not at all: asked again, all is as it was."""
    for word in MISDEEDS[peer.name]:
        asked = peer.ask()
        peer.server.misbehave = [word]
        assert isinstance(peer.gateway.create(asked), AnswerLost)
        assert isinstance(peer.gateway.create(asked), CodeGiven)
        peer.server.pay(asked.number)
        peer.server.misbehave = [word]
        assert isinstance(peer.gateway.query(asked.number), AnswerLost)
        refund = AskedRefund(new_id(), asked.number, 1, FEN, "https://city.example/c")
        peer.server.misbehave = [word]
        assert isinstance(peer.gateway.refund(refund), AnswerLost)
        assert isinstance(peer.gateway.refund(refund), RefundDone)
        peer.server.misbehave = [word] * 3
        assert isinstance(peer.gateway.close(asked.number), AnswerLost)
        assert isinstance(peer.gateway.query_refund(refund.number, asked.number), AnswerLost)
        assert isinstance(peer.gateway.bill(DAY), AnswerLost)
        assert isinstance(peer.gateway.query(asked.number), Paid)


def test_a_channel_that_hangs_is_not_waited_for() -> None:
    """It has its seconds, and then there is no answer."""
    with wechat_pay_server.serving() as server:
        gateway = WechatPay(server.terms, wire=Wire(timeout_seconds=0.1))
        server.misbehave = ["hang"]
        assert gateway.query(new_id()) == AnswerLost("timeout")


def test_a_channel_that_is_down_is_left_alone(peer: Peer) -> None:
    """Five failures in a row, and for half a minute nobody waits for it."""
    peer.server.misbehave = ["lost"] * 5
    for _ in range(5):
        assert isinstance(peer.gateway.query(new_id()), AnswerLost)
    assert peer.gateway.query(new_id()) == AnswerLost("left_alone")
    with clock.frozen(clock.now() + timedelta(seconds=31)):
        assert peer.gateway.query(new_id()) != AnswerLost("left_alone")
