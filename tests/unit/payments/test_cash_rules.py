"""Cash in a cashier's hands: what is handed over, and how a receipt writes it."""

import pytest

from kiosk_server.core.errors import Invalid
from kiosk_server.payments.cash_rules import (
    change_fen,
    check_drawer,
    in_capitals,
    likely_handed,
)


@pytest.mark.parametrize(
    ("fen", "told"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (30, "叁角整"),
        (1_00, "壹元整"),
        (10_00, "壹拾元整"),
        (25_05, "贰拾伍元零伍分"),
        (25_50, "贰拾伍元伍角整"),
        (101_01, "壹佰零壹元零壹分"),
        (1_001_00, "壹仟零壹元整"),
        (10_010_00, "壹万零壹拾元整"),
        (50_000_00, "伍万元整"),
        (20_300_12, "贰万零叁佰元壹角贰分"),
        (1_000_001_00, "壹佰万零壹元整"),
    ],
)
def test_an_amount_in_capitals(fen: int, told: str) -> None:
    """Each place has its word, a gap has one zero, whole yuan end with 整."""
    assert in_capitals(fen) == told


def test_what_people_hand_over() -> None:
    """The sum itself and round notes above it, each once."""
    assert likely_handed(2500) == (2500, 3000, 4000, 5000, 10_000)
    assert likely_handed(10_000) == (10_000,)
    assert likely_handed(1) == (1, 500, 1000, 2000, 5000, 10_000)


def test_change_is_what_is_over() -> None:
    """Less than is owed is no payment; a thousand yuan over is a slip of the keyboard."""
    assert change_fen(2500, 10_000) == 7500
    for handed in (2499, 102_501):
        with pytest.raises(Invalid, match="cash_invalid"):
            change_fen(2500, handed)


def test_no_drawer_holds_less_than_nothing() -> None:
    """Both figures of a count are checked, and each wrong one is named."""
    with pytest.raises(Invalid) as refused:
        check_drawer(-1, 10**10)
    assert [fault.at for fault in refused.value.fields] == ["float", "counted"]
