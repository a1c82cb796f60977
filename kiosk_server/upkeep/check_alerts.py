"""
Alerts of what was found at the machine (检查不合格告警): a failed check opens one, and the check in
which the same thing passes closes it.

    review_checks(session, terminal_id)    after a check was kept, in the same unit of work
"""

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from kiosk_server.assets.checks import DailyPoint
from kiosk_server.assets.failing import failing_points
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound
from kiosk_server.terminals.models import Terminal
from kiosk_server.terminals.rules import WHOLE, DeviceKind, TerminalState
from kiosk_server.upkeep.causes import (
    CHECK_FAILED,
    STRANGE_PARTS,
    TERMINAL,
    Cause,
    Severity,
    Sight,
    Teller,
)
from kiosk_server.upkeep.services import follow

_SEEN_FROM_HERE = ("line_", "machine_clock")
"""The server hears by itself whether the line and the clock are right."""
_LOOKED_AT: Mapping[str, tuple[Cause, Severity]] = {
    DailyPoint.STRANGE_PARTS: (Cause(TERMINAL, STRANGE_PARTS), Severity.SERIOUS),
    DailyPoint.READER: (Cause(DeviceKind.ID_READER, CHECK_FAILED), Severity.SOON),
    DailyPoint.A4_PAPER: (Cause(DeviceKind.A4_PRINTER, CHECK_FAILED), Severity.SOON),
    DailyPoint.SLIP_PAPER: (Cause(DeviceKind.RECEIPT_PRINTER, CHECK_FAILED), Severity.SOON),
}
_ENDED = (TerminalState.REVOKED, TerminalState.AWAITED)


def review_checks(session: Session, terminal_id: str) -> None:
    """
    Open and close alerts by what the checks of a terminal have found; doing it twice changes
    nothing more.

    They open for a locked terminal too: whoever works at it wants to know what is left to do.
    Raises `NotFound` for an unknown terminal.
    """
    terminal = session.get(Terminal, terminal_id, with_for_update=True)
    if terminal is None:
        raise NotFound("terminal_not_found")
    if terminal.state in _ENDED:
        sight = Sight({}, opens=False, over=True, teller=Teller.CHECKS)
    else:
        sight = Sight(found(failing_points(session, terminal_id)), teller=Teller.CHECKS)
    follow(session, terminal, sight, clock.now())


def found(points: Collection[str]) -> Mapping[Cause, Severity]:
    """Return what failing *points* mean: one cause a device, as grave as its worst point."""
    causes: dict[Cause, Severity] = {}
    for point in points:
        if point.startswith(_SEEN_FROM_HERE):
            continue
        cause, severity = _LOOKED_AT.get(point) or _tested(point)
        known = causes.get(cause, severity)
        causes[cause] = min(known, severity, key=lambda each: each.rank)
    return causes


def _tested(point: str) -> tuple[Cause, Severity]:
    for kind in DeviceKind:
        if point.startswith(f"{kind}_"):
            severity = Severity.SERIOUS if kind in WHOLE else Severity.SOON
            return Cause(kind, CHECK_FAILED), severity
    return Cause(TERMINAL, CHECK_FAILED), Severity.SOON
