"""
The grade that is kept with a terminal (状态排序), so that a list of thousands is sorted by rows.

A page shows what `rules.standing` says of the devices now; this is the same judgement, taken when
the terminal last spoke. Silence is not in it: it is told by the clock, see `listing`.
"""

from collections.abc import Iterable
from datetime import datetime

from kiosk_server.terminals.models import Terminal
from kiosk_server.terminals.rules import DeviceView, Reason, TerminalState, standing


def keep_grade(
    terminal: Terminal,
    devices: Iterable[DeviceView],
    now: datetime,
    *,
    closed_for: Reason | None = None,
) -> None:
    """Keep how *devices* let *terminal* stand, as if it were in service and had just spoken."""
    judged = standing(TerminalState.IN_SERVICE, devices, now, now, closed_for=closed_for)
    terminal.grade = judged.grade.value
