"""
The watch over all terminals (巡检), a worker's duty every few seconds.

What a terminal says is judged as it says it; here is what only time brings: a silence, a trouble
that has lasted, one that has been gone long enough, a call that is due. Each step is a unit of
work of its own and is worked out from rows: a watch that is killed between two steps, or that runs
twice at once, is gone on with by the next.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import KioskError
from kiosk_server.terminals.models import Terminal
from kiosk_server.terminals.queries import silent_ids
from kiosk_server.terminals.rules import TerminalState
from kiosk_server.upkeep.calling import call_for, due_heads
from kiosk_server.upkeep.causes import OFFLINE, TERMINAL, Severity, patience
from kiosk_server.upkeep.grouping import group_site, sites_to_group
from kiosk_server.upkeep.models import Alert
from kiosk_server.upkeep.rules import ripens_at
from kiosk_server.upkeep.services import review

WATCH_EVERY_SECONDS = 5.0
_ENDED = (TerminalState.REVOKED.value, TerminalState.AWAITED.value)

log = structlog.get_logger()


def watch(database: Database) -> None:
    """Look once at everything that time may have changed."""
    with database.reading() as session:
        waiting = _terminals_to_review(session)
    for terminal_id in waiting:
        _step(database, review, terminal_id)
    with database.reading() as session:
        sites = sites_to_group(session)
    for site_id in sites:
        _step(database, group_site, site_id)
    with database.reading() as session:
        heads = due_heads(session)
    for head_id in heads:
        _step(database, call_for, head_id)


def _step(database: Database, deed: Callable[[Session, str], object], subject_id: str) -> None:
    # One terminal that cannot be judged must not hide the others.
    try:
        with database.unit_of_work() as session:
            deed(session, subject_id)
    except KioskError as fault:
        log.exception("watch_step_failed", subject=subject_id, code=fault.code)


def _terminals_to_review(session: Session) -> list[str]:
    live = Alert.closed_at.is_(None)
    known_silent = set(session.scalars(select(Alert.terminal_id).where(live, _is_silence())))
    ended = (
        select(Alert.terminal_id)
        .join(Terminal, Terminal.id == Alert.terminal_id)
        .where(live, Terminal.state.in_(_ENDED))
    )
    now = clock.now()
    silent = set(silent_ids(session, now)) - known_silent
    return sorted(silent | _ripe(session, now) | set(session.scalars(ended)))


def _ripe(session: Session, now: datetime) -> set[str]:
    # After a power cut thousands fade at once: each is looked at when its time is over, not before.
    restless = session.scalars(
        select(Alert).where(
            Alert.closed_at.is_(None), Alert.opened_at.is_(None) | Alert.gone_since.is_not(None)
        )
    )
    found = set()
    for alert in restless:
        due = ripens_at(alert.course, patience(alert.cause, Severity(alert.severity)))
        if due is not None and due <= now:
            found.add(alert.terminal_id)
    return found


def _is_silence() -> ColumnElement[bool]:
    return (Alert.device == TERMINAL) & (Alert.kind == OFFLINE)
