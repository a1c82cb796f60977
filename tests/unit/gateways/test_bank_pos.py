"""A bank's machines by the house's contract, against a server that keeps to it and misbehaves."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_id
from kiosk_server.gateways.pay_bank_pos import BankPos
from kiosk_server.gateways.pay_wire import Wire
from kiosk_server.gateways.pos_http import PosOverHttp
from kiosk_server.payments.ports import (
    AnswerLost,
    AskedPayment,
    AskedRefund,
    Bill,
    Dead,
    Declined,
    NoticeForged,
    NoticeOfPayment,
    NotKnown,
    NotPaid,
    Paid,
    RefundDone,
    Shown,
)
from kiosk_server.payments.rules import Moved, Movement
from tests.support import pos_server
from tests.support.pos_server import MACHINE, WINDOW, PosServer

FEN = 2501
DAY = date(2026, 11, 23)


@pytest.fixture
def server() -> Iterator[PosServer]:
    with pos_server.serving() as served:
        yield served


@pytest.fixture
def bank(server: PosServer) -> BankPos:
    return BankPos(PosOverHttp(server.terms, wire=Wire()))


def ask(machine: str | None = MACHINE) -> AskedPayment:
    until = clock.now() + timedelta(minutes=30)
    url = "https://city.example/callbacks/bank-pos"
    return AskedPayment(new_id(), FEN, "档案复制费", until, url, machine)


def back(sale: str, amount_fen: int = FEN, *, days_ago: int = 0) -> AskedRefund:
    paid_at = clock.now() - timedelta(days=days_ago)
    return AskedRefund(new_id(), sale, amount_fen, FEN, "https://city.example/c", paid_at)


def paid(server: PosServer, bank: BankPos) -> str:
    asked = ask()
    assert bank.create(asked) == Shown()
    server.pay(asked.number)
    return asked.number


@pytest.mark.policy("P43")
def test_a_sum_is_pushed_to_one_machine_and_paid_once(server: PosServer, bank: BankPos) -> None:
    """The same number is one sale, however often it is asked for; paid, every answer says so."""
    asked = ask(bank.machine_at(WINDOW))
    assert bank.create(asked) == bank.create(asked) == Shown()
    assert bank.query(asked.number) == NotPaid()
    server.pay(asked.number)
    told = bank.query(asked.number)
    assert isinstance(told, Paid)
    assert (told.amount_fen, told.reference) == (FEN, f"pos-{asked.number}")
    assert bank.create(asked) == told == bank.close(asked.number)
    assert server.asked == ["sale"]


def test_a_window_without_a_machine_takes_no_card(server: PosServer, bank: BankPos) -> None:
    """It is declined here; the bank is not asked at all."""
    assert bank.machine_at("another-window") is None
    assert bank.create(ask(None)) == Declined("no_machine")
    assert server.asked == []


def test_a_machine_that_is_busy_says_so(server: PosServer, bank: BankPos) -> None:
    """The bank's word reaches the cashier."""
    server.declines = "machine_busy"
    assert bank.create(ask()) == Declined("machine_busy")


def test_a_sale_is_let_go_unless_a_card_is_read(server: PosServer, bank: BankPos) -> None:
    """While a card is in the machine it stays open, and is asked again; then it is dead."""
    asked = ask()
    bank.create(asked)
    server.reading = {asked.number}
    assert bank.close(asked.number) == NotPaid()
    server.reading = set()
    assert bank.close(asked.number) == Dead()
    assert bank.query(asked.number) == Dead()
    assert bank.close(new_id()) == NotKnown()


@pytest.mark.policy("P43")
@pytest.mark.parametrize("word", ["lost", "500", "forged"])
def test_a_lost_answer_is_asked_again_and_sells_once(
    server: PosServer, bank: BankPos, word: str
) -> None:
    """No answer is not no sale: asked again under its number, it is there once."""
    asked = ask()
    server.misbehave = [word]
    assert isinstance(bank.create(asked), AnswerLost)
    assert bank.query(asked.number) == NotPaid()
    assert bank.create(asked) == Shown()
    server.pay(asked.number)
    server.misbehave = [word]
    assert isinstance(bank.query(asked.number), AnswerLost)
    assert isinstance(bank.query(asked.number), Paid)
    refund = back(asked.number)
    server.misbehave = [word]
    assert isinstance(bank.refund(refund), AnswerLost)
    assert isinstance(bank.query_refund(refund.number, asked.number), RefundDone)
    assert isinstance(bank.refund(refund), RefundDone)
    assert server.asked == ["sale", "void"]


@pytest.mark.parametrize(
    ("amount_fen", "days_ago", "batch_closed", "verb"),
    [
        (FEN, 0, False, "void"),
        (FEN, 0, True, "return"),
        (FEN, 1, False, "return"),
        (1000, 0, False, "return"),
    ],
)
def test_money_of_today_is_voided_and_the_rest_returned(
    server: PosServer,
    bank: BankPos,
    *,
    amount_fen: int,
    days_ago: int,
    batch_closed: bool,
    verb: str,
) -> None:
    """A whole sale of a batch that is open is undone; a part, or an old one, goes to the card."""
    number = paid(server, bank)
    server.batch_closed = batch_closed
    done = bank.refund(back(number, amount_fen, days_ago=days_ago))
    assert isinstance(done, RefundDone)
    assert done.amount_fen == amount_fen
    assert server.asked == ["sale", verb]


def test_never_more_goes_back_than_came(server: PosServer, bank: BankPos) -> None:
    """A second return of all of it is declined by the bank too."""
    number = paid(server, bank)
    bank.refund(back(number, 1000))
    assert bank.refund(back(number)) == Declined("too_much")


@pytest.mark.policy("P43")
def test_a_day_comes_to_the_bank_s_own_sums(server: PosServer, bank: BankPos) -> None:
    """Lines and sums agree, or nothing of the day is believed."""
    number = paid(server, bank)
    refund = back(number, 1)
    bank.refund(refund)
    assert bank.bill(DAY) == Bill(
        (Moved(Movement.RECEIVED, number, FEN), Moved(Movement.RETURNED, refund.number, 1))
    )
    server.off_by = 1
    assert bank.bill(DAY) == AnswerLost("totals", baffling=True)


def test_a_notice_is_believed_by_its_signature(server: PosServer, bank: BankPos) -> None:
    """The bank's own is read; one of another sum under the same signature is not."""
    number = paid(server, bank)
    headers, body = server.notice(number)
    told = {name.lower(): value for name, value in headers.items()}
    notice = bank.read_notice(told, body)
    assert isinstance(notice, NoticeOfPayment)
    assert notice.paid.amount_fen == FEN
    assert bank.read_notice(told, body.replace(b"2501", b"1")) == NoticeForged("signature")
