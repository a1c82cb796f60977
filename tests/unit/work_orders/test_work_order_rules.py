"""A work order's life, limits, checklists, parts and figures, as pure rules."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.core.errors import WrongState
from kiosk_server.terminals.rules import DeviceKind
from kiosk_server.upkeep.causes import Severity
from kiosk_server.work_orders.checklists import (
    CHECKLISTS,
    Finding,
    Point,
    checklist_faults,
    checklist_for,
)
from kiosk_server.work_orders.parts import Part, PartCode, part_faults
from kiosk_server.work_orders.rules import (
    ENDS,
    LIFE,
    OrderState,
    OrderVerb,
    Spell,
    Timeliness,
    hours_to_repair,
    ready_again_at,
    repair_times,
    timeliness,
)

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_two_ends_and_no_state_traps() -> None:
    """From every state an end can be reached; the ends are checked and cancelled alone."""
    assert {OrderState.CHECKED, OrderState.CANCELLED} == ENDS
    for state in OrderState:
        reached, grew = {state}, True
        while grew:
            more = {after for at, _, after in LIFE if at in reached} - reached
            grew = bool(more)
            reached |= more
        assert reached & ENDS


@given(st.sampled_from(OrderState), st.sampled_from(OrderVerb))
def test_what_the_table_does_not_know_is_refused(state: OrderState, verb: OrderVerb) -> None:
    """Every pair outside the table raises."""
    if verb in LIFE.open_verbs(state):
        assert LIFE.after(state, verb) in OrderState
    else:
        with pytest.raises(WrongState):
            LIFE.after(state, verb)


@pytest.mark.parametrize(
    ("hours", "done_after", "expected"),
    [
        (2.9, None, Timeliness.IN_TIME),
        (3, None, Timeliness.DUE_SOON),
        (4, None, Timeliness.DUE_SOON),
        (4.1, None, Timeliness.OVERDUE),
        (90, 3.9, Timeliness.IN_TIME),
        (90, 4.1, Timeliness.OVERDUE),
    ],
)
def test_limit_of_an_urgent_order(
    hours: float, done_after: float | None, expected: Timeliness
) -> None:
    """Three hours warn, four are the limit; what was done is judged by when it was done."""
    done = None if done_after is None else NOON + HOUR * done_after
    assert timeliness(Severity.URGENT, NOON, done, NOON + HOUR * hours) is expected


def test_ready_when_the_last_alert_closed() -> None:
    """The last closing counts; one that stands leaves nothing; one that opens later is another."""
    first, second = Spell(NOON, NOON + HOUR), Spell(NOON + 2 * HOUR, NOON + 5 * HOUR)
    standing = Spell(NOON + 2 * HOUR, None)
    done = NOON + 4 * HOUR
    assert ready_again_at([first], NOON, done) == NOON + HOUR
    assert ready_again_at([first, second], NOON, done) == NOON + 5 * HOUR
    assert ready_again_at([first, standing], NOON, done) is None
    assert ready_again_at([first, standing], NOON, NOON + HOUR) == NOON + HOUR
    assert ready_again_at([], NOON, done) is None


def test_mttr_is_the_mean() -> None:
    """Mean and median over the repairs; no repairs give no figure, not zero."""
    times = repair_times([1.0, 2.0, 6.0], in_time=2, finished=4)
    assert (times.count, times.mean_hours, times.median_hours) == (3, 3.0, 2.0)
    assert repair_times([], in_time=0, finished=1).mean_hours is None
    assert hours_to_repair(NOON, NOON + timedelta(minutes=90)) == 1.5


@pytest.mark.parametrize("device", [*CHECKLISTS, *DeviceKind, "something_new"])
def test_every_list_ends_with_the_terminal_in_service(device: str) -> None:
    """Whatever fails, nothing is looked at twice and the last look is at the whole."""
    points = checklist_for(device)
    assert len(points) == len(set(points)) >= 3
    assert points[-1] is Point.BACK_IN_SERVICE


def test_checklist_names_every_unanswered_point() -> None:
    """A point left out or answered in unknown words is a fault of its own."""
    points = checklist_for("id_reader")
    whole = {point.value: Finding.GOOD.value for point in points}
    assert checklist_faults("id_reader", whole) == []
    broken = {**whole, points[0].value: "perfect"}
    del broken[points[1].value]
    assert [fault.at for fault in checklist_faults("id_reader", broken)] == [
        f"point.{points[0]}",
        f"point.{points[1]}",
    ]


@pytest.mark.parametrize(
    ("part", "at"),
    [
        (Part(PartCode.CABLE, 2), []),
        (Part(PartCode.CABLE, 0), ["quantity"]),
        (Part(PartCode.CABLE, 21), ["quantity"]),
        (Part(PartCode.ID_READER, 1, "", "SN-2"), []),
        (Part(PartCode.ID_READER, 1), ["serial_in"]),
        (Part(PartCode.ID_READER, 2, "", "SN-2"), ["quantity"]),
        (Part(PartCode.DISK, 1, "<b>", "张三"), ["serial_out", "serial_in"]),
    ],
)
def test_parts(part: Part, at: list[str]) -> None:
    """A whole device comes one at a time with its serial; serials are plate numbers."""
    assert [fault.at for fault in part_faults(part)] == at
