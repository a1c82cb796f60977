"""What people are told of their wait, beside what they wait, on a simulated day."""

from statistics import median

import pytest

from kiosk_server.core.database import Database
from tests.support.queue_day import Figures, live_through

PEOPLE = 80


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_told_wait_is_near_the_real_one(database: Database) -> None:
    """On a small day with waves, misses and green lanes the error is that of a range, not of a
    guess: far smaller than the waits themselves. `make bench` measures a day of 2,000."""
    lived = live_through(database, PEOPLE, seed=80)
    figures = Figures.of(lived)
    flat = median(abs(each.waited - figures.middle_wait) for each in lived)
    assert figures.people > PEOPLE * 0.95
    assert figures.middle_error < flat
    assert figures.within > 0.5
