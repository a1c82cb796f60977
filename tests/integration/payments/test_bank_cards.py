"""Bank cards at a window through the whole room: answers get lost, and money moves once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from kiosk_server.audit.services import SYSTEM, Actor
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import NotFound
from kiosk_server.core.identifiers import new_id
from kiosk_server.gateways.pay_bank_pos import BankPos
from kiosk_server.gateways.pay_wire import Wire
from kiosk_server.gateways.pos_http import PosOverHttp
from kiosk_server.gateways.pos_simulated import SimulatedPos, present_card
from kiosk_server.payments import refunds
from kiosk_server.payments.cash import Till as Window
from kiosk_server.payments.cash import take_cash
from kiosk_server.payments.exchange import Exchange
from kiosk_server.payments.life import AttemptState, OrderState, RefundState
from kiosk_server.payments.models import PaymentAttempt
from kiosk_server.payments.ports import Gateways
from kiosk_server.payments.queries import open_differences
from kiosk_server.payments.rules import Channel, RefundReason
from kiosk_server.payments.services import begin_attempt
from kiosk_server.payments.settling import lock_order
from tests.support import pos_server
from tests.support.first_rows import enter_places
from tests.support.paying import FEES_FEN, NOON, WECHAT, Till
from tests.support.pos_server import MACHINE, WINDOW, PosServer

POS = Channel.BANK_POS
CASHIER = Actor(kind="staff", id="cashier-one")


class CardTill(Till):
    """The room with a bank's machines beside its channels in memory."""

    bank: BankPos

    @property
    def exchange(self) -> Exchange:
        """What asks them all."""
        return Exchange(self.database, self.gateways(), "https://city.example")

    def gateways(self) -> Gateways:
        """All of them."""
        return {**self.channels, POS: self.bank}

    def card(self, order_id: str, machine: str | None = MACHINE) -> PaymentAttempt:
        """Let a machine show an order's sum."""
        with self.database.unit_of_work() as session:
            return begin_attempt(
                session, order_id, POS, connected=self.gateways(), by=CASHIER, machine=machine
            )


@pytest.fixture
def server() -> Iterator[PosServer]:
    with pos_server.serving() as served:
        yield served


@pytest.fixture
def till(database: Database, server: PosServer) -> CardTill:
    enter_places(database)
    made = CardTill(database)
    made.bank = BankPos(PosOverHttp(server.terms, wire=Wire()))
    return made


@pytest.mark.policy("P43")
def test_a_card_pays_and_the_day_comes_right(till: CardTill, server: PosServer) -> None:
    """Shown, paid, asked, counted; the bank's day has the same fen as ours."""
    with clock.frozen(NOON):
        order = till.open()
        attempt = till.card(order.id)
        assert till.card(order.id).id == attempt.id
        till.work()
        assert till.attempts(order.id)[0].state == AttemptState.WAITING
        server.pay(attempt.id)
        till.exchange.query_attempt(attempt.id)
        assert till.order(order.id).state == OrderState.PAID
        till.exchange.fetch_bill(POS, NOON.date())
    with till.database.reading() as session:
        assert open_differences(session) == []
    assert till.balance() == FEES_FEN


@pytest.mark.policy("P43")
@pytest.mark.parametrize("word", ["lost", "500", "forged"])
def test_a_lost_answer_is_unknown_until_the_bank_has_spoken(
    till: CardTill, server: PosServer, word: str
) -> None:
    """The machine took the sum and the card, and we heard neither: asked again, it is paid once."""
    with clock.frozen(NOON):
        order = till.open()
        attempt = till.card(order.id)
        server.misbehave = [word]
        till.work()
        assert till.attempts(order.id)[0].state == AttemptState.UNKNOWN
        server.pay(attempt.id)
        server.misbehave = [word]
        till.tick()
    with clock.frozen(NOON + timedelta(minutes=1)):
        till.tick()
        till.tick()
    assert till.order(order.id).state == OrderState.PAID
    assert server.asked == ["sale"]
    assert till.balance() == FEES_FEN


