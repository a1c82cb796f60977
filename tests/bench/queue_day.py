"""A day of two thousand tickets, and how far what people were told was from what they waited."""

from collections.abc import Iterator
from statistics import median, quantiles
from time import perf_counter

from tests.bench.ground import fresh_ground
from tests.bench.side_by_side import Measured
from tests.support.queue_day import LASTS_MINUTES, Figures, live_through

PEOPLE, SEED = 2000, 2000


def measure() -> Iterator[Measured]:
    """Yield the error of the told wait in minutes, how many ranges held, and how long it took.

    The yardstick is who would tell everybody the day's median wait, known only in the evening.
    """
    with fresh_ground() as (_, database):
        started = perf_counter()
        lived = live_through(database, PEOPLE, seed=SEED)
        seconds = perf_counter() - started
    figures = Figures.of(lived)
    flat = [abs(each.waited - figures.middle_wait) for each in lived]
    against = f"one figure for all: the day's median, {figures.middle_wait:.0f} min"
    yield Measured("told wait, median error", figures.middle_error, median(flat), "min", against)
    ninth = quantiles(flat, n=10)[8]
    yield Measured("  its 90th percentile", figures.ninth_error, ninth, "min", against)
    yield Measured("told ranges that held", figures.within * 100, 100.0, "%", "all of them")
    day = LASTS_MINUTES * 60.0
    yield Measured("a day of 2,000 tickets", seconds, day, "s", "the day itself")
