"""How long somebody waits: the method in figures."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.queue.estimate import (
    STEP,
    Counter,
    expected_minutes,
    told,
    visit_minutes,
    wait_for_turn,
    windows_of,
)
from kiosk_server.queue.rules import Turn

NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
A, B = frozenset({"a"}), frozenset({"a", "b"})
MINUTES = {"a": 10.0, "b": 20.0}


def test_visits_of_today_outweigh_what_was_expected() -> None:
    """Five visits as long as the services say, and every real one beside them."""
    assert visit_minutes(20, []) == 20
    assert visit_minutes(20, [10] * 5) == 15


def test_work_ahead_is_shared_by_open_windows() -> None:
    """Two windows halve it; whom they serve now is half done."""
    one, two = [Counter(A)], [Counter(A), Counter(A)]
    assert expected_minutes("a", ["a"] * 4, one, one, MINUTES) == 40
    assert expected_minutes("a", ["a"] * 4, two, two, MINUTES) == 20
    busy = [Counter(A, serves="a")]
    assert expected_minutes("a", [], busy, busy, MINUTES) == 5


def test_a_window_of_several_groups_takes_its_share() -> None:
    """Of a group that another window takes too, it has half; of one that nobody else takes, all."""
    opened = [Counter(A), Counter(B)]
    mine = windows_of("b", opened, opened)
    assert mine == [Counter(B)]
    assert expected_minutes("b", ["a", "a", "b"], mine, opened, MINUTES) == 30


def test_where_no_window_called_lately_one_is_counted() -> None:
    """Before the first call of the day, and where no window takes the group at all."""
    every = [Counter(A), Counter(B)]
    assert windows_of("a", [], every) == [Counter(A)]
    assert expected_minutes("a", ["a"], windows_of("a", [], every), [], MINUTES) == 10
    assert expected_minutes("a", ["a"], windows_of("a", [], []), [], MINUTES) == 0


def turn(name: str, due: float, *, callable_in: float = -1) -> Turn:
    """Somebody who is due, and may be called, so many minutes from now."""
    taken = NOW + timedelta(minutes=min(due, 0))
    return Turn(
        name, "a", NOW + timedelta(minutes=due), NOW + timedelta(minutes=callable_in), taken
    )


def ten_minutes_each(some: Iterable[Turn]) -> float:
    """One window."""
    return 10.0 * len(list(some))


def test_whose_time_comes_meanwhile_goes_first() -> None:
    """Two bookings that are due earlier: one whose time comes while I wait counts, and with it the
    wait is long enough for the second; one that comes after that does not."""
    mine = turn("me", 0)
    here = [mine, turn("before", -20), turn("behind", 5)]
    assert wait_for_turn(here, mine, NOW, ten_minutes_each) == 10
    soon, then, late = (turn(f"booked-{at}", -10, callable_in=at) for at in (8, 15, 40))
    assert wait_for_turn([*here, soon, then, late], mine, NOW, ten_minutes_each) == 30
    assert wait_for_turn([*here, then, late], mine, NOW, ten_minutes_each) == 10


def test_a_booking_waits_for_its_time_unless_nobody_else_is_ready() -> None:
    """Its own time comes in 25 minutes; with little work before it is called early."""
    mine = turn("me", -30, callable_in=25)
    few, many = ([turn(f"{at}", -10 - at) for at in range(number)] for number in (2, 6))
    assert wait_for_turn([mine], mine, NOW, ten_minutes_each) == 0
    assert wait_for_turn([mine, *few], mine, NOW, ten_minutes_each) == 20
    assert wait_for_turn([mine, *many], mine, NOW, ten_minutes_each) == 25
    first = [turn(f"first-{at}", -40) for at in range(4)]
    assert wait_for_turn([mine, *many, *first], mine, NOW, ten_minutes_each) == 40


@given(st.integers(0, 50), st.floats(0, 600))
def test_a_wait_is_a_range_of_full_steps(ahead: int, expected: float) -> None:
    """Never a false exact figure, and the expected one lies within."""
    wait = told(ahead, expected)
    assert wait.waiting == ahead
    assert wait.at_least_minutes <= expected <= wait.at_most_minutes
    assert wait.at_least_minutes % STEP == wait.at_most_minutes % STEP == 0
    assert wait.at_most_minutes - wait.at_least_minutes >= STEP


@pytest.mark.parametrize(("expected", "said"), [(0, (0, 5)), (12, (5, 20)), (50, (35, 70))])
def test_a_range_in_figures(expected: float, said: tuple[int, int]) -> None:
    """From three quarters of it to a third more, outwards to five minutes."""
    wait = told(1, expected)
    assert (wait.at_least_minutes, wait.at_most_minutes) == said
