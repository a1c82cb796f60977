"""Fees, the pace of questions, the comparison of a day; and that no life traps anybody."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kiosk_server.core.errors import Invalid
from kiosk_server.payments.life import (
    ATTEMPT_LIFE,
    ORDER_LIFE,
    REFUND_LIFE,
    AttemptState,
    OrderState,
    RefundState,
)
from kiosk_server.payments.rules import (
    LARGEST_ORDER_FEN,
    DifferenceKind,
    FeeItem,
    Moved,
    Movement,
    as_yuan,
    day_in_beijing,
    differences,
    next_question,
    total_fen,
)

NAMES = {"zh": "费", "ug": "ھەق", "en": "Fee"}


def fee(unit_fen: int = 100, quantity: int = 1, **other: str) -> FeeItem:
    """One fee."""
    given = {"code": "c", "basis": "b"} | other
    return FeeItem(given["code"], NAMES, given["basis"], unit_fen, quantity)


def test_an_order_is_the_sum_of_its_fees() -> None:
    """Units by quantities, in fen."""
    assert total_fen([fee(1250, 2), fee(1)]) == 2501


@pytest.mark.parametrize(
    ("items", "at"),
    [
        ([], "items"),
        ([fee(0)], "items[0].unit_fen"),
        ([fee(), fee(-5)], "items[1].unit_fen"),
        ([fee(1, 0)], "items[0].quantity"),
        ([fee(basis="")], "items[0].basis"),
        ([fee(code="")], "items[0].code"),
        ([FeeItem("c", {"zh": "费"}, "b", 1)], "items[0].names"),
        ([fee(LARGEST_ORDER_FEN), fee(1)], "items"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_faulty_fees_are_named(items: list[FeeItem], at: str) -> None:
    """Nothing is free by mistake, without basis, or larger than a fee can be."""
    with pytest.raises(Invalid) as caught:
        total_fen(items)
    assert [fault.at for fault in caught.value.fields] == [at]


def test_amounts_are_written_in_yuan() -> None:
    """Two decimals, no float."""
    assert [as_yuan(fen) for fen in (1, 10, 99, 100, 123456)] == [
        "0.01",
        "0.10",
        "0.99",
        "1.00",
        "1234.56",
    ]


def test_questions_come_ever_later() -> None:
    """Half a minute at first, then half of the time gone by, half an hour at most."""
    asked = datetime(2026, 11, 23, tzinfo=UTC)
    pauses = [
        next_question(asked, asked + timedelta(seconds=age)) - asked - timedelta(seconds=age)
        for age in (0, 30, 120, 100_000)
    ]
    assert [pause.total_seconds() for pause in pauses] == [30, 30, 60, 1800]


def test_a_day_is_beijings() -> None:
    """It begins at four in the afternoon of the day before, UTC."""
    begins, ends = day_in_beijing(date(2026, 11, 23))
    assert begins == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert ends - begins == timedelta(days=1)


def test_every_way_to_differ_is_found() -> None:
    """Missing on either side, another amount; in and out are told apart."""
    came, went = Movement.RECEIVED, Movement.RETURNED
    book = [Moved(came, "a", 1), Moved(came, "b", 2), Moved(went, "a", 3), Moved(came, "c", 4)]
    bill = [Moved(came, "a", 1), Moved(came, "b", 20), Moved(came, "d", 5), Moved(came, "c", 4)]
    found = {(one.number, one.movement): one.kind for one in differences(book, bill)}
    assert found == {
        ("b", came): DifferenceKind.AMOUNT,
        ("d", came): DifferenceKind.NOT_IN_BOOK,
        ("a", went): DifferenceKind.NOT_IN_BILL,
    }


def test_lives_end_where_they_should() -> None:
    """Orders end closed or paid back, refunds done; every attempt can still be paid."""
    assert ORDER_LIFE.ends() == {OrderState.CLOSED, OrderState.REFUNDED}
    assert REFUND_LIFE.ends() == {RefundState.DONE}
    assert ATTEMPT_LIFE.ends() == {AttemptState.PAID}
    reached = {OrderState.OPENED} | {after for _, _, after in ORDER_LIFE}
    assert reached == set(OrderState)
