"""Waiting longer after each failure, and never all at once."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.core.clock import BEIJING
from kiosk_server.outbox.rules import FIRST_DELAY, LONGEST_DELAY, delay_after
from kiosk_server.outbox.timetable import latest_fire


@given(st.integers(1, 200), st.floats(0, 1, exclude_max=True))
def test_the_wait_is_bounded(attempt: int, chance: float) -> None:
    """Whatever the attempt, the wait is at least half the first and at most the longest."""
    assert FIRST_DELAY / 2 <= delay_after(attempt, chance) <= LONGEST_DELAY


def test_the_wait_doubles_and_spreads() -> None:
    """Each failure doubles the wait; chance spreads it over its upper half."""
    waits = [delay_after(attempt, 0) for attempt in (1, 2, 3)]
    assert waits == [timedelta(seconds=2.5), timedelta(seconds=5), timedelta(seconds=10)]
    assert delay_after(1, 0.5) == timedelta(seconds=3.75)


@pytest.mark.parametrize(
    ("schedule", "fire"),
    [
        ("*/5 * * * *", datetime(2026, 9, 1, 8, 5, tzinfo=BEIJING)),
        ("7 * * * *", datetime(2026, 9, 1, 8, 7, tzinfo=BEIJING)),
        ("30 3 * * *", datetime(2026, 9, 1, 3, 30, tzinfo=BEIJING)),
        ("0 9 1 * *", datetime(2026, 8, 1, 9, 0, tzinfo=BEIJING)),
    ],
)
def test_the_latest_fire_is_at_or_before_now(schedule: str, fire: datetime) -> None:
    """A schedule's latest fire counts in Beijing time and may be this very minute."""
    assert latest_fire(schedule, datetime(2026, 9, 1, 8, 7, tzinfo=BEIJING)) == fire
