"""What a keeper is asked to do, and what he is not."""

from datetime import datetime, timedelta

import pytest

from kiosk_server.assets.tasks import Task, ToDo, to_do
from kiosk_server.terminals.rules import Condition, DeviceView, TerminalState

NOW = datetime.fromisoformat("2026-11-22T09:00:00+08:00")
KINDS = ("id_reader", "a4_printer", "receipt_printer")


def device(kind: str, condition: Condition = Condition.READY, *troubles: str) -> DeviceView:
    """One device as its terminal told just now."""
    return DeviceView(kind, condition, troubles, {}, NOW, NOW)


def tasks(
    *ill: DeviceView,
    state: TerminalState = TerminalState.IN_SERVICE,
    heard: datetime | None = NOW,
    checked: datetime | None = NOW,
) -> list[tuple[Task, bool]]:
    """What there is to do at a terminal that is well but for *ill*."""
    devices = {kind: device(kind) for kind in KINDS} | {each.kind: each for each in ill}
    found = to_do(state, devices.values(), heard, checked, NOW)
    assert all(isinstance(each, ToDo) for each in found)
    return [(each.task, each.pressing) for each in found]


@pytest.mark.parametrize(
    ("ill", "task", "pressing"),
    [
        (device("a4_printer", Condition.NEEDS_ATTENTION, "paper_out"), Task.LOAD_A4, True),
        (device("a4_printer", Condition.LOW, "paper_low"), Task.LOAD_A4, False),
        (device("a4_printer", Condition.NEEDS_ATTENTION, "jam"), Task.CLEAR_JAM, True),
        (device("a4_printer", Condition.NEEDS_ATTENTION, "tray_missing"), Task.CLOSE_COVER, True),
        (device("a4_printer", Condition.NEEDS_ATTENTION, "output_full"), Task.EMPTY_OUTPUT, True),
        (device("a4_printer", Condition.FAULT), Task.CALL, True),
        (device("receipt_printer", Condition.LOW, "paper_low"), Task.LOAD_ROLL, False),
        (device("receipt_printer", Condition.FAULT, "cutter"), Task.CALL, True),
        (device("id_reader", Condition.ABSENT, "offline"), Task.CALL, True),
    ],
)
def test_what_hands_can_do_is_asked_of_him(ill: DeviceView, task: Task, pressing: bool) -> None:
    """Paper, rolls and covers are his; what wants tools is a call."""
    assert tasks(ill) == [(task, pressing)]


def test_a_well_terminal_asks_for_nothing() -> None:
    """Toner that runs low, a busy printer and other devices are not for him."""
    assert tasks() == []
    assert tasks(device("a4_printer", Condition.LOW, "toner_low")) == []
    assert tasks(device("a4_printer", Condition.READY, "busy")) == []
    assert tasks(device("qr_scanner", Condition.FAULT)) == []


def test_of_a_silent_terminal_nothing_is_guessed() -> None:
    """Its plug and its line are looked at; its paper is not known."""
    empty = device("a4_printer", Condition.NEEDS_ATTENTION, "paper_out")
    for heard in (None, NOW - timedelta(minutes=5)):
        assert tasks(empty, heard=heard) == [(Task.CHECK_POWER, True)]


def test_pressing_things_come_first_and_nothing_twice() -> None:
    """What residents wait for stands above what will run out, and the check is last."""
    found = tasks(
        device("id_reader", Condition.FAULT, "hardware"),
        device("a4_printer", Condition.NEEDS_ATTENTION, "paper_out", "cover_open"),
        device("receipt_printer", Condition.LOW, "paper_low"),
        checked=None,
    )
    assert found == [
        (Task.CLOSE_COVER, True),
        (Task.LOAD_A4, True),
        (Task.CALL, True),
        (Task.LOAD_ROLL, False),
        (Task.DAILY_CHECK, False),
    ]


def test_the_daily_check_is_asked_once_a_beijing_day() -> None:
    """A check of yesterday evening is of yesterday."""
    evening = datetime.fromisoformat("2026-11-21T23:59:00+08:00")
    assert tasks(checked=evening) == [(Task.DAILY_CHECK, False)]
    assert tasks(checked=evening + timedelta(minutes=2)) == []


@pytest.mark.parametrize("state", [TerminalState.AWAITED, TerminalState.REVOKED])
def test_what_does_not_live_asks_for_nothing(state: TerminalState) -> None:
    """Neither a terminal to come nor one that is out."""
    assert tasks(state=state, heard=None, checked=None) == []
