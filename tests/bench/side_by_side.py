"""Measure two things in turns, so that both meet the same machine."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

ROUNDS = 7


@dataclass(frozen=True)
class Measured:
    """One line of the result: our figure, the one it is compared with, both in *unit*."""

    what: str
    ours: float
    theirs: float
    unit: str
    compared_with: str

    @property
    def ratio(self) -> float:
        """Ours divided by the other."""
        return self.ours / self.theirs


def nothing() -> None:
    """Prepare nothing."""


def seconds_in_turns(
    ours: Callable[[], object],
    theirs: Callable[[], object],
    *,
    rounds: int = ROUNDS,
    prepare: Callable[[], object] = nothing,
) -> tuple[float, float]:
    """Return the median seconds of one call of each, after one round that does not count.

    *prepare* runs before each call, outside the measured time.
    """
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + 1):
        for act, times in zip((ours, theirs), taken, strict=True):
            prepare()
            started = perf_counter()
            act()
            if number:
                times.append(perf_counter() - started)
    return median(taken[0]), median(taken[1])
