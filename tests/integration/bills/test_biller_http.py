"""A biller over HTTP: believed behind its signature alone, and asked again under one number."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kiosk_server.bills.ports import (
    AnswerLost,
    AskedBooking,
    Asleep,
    Booked,
    Kept,
    NotKnown,
    Owed,
    OwedBill,
    Pending,
    Reversed,
    TurnedDown,
    UnknownAccount,
)
from kiosk_server.gateways.biller_http import HttpBiller
from tests.support import biller_server
from tests.support.biller_fake import DUE, HOLDER
from tests.support.biller_server import BillerServer

ACCOUNT, BILL = "1010009901", "W-2026-10"
ASKED = AskedBooking(
    "01test", "sample-water", ACCOUNT, BILL, 1250, datetime(2026, 11, 23, 4, tzinfo=UTC)
)
LOST = AnswerLost("no_answer")


@pytest.fixture
def server() -> Iterator[BillerServer]:
    """The partner, to whom one bill is owed."""
    with biller_server.serving() as state:
        state.books.owed[ACCOUNT] = {BILL: 1250}
        yield state


@pytest.fixture
def biller(server: BillerServer) -> HttpBiller:
    """Our end of the line."""
    return HttpBiller(server.terms)


def test_a_question_is_answered(server: BillerServer, biller: HttpBiller) -> None:
    """What is owed, to the fen; no such account; asleep until a moment with its zone."""
    owed = Owed(HOLDER, (OwedBill(BILL, "2026-10", 1250, DUE),))
    assert biller.query("sample-water", ACCOUNT) == owed
    assert biller.query("sample-water", "1010009999") == UnknownAccount()
    server.books.asleep_until = ASKED.paid_at
    assert biller.query("sample-water", ACCOUNT) == Asleep(ASKED.paid_at)


def test_a_payment_is_booked_once_and_undone(server: BillerServer, biller: HttpBiller) -> None:
    """Asked twice it is one; undone it stays undone, whatever comes after."""
    assert biller.ask_write_off(ASKED.number) == NotKnown()
    for _ in range(2):
        assert biller.write_off(ASKED) == Booked("F-01test")
    assert biller.ask_write_off(ASKED.number) == Booked("F-01test")
    assert biller.reverse(ASKED.number) == Reversed()
    assert biller.write_off(ASKED) == Reversed()
    assert server.books.standing == {"01test": "reversed"}


def test_every_answer_is_read(server: BillerServer, biller: HttpBiller) -> None:
    """TurnedDown, at it, kept."""
    assert biller.write_off(replace(ASKED, amount_fen=1)) == TurnedDown("not_owed")
    assert biller.reverse(ASKED.number) == TurnedDown("no")
    server.books.sits = True
    assert biller.write_off(replace(ASKED, number="01pending")) == Pending()
    server.books.do_now()
    server.books.keeps = True
    assert biller.reverse("01pending") == Kept("F-01pending")


@pytest.mark.parametrize("wrong", ["lost", "500", "forged", "hang"])
def test_an_answer_that_cannot_be_believed_is_lost(server: BillerServer, wrong: str) -> None:
    """What it did it did: asked again under the same number, it says so."""
    biller = HttpBiller(server.terms, timeout_seconds=0.2 if wrong == "hang" else 5.0)
    server.misbehave = [wrong]
    assert biller.write_off(ASKED) == LOST
    assert HttpBiller(server.terms).ask_write_off(ASKED.number) == Booked("F-01test")


def test_an_answer_that_makes_no_sense_is_baffling(
    server: BillerServer, biller: HttpBiller
) -> None:
    """Asking again would not help, so a person hears of it."""
    server.misbehave = ["nonsense"] * 4
    answers = [
        biller.query("sample-water", ACCOUNT),
        biller.write_off(ASKED),
        biller.ask_write_off(ASKED.number),
        biller.reverse(ASKED.number),
    ]
    assert answers == [AnswerLost("unreadable", baffling=True)] * 4


@pytest.mark.parametrize("amount", [0, -1, 5_000_001])
def test_an_amount_that_nobody_can_owe_is_not_believed(
    server: BillerServer, biller: HttpBiller, amount: int
) -> None:
    """Nothing, less than nothing, more than any bill: no such bill is shown."""
    server.books.owed[ACCOUNT] = {BILL: amount}
    assert biller.query("sample-water", ACCOUNT) == AnswerLost("unreadable", baffling=True)


def test_a_silent_biller_is_left_alone(server: BillerServer, biller: HttpBiller) -> None:
    """After five failures about one thing nothing is sent for half a minute."""
    server.misbehave = ["lost"] * 6
    for _ in range(6):
        assert biller.ask_write_off("01test") == LOST
    assert len(server.heard) == 5