@pytest.mark.policy("P43")
def test_a_phone_and_a_card_at_once(till: CardTill, server: PosServer) -> None:
    """Whoever is second gets his money back by himself: here the card, by a void."""
    order = till.open()
    attempt = till.card(order.id)
    till.work()
    phone = till.begin(order.id)
    till.work()
    assert server.sales[attempt.id]["answer"] == "closed"
    again = till.card(order.id)
    till.work()
    server.pay(again.id)
    till.channels[WECHAT].closed.clear()
    till.channels[WECHAT].pay(phone.id)
    till.hear(WECHAT, till.channels[WECHAT].notice(phone.id))
    till.work()
    till.work()
    assert till.balance() == FEES_FEN
    (back,) = till.refunds(order.id)
    assert (back.reason, back.state) == (RefundReason.PAID_TWICE, RefundState.DONE)
    assert server.asked == ["sale", "sale", "void"]


def test_cash_while_a_card_is_being_read(till: CardTill, server: PosServer) -> None:
    """The cashier took cash, the card went through all the same: the card's money goes back."""
    order = till.open()
    attempt = till.card(order.id)
    till.work()
    server.reading = {attempt.id}
    with till.database.unit_of_work() as session:
        take_cash(
            session,
            order.id,
            handed_fen=FEES_FEN,
            number=new_id(),
            till=Window("atushi-centre", "1"),
            by=CASHIER,
        )
    till.work()
    assert till.attempts(order.id)[0].state == AttemptState.CLOSING
    server.pay(attempt.id)
    till.exchange.close_attempt(attempt.id)
    till.work()
    assert [back.reason for back in till.refunds(order.id)] == [RefundReason.PAID_TWICE]
    assert till.balance() == FEES_FEN


def test_a_busy_machine_leaves_the_order_open(till: CardTill, server: PosServer) -> None:
    """Declined by the bank, it can be tried again, in another way too."""
    server.declines = "machine_busy"
    order = till.open()
    till.card(order.id)
    till.work()
    (attempt,) = till.attempts(order.id)
    assert (attempt.state, attempt.refused_for) == (AttemptState.REFUSED, "machine_busy")
    server.declines = None
    till.card(order.id)
    till.work()
    assert server.asked == ["sale"]


def test_a_card_s_money_goes_back_once(till: CardTill, server: PosServer) -> None:
    """Its answer lost, it is asked for again under its number; then the order is paid back."""
    with clock.frozen(NOON):
        order = till.open()
        attempt = till.card(order.id)
        till.work()
        server.pay(attempt.id)
        till.exchange.query_attempt(attempt.id)
        with till.database.unit_of_work() as session:
            held = lock_order(session, order.id)
            refunds.refund(session, held, reason=RefundReason.NOT_DONE, by=SYSTEM)
        server.misbehave = ["lost"]
        till.work()
        till.work()
    assert till.order(order.id).state == OrderState.REFUNDED
    assert server.asked == ["sale", "void"]
    assert till.balance() == 0


def test_a_pos_that_only_plays_one(till: CardTill) -> None:
    """No card and no sum: a button pays; its day is its own, and not the played cashier's."""
    with clock.frozen(NOON):
        till.bank = BankPos(SimulatedPos(till.database, "http://127.0.0.1"))
        assert till.bank.simulated
        order = till.open()
        attempt = till.card(order.id, till.bank.machine_at(WINDOW))
        till.work()
        with till.database.unit_of_work() as session:
            present_card(session, attempt.id)
        till.work()
        assert till.order(order.id).state == OrderState.PAID
        till.exchange.fetch_bill(POS, NOON.date())
        with till.database.unit_of_work() as session:
            held = lock_order(session, order.id)
            refunds.refund(session, held, reason=RefundReason.OWN_WISH, by=SYSTEM)
        till.work()
    assert till.balance() == 0
    with till.database.unit_of_work() as session:
        assert open_differences(session) == []
        with pytest.raises(NotFound):
            present_card(session, new_id())
