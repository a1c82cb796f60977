"""
What a keeper does now (管理员要做的事): paper, rolls, covers, plugs, the daily check.

Pure. A keeper has no tools: what he cannot put right with his hands is a call, and of a machine
that is silent nothing is guessed beyond its plug and its line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk_server.core import clock
from kiosk_server.terminals.rules import (
    DeviceKind,
    DeviceView,
    TerminalState,
    is_silent,
    stopping,
)


class Task(StrEnum):
    """One thing to do, the most pressing first."""

    CHECK_POWER = "check_power"
    CLEAR_JAM = "clear_jam"
    CLOSE_COVER = "close_cover"
    LOAD_A4 = "load_a4"
    LOAD_ROLL = "load_roll"
    EMPTY_OUTPUT = "empty_output"
    CALL = "call"
    DAILY_CHECK = "daily_check"


@dataclass(frozen=True)
class ToDo:
    """A task, and whether residents wait for it."""

    task: Task
    pressing: bool


_HANDS: Mapping[str, Mapping[str, Task]] = {
    DeviceKind.A4_PRINTER: {
        "paper_out": Task.LOAD_A4,
        "paper_low": Task.LOAD_A4,
        "jam": Task.CLEAR_JAM,
        "cover_open": Task.CLOSE_COVER,
        "tray_missing": Task.CLOSE_COVER,
        "output_full": Task.EMPTY_OUTPUT,
    },
    DeviceKind.RECEIPT_PRINTER: {
        "paper_out": Task.LOAD_ROLL,
        "paper_low": Task.LOAD_ROLL,
        "cover_open": Task.CLOSE_COVER,
    },
}
_MINDED = (DeviceKind.ID_READER, DeviceKind.A4_PRINTER, DeviceKind.RECEIPT_PRINTER)


def to_do(
    state: TerminalState,
    devices: Iterable[DeviceView],
    heard_at: datetime | None,
    checked_at: datetime | None,
    now: datetime,
) -> list[ToDo]:
    """Return what there is to do at a terminal *now*, the most pressing first, nothing twice."""
    if state in (TerminalState.AWAITED, TerminalState.REVOKED):
        return []
    found: dict[Task, bool] = {}
    if is_silent(heard_at, now):
        found[Task.CHECK_POWER] = True
    else:
        for device in devices:
            for task, pressing in _of(device):
                found[task] = found.get(task, False) or pressing
    if not _today(checked_at, now):
        found[Task.DAILY_CHECK] = False
    order = list(Task)
    return sorted(
        (ToDo(task, pressing) for task, pressing in found.items()),
        key=lambda each: (not each.pressing, order.index(each.task)),
    )


def _of(device: DeviceView) -> Iterable[tuple[Task, bool]]:
    if device.kind not in _MINDED:
        return
    stops = {reason.code for reason in stopping(device)}
    hands = _HANDS.get(device.kind, {})
    for code in (*device.troubles, *(stops - set(device.troubles))):
        task = next((task for stem, task in hands.items() if code.startswith(stem)), None)
        if task is not None:
            yield task, code in stops
        elif code in stops and code != "busy":
            yield Task.CALL, True


def _today(checked_at: datetime | None, now: datetime) -> bool:
    if checked_at is None:
        return False
    return clock.to_beijing(checked_at).date() == clock.to_beijing(now).date()
