"""Cash at a window: taken once, given back once, counted by one and settled by another."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kiosk_server.audit.services import Actor
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict, Invalid, NotFound, Refused, TooMany, WrongState
from kiosk_server.core.identifiers import new_id
from kiosk_server.payments import refunds
from kiosk_server.payments.cash import (
    CashReturned,
    CashTaken,
    ReturnCodeWrong,
    Till,
    give_cash_back,
    return_code,
    take_cash,
)
from kiosk_server.payments.cash_rules import DrawerSettlement
from kiosk_server.payments.drawers import (
    count_drawer,
    drawers_to_settle,
    last_counts,
    settle_drawer,
    uncounted,
)
from kiosk_server.payments.life import AttemptState, OrderState, RefundState
from kiosk_server.payments.models import CashCount, CashMovement, LedgerEntry, PaymentRefund
from kiosk_server.payments.queries import receipt_of
from kiosk_server.payments.rules import RefundReason
from kiosk_server.payments.settling import lock_order
from tests.support.at_once import at_once
from tests.support.first_rows import enter_places
from tests.support.paying import FEES_FEN, NOON, WECHAT
from tests.support.paying import Till as Room

SITE = "atushi-centre"
FIRST, SECOND = Actor(kind="staff", id="cashier-one"), Actor(kind="staff", id="cashier-two")
HERE = Till(SITE, "3")


@pytest.fixture
def room(database: Database) -> Room:
    enter_places(database)
    return Room(database)


def take(
    room: Room, order_id: str, *, handed: int = 10_000, number: str = "", by: Actor = FIRST
) -> CashTaken:
    with room.database.unit_of_work() as session:
        return take_cash(
            session, order_id, handed_fen=handed, number=number or new_id(), till=HERE, by=by
        )


def ask_back(room: Room, order_id: str, amount_fen: int | None = None) -> PaymentRefund:
    with room.database.unit_of_work() as session:
        order = lock_order(session, order_id)
        return refunds.refund(
            session, order, reason=RefundReason.NOT_DONE, by=SECOND, amount_fen=amount_fen
        )


def code_of(room: Room, refund: PaymentRefund) -> str:
    with room.database.reading() as session:
        return return_code(session, refund.attempt_id)


def give_back(room: Room, refund: PaymentRefund, code: str) -> object:
    with room.database.unit_of_work() as session:
        return give_cash_back(session, refund.id, code, till=HERE, by=FIRST)


@pytest.mark.policy("P43")
def test_cash_pays_once(room: Room) -> None:
    """A form that is sent twice takes once; the change is told both times, the receipt is one."""
    order, number = room.open(), new_id()
    for _ in range(2):
        taken = take(room, order.id, handed=5000, number=number)
        assert taken.change_fen == 5000 - FEES_FEN
    assert room.order(order.id).state == OrderState.PAID
    assert room.balance() == FEES_FEN
    with room.database.reading() as session:
        assert receipt_of(session, order.id) is not None
        (row,) = session.scalars(select(CashMovement)).all()
        (entry,) = session.scalars(select(LedgerEntry)).all()
    assert (row.cashier_id, row.amount_fen, row.handed_fen) == (FIRST.id, FEES_FEN, 5000)
    assert (entry.channel, entry.number) == ("cash", number)


@pytest.mark.policy("P43")
def test_two_cashiers_take_one_order_once(room: Room) -> None:
    """At the same moment at two windows: one takes it, the other is told that it is paid."""
    order = room.open()

    def pay(by: Actor) -> str:
        try:
            take(room, order.id, by=by)
        except Conflict as refused:
            return refused.code
        return "taken"

    assert sorted(at_once(lambda: pay(FIRST), lambda: pay(SECOND))) == ["already_paid", "taken"]
    assert room.balance() == FEES_FEN


@pytest.mark.policy("P43")
def test_a_phone_that_pays_too_gets_its_money_back(room: Room) -> None:
    """Cash came first, the phone's money second: it goes back by itself, and the cash stays."""
    order = room.open()
    attempt = room.begin(order.id)
    room.work()
    take(room, order.id)
    assert room.attempts(order.id)[0].state == AttemptState.CLOSING
    room.channels[WECHAT].pay(attempt.id)
    room.hear(WECHAT, room.channels[WECHAT].notice(attempt.id))
    room.work()
    assert room.balance() == FEES_FEN
    (back,) = room.refunds(order.id)
    assert (back.reason, back.state) == (RefundReason.PAID_TWICE, RefundState.DONE)


def test_what_a_phone_has_paid_takes_no_cash(room: Room) -> None:
    """The channel's word came first: the cashier is told, and nothing is booked."""
    order_id, _ = room.paid()
    with pytest.raises(Conflict, match="already_paid"):
        take(room, order_id)
    assert room.balance() == FEES_FEN


