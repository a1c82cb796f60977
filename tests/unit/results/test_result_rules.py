"""Which ways are open, when money goes back, and that paper and money bar each other. Pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.results.rules import (
    COLLECT_WITHIN,
    DOUBT_LASTS,
    PRINT_WITHIN,
    Parcel,
    Print,
    ResultWay,
    Standing,
    money_goes_back_at,
    open_ways,
)

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
PAID = Standing(
    due=True,
    decided=True,
    fee_fen=1000,
    kept_fen=1000,
    returning=False,
    handed_out=False,
    print=Print.NONE,
    parcel=Parcel.NONE,
)
EVERY = [
    replace(PAID, print=printed, parcel=parcel, handed_out=handed, kept_fen=kept)
    for printed, parcel, handed, kept in product(Print, Parcel, (False, True), (0, 1000))
]


@pytest.mark.policy("P43")
def test_money_and_paper_bar_each_other() -> None:
    """In no standing may money go back while a paper is out or can still come out by itself."""
    for standing in EVERY:
        if standing.returnable:
            assert not standing.gone
            assert standing.print not in (Print.UNDER_WAY, Print.HANGS, Print.OUT, Print.DENIED)
            assert standing.parcel in (Parcel.NONE, Parcel.TURNED_DOWN)
        assert not (standing.owed and standing.returnable)


def test_what_is_gone_is_not_chosen() -> None:
    """Nothing is open once the paper has left the house, is being printed, or its money leaves."""
    for standing in EVERY:
        if standing.gone or standing.print is Print.UNDER_WAY:
            assert open_ways(standing) == ()
    assert open_ways(replace(PAID, returning=True, kept_fen=0)) == ()
    assert open_ways(replace(PAID, due=False)) == ()
    assert open_ways(PAID) == tuple(ResultWay)


def test_fee_of_what_is_not_decided() -> None:
    """Nobody pays for a paper before it is certain that there will be one; free ones may wait."""
    undecided = replace(PAID, decided=False, kept_fen=0)
    assert open_ways(undecided) == ()
    assert open_ways(replace(undecided, fee_fen=0)) == tuple(ResultWay)


@pytest.mark.policy("P43")
@given(
    failures=st.lists(st.integers(0, 200), max_size=4),
    right=st.none() | st.integers(0, 300),
)
def test_money_never_leaves_while_a_promise_stands(failures: list[int], right: int | None) -> None:
    """A day after payment and after each failure, and not before a right to print has ended."""
    ended = [NOON + timedelta(hours=each) for each in failures]
    until = None if right is None else NOON + timedelta(hours=right)
    at = money_goes_back_at(ResultWay.HERE, PAID, since=NOON, ended=ended, right_until=until)
    assert at is not None
    for promised in (NOON, *ended):
        assert at >= promised + PRINT_WITHIN
    assert until is None or at >= until
    assert at <= max([NOON, *ended]) + PRINT_WITHIN or at == until


def test_times_by_way() -> None:
    """A window waits thirty days, a doubt three days longer, and what is carried for ever."""
    failed = replace(PAID, print=Print.UNKNOWN)
    carried = replace(PAID, parcel=Parcel.CARRIED)
    assert money_goes_back_at(ResultWay.COLLECT, PAID, since=NOON) == NOON + COLLECT_WITHIN
    assert (
        money_goes_back_at(ResultWay.HERE, failed, since=NOON) == NOON + PRINT_WITHIN + DOUBT_LASTS
    )
    assert money_goes_back_at(ResultWay.SEND, carried, since=NOON) is None
