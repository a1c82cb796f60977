"""The fair rule between booked, priority and walk-in, tried on any crowd."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.queue.life import LIFE, TicketState
from kiosk_server.queue.rules import (
    LATE_AFTER,
    LONGEST_CREDIT,
    Due,
    Lane,
    Turn,
    before,
    due_of,
    label_of,
    letter_of,
    next_turn,
)

OPENS = datetime(2026, 11, 25, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Comer:
    """Somebody who comes: when, and for which slot or as whom."""

    comes: int
    slot: int | None
    priority: bool

    def due(self) -> Due:
        """What his ticket is given."""
        slot = None if self.slot is None else OPENS + self.slot * MINUTE
        return due_of(OPENS + self.comes * MINUTE, slot_starts=slot, priority=self.priority)


@st.composite
def comers(draw: st.DrawFn) -> Comer:
    """Anybody; who has booked comes from an hour before his slot to an hour after it."""
    comes = draw(st.integers(0, 480))
    slot = draw(st.none() | st.integers(comes - 60, comes + 60))
    return Comer(comes, slot, draw(st.booleans()))


CROWD = st.lists(comers(), min_size=1, max_size=25)


def turn(index: int, comer: Comer) -> Turn:
    """The ticket of the one with number *index* in the crowd."""
    due = comer.due()
    taken = OPENS + comer.comes * MINUTE
    return Turn(f"{index:03}", "general", due.due_at, due.callable_at, taken)


def day_of(crowd: Sequence[Comer], windows: int, visit: int) -> list[tuple[Turn, int]]:
    """Let *windows* call whoever is there, each visit as long; return turns and their minute."""
    coming = sorted((turn(index, each) for index, each in enumerate(crowd)), key=lambda t: t.order)
    free = [0] * windows
    called: list[tuple[Turn, int]] = []
    minute = 0
    while coming:
        now = OPENS + minute * MINUTE
        for window in range(windows):
            here = [each for each in coming if each.taken_at <= now]
            chosen = next_turn(here, now) if free[window] <= minute else None
            if chosen is not None:
                coming.remove(chosen)
                called.append((chosen, minute))
                free[window] = minute + visit
        minute += 1
    return called


@pytest.mark.policy("P41")
@given(CROWD, st.integers(1, 3), st.integers(1, 20))
def test_nobody_is_overtaken_for_ever(crowd: list[Comer], windows: int, visit: int) -> None:
    """Once his time has come, nobody is passed by who came more than two hours after him."""
    called = day_of(crowd, windows, visit)
    for place, (mine, _) in enumerate(called):
        for other, minute in called[:place]:
            my_time_had_come = mine.callable_at <= OPENS + minute * MINUTE
            if my_time_had_come and mine.taken_at <= OPENS + minute * MINUTE:
                assert other.taken_at - mine.taken_at <= LONGEST_CREDIT


@given(CROWD, st.integers(1, 3), st.integers(1, 20))
def test_within_a_lane_nobody_overtakes(crowd: list[Comer], windows: int, visit: int) -> None:
    """Walk-ins are called as they came, and so are those who go first."""
    called = [each for each, _ in day_of(crowd, windows, visit)]
    lanes = [(crowd[int(each.id)], each) for each in called]
    walked_in = [
        each.taken_at for comer, each in lanes if comer.slot is None and not comer.priority
    ]
    assert walked_in == sorted(walked_in)
    first = [each.taken_at for comer, each in lanes if comer.slot is None and comer.priority]
    assert first == sorted(first)


@given(comers(), st.integers(0, 30))
def test_coming_later_never_helps(comer: Comer, later: int) -> None:
    """Whoever comes later has no earlier due moment."""
    slower = Comer(comer.comes + later, comer.slot, comer.priority)
    assert comer.due().due_at <= slower.due().due_at
    on_time = comer.slot is not None and comer.comes + later <= comer.slot + 10
    if on_time and not comer.priority:
        assert comer.due().due_at == slower.due().due_at


@given(CROWD)
def test_who_is_before_me_is_who_would_be_called(crowd: list[Comer]) -> None:
    """Calling one after the other at one moment calls exactly those before one, before one."""
    now = OPENS + 480 * MINUTE
    here = [turn(index, each) for index, each in enumerate(crowd)]
    mine, left, called = here[0], list(here), []
    while (chosen := next_turn(left, now)) is not None and chosen != mine:
        left.remove(chosen)
        called.append(chosen)
    assert sorted(each.id for each in called) == sorted(each.id for each in before(here, mine, now))


def test_the_rule_in_figures() -> None:
    """The credits of the three ways, as they are written down for people."""
    nine = OPENS - 60 * MINUTE
    assert due_of(OPENS, slot_starts=None, priority=False) == Due(Lane.WALK_IN, OPENS, OPENS)
    assert due_of(OPENS, slot_starts=None, priority=True).due_at == OPENS - 120 * MINUTE
    booked = due_of(nine, slot_starts=OPENS, priority=False)
    assert booked == Due(Lane.BOOKED, nine, OPENS - 10 * MINUTE)
    late = OPENS + LATE_AFTER + MINUTE
    assert due_of(late, slot_starts=OPENS, priority=False).due_at == late - 30 * MINUTE
    both = due_of(OPENS, slot_starts=OPENS, priority=True)
    assert (both.lane, both.callable_at) == (Lane.PRIORITY, OPENS)
    assert next_turn([], OPENS) is None


def test_a_booking_is_called_early_where_nobody_else_waits() -> None:
    """Before its time it waits for everybody whose time has come, and for nobody else."""
    booked = turn(1, Comer(0, 40, priority=False))
    walked_in = turn(2, Comer(5, None, priority=False))
    assert next_turn([booked, walked_in], OPENS + 6 * MINUTE) == walked_in
    assert next_turn([booked, walked_in], OPENS + 30 * MINUTE) == booked
    assert next_turn([booked], OPENS + 6 * MINUTE) == booked


def test_labels_are_read_out_easily() -> None:
    """A letter and three figures, more where a day has more."""
    assert [label_of(letter_of(place), 7) for place in (0, 25, 26)] == ["A007", "Z007", "AA007"]
    assert label_of("A", 1234) == "A1234"


def test_a_ticket_ends_in_two_ways() -> None:
    """Finished and left lead nowhere; a missed one may come back."""
    assert LIFE.ends() == {TicketState.FINISHED, TicketState.LEFT}
