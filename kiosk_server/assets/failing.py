"""
What is failing by the last word of the checks (未通过的检查项): of each point what was found last.

    failing_points(session, terminal_id) -> frozenset[str]
    last_found(checks) -> frozenset[str]
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.assets.checks import Verdict
from kiosk_server.assets.models import TerminalCheck
from kiosk_server.core import clock

LOOKS_BACK = timedelta(days=365)
"""What nobody has looked at for a year is not known any more."""
_SHOWS_TOO: Mapping[str, tuple[str, ...]] = {
    "a4_printer_paper": ("a4_printer_page", "a4_paper"),
    "a4_printer_page": ("a4_printer_paper",),
    "receipt_printer_paper": ("receipt_printer_slip", "slip_paper"),
    "receipt_printer_slip": ("receipt_printer_paper",),
}
"""What is shown to be right along with a point: paper is loaded with a page that is looked at."""


def failing_points(session: Session, terminal_id: str) -> frozenset[str]:
    """Return the points of a terminal that were bad when somebody last looked at them."""
    rows = session.scalars(
        select(TerminalCheck.points)
        .where(
            TerminalCheck.terminal_id == terminal_id,
            TerminalCheck.at >= clock.now() - LOOKS_BACK,
        )
        .order_by(TerminalCheck.at, TerminalCheck.id)
    )
    return last_found(rows)


def last_found(checks: Iterable[Mapping[str, str]]) -> frozenset[str]:
    """Return what is bad after *checks*, oldest first; what was skipped stands as before."""
    bad: set[str] = set()
    for points in checks:
        for point, verdict in points.items():
            if verdict == Verdict.GOOD:
                bad.difference_update((point, *_SHOWS_TOO.get(point, ())))
        bad.update(point for point, verdict in points.items() if verdict == Verdict.BAD)
    return frozenset(bad)
