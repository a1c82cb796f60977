"""
How long somebody waits (预计等候), as a range. Pure; this is the method, its error is measured.

1. A visit of a group takes the mean of what was finished today at the site (the last
   `VISITS_COUNTED`), mixed with the minutes of the group's own services as if `PRIOR_VISITS`
   visits had taken those.
2. A window counts as open if it called within `OPEN_WITHIN`; where none did, one is counted.
3. Before a ticket go those who are here with an earlier due moment, and whose time comes while it
   waits. The longer the wait, the more of them: it is reckoned again until nobody is added. A
   booking whose time has not come is called early where all who are ready are served before it.
   Who has booked and has not come is not counted: tried, it told far more than was waited.
4. The work ahead is their minutes. A window takes several groups: of each group's work, the
   ticket's windows have the share that they are of all open windows of that group. Whom they serve
   now is half done.
5. The wait is that work shared by the ticket's windows; a booking waits for its own time at least.
6. It is said as a range, from `LOW` to `HIGH` of it, outwards to full `STEP` minutes: an exact
   figure would be false, and more people may come who go first.

On a simulated day of 2,000 tickets its error is measured by `make bench` (docs/operations.md).
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk_server.queue.rules import Turn

PRIOR_VISITS = 5
VISITS_COUNTED = 200
OPEN_WITHIN = timedelta(minutes=30)
STEP = 5
LOW, HIGH = 0.75, 1.35
_HALF_DONE = 0.5


@dataclass(frozen=True)
class Counter:
    """One open window: the groups it takes, and the group of whom it serves now."""

    groups: frozenset[str]
    serves: str | None = None


@dataclass(frozen=True)
class Wait:
    """A wait as people are told it: how many are before one, and between which minutes."""

    waiting: int
    at_least_minutes: int
    at_most_minutes: int


def visit_minutes(own: float, finished: Iterable[float]) -> float:
    """Return how long a visit of a group takes; *own* are its services' minutes."""
    today = list(finished)
    return (PRIOR_VISITS * own + sum(today)) / (PRIOR_VISITS + len(today))


def windows_of(
    group: str, opened: Iterable[Counter], all_windows: Iterable[Counter]
) -> list[Counter]:
    """Return the windows that are counted for *group*: the open ones, or one of all."""
    return [each for each in opened if group in each.groups] or [
        each for each in all_windows if group in each.groups
    ][:1]


def expected_minutes(
    group: str,
    ahead: Iterable[str],
    windows: Iterable[Counter],
    opened: Iterable[Counter],
    minutes: Mapping[str, float],
) -> float:
    """
    Return the minutes until the work ahead of a ticket of *group* is done.

    *ahead*: the groups of those called before it; *windows*: `windows_of` its group; *opened*: all
    open windows.
    """
    mine, every = list(windows), list(opened)
    if not mine:
        return 0.0
    work = sum(
        minutes[each] * _share(each, mine, every)
        for each in ahead
        if any(each in window.groups for window in mine)
    )
    work += sum(_HALF_DONE * minutes[window.serves] for window in mine if window.serves)
    return work / len(mine)


def wait_for_turn(
    turns: Collection[Turn], mine: Turn, now: datetime, work: Callable[[Iterable[Turn]], float]
) -> float:
    """
    Return the expected wait of *mine* in minutes.

    *turns*: who is here for the same windows; *work*: the minutes until some of them
    have been called (`expected_minutes`).
    """
    own = max(_minutes_until(mine.callable_at, now), 0.0)
    earlier = [each for each in turns if each.id != mine.id and each.order < mine.order]
    counted, wait = -1, own
    while True:
        ahead = [each for each in earlier if _minutes_until(each.callable_at, now) <= wait]
        if len(ahead) == counted:
            break
        counted, wait = len(ahead), max(work(ahead), own)
    ready = (each for each in turns if each.id != mine.id and each.callable_at <= now)
    return min(wait, work(ready)) if own else wait


def told(waiting: int, expected: float) -> Wait:
    """Return a wait of *expected* minutes as people are told it."""
    low = STEP * math.floor(LOW * expected / STEP)
    high = STEP * math.ceil(HIGH * expected / STEP)
    return Wait(waiting, low, max(high, low + STEP))


def _minutes_until(moment: datetime, now: datetime) -> float:
    return (moment - now).total_seconds() / 60


def _share(group: str, mine: list[Counter], every: list[Counter]) -> float:
    taking = [window for window in every if group in window.groups]
    here = [window for window in mine if group in window.groups]
    return len(here) / max(len(taking), len(here))