def test_an_order_that_is_over_takes_no_cash(room: Room) -> None:
    """Closed, closing, past its time, or none at all."""
    with clock.frozen(NOON):
        closed, closing, late = room.open(), room.open(), room.open()
        room.close(closed.id)
        room.begin(closing.id)
        room.work()
        room.close(closing.id)
        for order in (closed, closing):
            with pytest.raises(Conflict, match="order_over"):
                take(room, order.id)
    with clock.frozen(NOON + timedelta(hours=1)):
        with pytest.raises(Conflict, match="order_over"):
            take(room, late.id)
        with pytest.raises(NotFound, match="order_not_found"):
            take(room, "0" * 26)
    assert room.balance() == 0


@pytest.mark.parametrize("handed", [0, FEES_FEN - 1, FEES_FEN + 100_001])
def test_too_little_and_far_too_much_are_slips(room: Room, handed: int) -> None:
    """Less than is owed, or a thousand yuan more, is refused, and nothing is booked."""
    order = room.open()
    with pytest.raises(Invalid, match="cash_invalid"):
        take(room, order.id, handed=handed)
    assert room.order(order.id).state == OrderState.OPENED


def test_the_form_of_one_order_takes_no_other(room: Room) -> None:
    """A number that stands for another payment is refused."""
    number = new_id()
    take(room, room.open().id, number=number)
    with pytest.raises(Conflict, match="already_paid"):
        take(room, room.open().id, number=number)
    assert room.balance() == FEES_FEN


@pytest.mark.policy("P43")
def test_cash_goes_back_against_its_code_once(room: Room) -> None:
    """It waits for its payer, in parts too; the same refund is not given out twice."""
    order = room.open()
    take(room, order.id)
    part, rest = ask_back(room, order.id, 1000), ask_back(room, order.id)
    assert part.state == rest.state == RefundState.ACCEPTED
    room.work()
    assert room.balance() == FEES_FEN
    code = code_of(room, part)
    assert isinstance(give_back(room, part, f" {code} "), CashReturned)
    with pytest.raises(WrongState):
        give_back(room, part, code)
    assert room.balance() == FEES_FEN - 1000
    assert isinstance(give_back(room, rest, code), CashReturned)
    assert room.order(order.id).state == OrderState.REFUNDED
    assert room.balance() == 0


def test_guessing_the_code_ends(room: Room) -> None:
    """After five wrong ones the right one serves no more that day."""
    order = room.open()
    take(room, order.id)
    refund = ask_back(room, order.id)
    code = code_of(room, refund)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for left in (4, 3, 2, 1, 0):
        assert give_back(room, refund, wrong) == ReturnCodeWrong(left)
    with pytest.raises(TooMany):
        give_back(room, refund, code)
    assert room.balance() == FEES_FEN


def test_a_window_gives_out_no_other_channel_s_money(room: Room) -> None:
    """A refund that its channel carries out is none of a cashier's."""
    order_id, _ = room.paid()
    refund = ask_back(room, order_id)
    with pytest.raises(NotFound, match="refund_not_found"):
        give_back(room, refund, code_of(room, refund))


def count(room: Room, counted: int, by: Actor = FIRST) -> CashCount:
    with room.database.unit_of_work() as session:
        return count_drawer(session, SITE, float_fen=20_000, counted_fen=counted, by=by)


def settle(room: Room, count_id: str, by: Actor) -> CashCount:
    with room.database.unit_of_work() as session:
        return settle_drawer(session, count_id, DrawerSettlement.MADE_GOOD, by=by)


@pytest.mark.policy("P43")
def test_a_drawer_is_counted_by_one_and_settled_by_another(room: Room) -> None:
    """What is missing waits for a second person; the cashier's own word does not end it."""
    for _ in range(2):
        take(room, room.open().id)
    order = room.open()
    take(room, order.id)
    refund = ask_back(room, order.id)
    give_back(room, refund, code_of(room, refund))
    made = count(room, 20_000 + 2 * FEES_FEN - 100)
    assert (made.movements, made.book_fen, made.difference_fen) == (4, 2 * FEES_FEN, -100)
    with room.database.reading() as session:
        assert [each.id for each in drawers_to_settle(session, [SITE])] == [made.id]
        assert drawers_to_settle(session, ["elsewhere"]) == []
        assert uncounted(session, FIRST.id, SITE) == []
    with pytest.raises(Refused, match="own_drawer"):
        settle(room, made.id, FIRST)
    settle(room, made.id, SECOND)
    with pytest.raises(WrongState):
        settle(room, made.id, SECOND)
    with room.database.reading() as session:
        assert drawers_to_settle(session, [SITE]) == []


def test_a_drawer_that_is_right_needs_nobody(room: Room) -> None:
    """It is settled by the count; what another cashier took is not in it, and nothing twice."""
    take(room, room.open().id)
    take(room, room.open().id, by=SECOND)
    made = count(room, 20_000 + FEES_FEN)
    assert made.settled_how == DrawerSettlement.EVEN
    with pytest.raises(Conflict, match="drawer_untouched"):
        count(room, 20_000)
    with room.database.reading() as session:
        assert len(uncounted(session, SECOND.id, SITE)) == 1
        assert [each.id for each in last_counts(session, FIRST.id)] == [made.id]
    with pytest.raises(Invalid, match="cash_invalid"):
        count(room, -1, by=SECOND)
