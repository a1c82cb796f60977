"""
Checks made at the machine itself (现场检查), often without the line, and sent when it is back.

    keep_machine_check(session, terminal_id, word) -> bool
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kiosk_server.assets.checks import DAILY, Check, Verdict, keep_check
from kiosk_server.assets.screen_codes import ScreenRole, asked_by
from kiosk_server.audit.services import Actor
from kiosk_server.core import clock

WIRE_DAILY = "daily_check"
_FOUND = {"pass": Verdict.GOOD, "fail": Verdict.BAD, "skipped": Verdict.SKIPPED}


@dataclass(frozen=True)
class PointResult:
    """One device's test as the machine tells it; `measured` are small numbers without a person."""

    device: str
    test: str
    result: str
    code: str | None
    measured: float | None


@dataclass(frozen=True)
class MachineCheck:
    """One check; `code_window` is that of the code by which somebody had come in."""

    id: str
    kind: str
    by: ScreenRole
    code_window: int | None
    at: datetime
    results: Sequence[PointResult]


def keep_machine_check(session: Session, terminal_id: str, word: MachineCheck) -> bool:
    """
    Keep what a terminal tells of a check; return False where it is known already.

    Its author is the terminal: of the person it knows only which code was typed, and the staff who
    were shown that code are named beside. Raises as `checks.keep_check` does.
    """
    daily = word.kind == WIRE_DAILY
    points, told = {}, {}
    for each in word.results:
        point = each.test if daily else f"{each.device}_{each.test}"[:40]
        points[point] = _FOUND[each.result]
        told[point] = {"code": each.code, "measured": each.measured}
    shown_to: list[str] = []
    if word.code_window is not None:
        shown_to = asked_by(session, terminal_id, role=word.by, window=word.code_window)
    return keep_check(
        session,
        Check(
            id=word.id,
            terminal_id=terminal_id,
            kind=DAILY if daily else word.kind,
            points=points,
            # A machine whose clock had run ahead would hold the newest check for ever.
            at=min(word.at, clock.now()),
            told={"by": word.by.value, "code_shown_to": shown_to, "points": told},
        ),
        by=Actor(kind="terminal", id=terminal_id, terminal_id=terminal_id),
    )
