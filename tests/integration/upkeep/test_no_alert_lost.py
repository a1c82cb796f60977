"""
Random days of terminals: no alert is lost, none is doubled, none outlives its cause.

The days are told as steps; what must be true is worked out from the steps alone, knowing nothing
of how alerts are kept.
"""

from dataclasses import dataclass
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk_server.core.database import Database
from kiosk_server.terminals.rules import Condition
from tests.support.ailing import Ailing

TERMINALS = ("AT-0001", "AT-0002")
State = tuple[Condition, tuple[str, ...]]
STATES: st.SearchStrategy[State] = st.sampled_from(
    [
        (Condition.READY, ()),
        (Condition.NEEDS_ATTENTION, ("paper_out",)),
        (Condition.NEEDS_ATTENTION, ("jam",)),
        (Condition.NEEDS_ATTENTION, ("jam", "paper_out")),
        (Condition.LOW, ("paper_low",)),
    ]
)
SECONDS = st.sampled_from([2, 9, 15, 35, 70, 200, 500])
_SURE_SECONDS = {"paper_out": 40, "jam": 40, "paper_low": 100}
"""Whatever the phase of looks and heartbeats: what lasted so long must have been an alert."""


@dataclass(frozen=True)
class Step:
    """For so many seconds a terminal is so, or is silent; the watch lives or is dead."""

    terminal: str
    state: State
    silent: bool
    dead: bool
    seconds: int


STEPS = st.builds(
    Step,
    terminal=st.sampled_from(TERMINALS),
    state=STATES,
    silent=st.booleans(),
    dead=st.booleans(),
    seconds=SECONDS,
)


@dataclass
class Expected:
    """Which causes lasted, by the steps alone."""

    began: dict[tuple[str, str], datetime]
    lasted: dict[tuple[str, str], int]

    def see(self, terminal: str, troubles: tuple[str, ...], now: datetime) -> None:
        """A terminal was heard to be so: what it no longer says has ended."""
        for (whose, trouble), since in list(self.began.items()):
            if whose == terminal and trouble not in troubles:
                self._end((whose, trouble), since, now)
        for trouble in troubles:
            self.began.setdefault((terminal, trouble), now)

    def _end(self, key: tuple[str, str], since: datetime, now: datetime) -> None:
        del self.began[key]
        if (now - since).total_seconds() >= _SURE_SECONDS[key[1]]:
            self.lasted[key] = self.lasted.get(key, 0) + 1


def live_day(town: Ailing, steps: list[Step]) -> Expected:
    """Let the steps happen; return what must have been alerts."""
    expected = Expected({}, {})
    for step in steps:
        town.dead = step.dead
        if step.silent:
            town.silent.add(step.terminal)
        else:
            town.silent.discard(step.terminal)
            condition, troubles = step.state
            expected.see(step.terminal, troubles, town.now)
            town.says(step.terminal, condition, *troubles)
        town.wait(step.seconds)
    town.dead = False
    town.silent.clear()
    for terminal in TERMINALS:
        expected.see(terminal, (), town.now)
        town.well(terminal)
    return expected


@pytest.mark.policy("P53")
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=7))
def test_no_alert_is_lost_doubled_or_left(database: Database, steps: list[Step]) -> None:
    """Whatever happens, with or without a worker: what lasted was an alert, and is over."""
    town = Ailing(database).forget().open(centre=len(TERMINALS))
    expected = live_day(town, steps)
    town.wait(100).wait(360)
    assert town.open_kinds() == []
    found = town.alerts()
    for terminal, trouble in expected.lasted:
        assert any((a.terminal_id, a.kind) == (terminal, trouble) for a in found), trouble
    for one in found:
        assert one.closed_at is not None
        assert one.opened_at is not None
        later = [
            other
            for other in found
            if other.cause == one.cause
            and other.terminal_id == one.terminal_id
            and other.suspected_at >= one.suspected_at
            and other.id != one.id
        ]
        assert all(other.suspected_at >= one.closed_at for other in later)
    keys = [(call.alert_id, call.number) for call in town.calls()]
    assert len(keys) == len(set(keys))
