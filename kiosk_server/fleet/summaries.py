"""
Days in figures (运行日报), worked out by a worker's chore once a day.

    summarise(database)                         every day not yet worked out, up to yesterday
    summarise_day(database, day)
    forget_days(session) -> int

Everything is worked out from rows anew and put in place of what stood there: a run that is killed,
or that runs twice, is gone on with by the next. The two days before the newest are worked out
again, since papers are settled late.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import CursorResult, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.fleet.attempts import DayOfUse, use_on
from kiosk_server.fleet.models import TerminalDay, UnfinishedDay
from kiosk_server.fleet.rules import (
    Span,
    Standing,
    Trouble,
    day_span,
    life_of,
    seconds_of,
)
from kiosk_server.terminals.life_history import states_of
from kiosk_server.terminals.models import Terminal
from kiosk_server.upkeep.causes import Severity
from kiosk_server.upkeep.models import Alert

BATCH = 500
LONGEST_GAP = timedelta(days=40)
"""After a longer standstill the figures of the days before are not made up any more."""
WORKED_OUT_AGAIN = timedelta(days=2)
DAYS_KEPT = timedelta(days=400)

_Row = dict[str, object]


def summarise(database: Database) -> None:
    """Work out every day that is missing, up to yesterday."""
    yesterday = clock.beijing_today() - timedelta(days=1)
    with database.reading() as session:
        newest = session.scalar(select(func.max(TerminalDay.day)))
    earliest = yesterday - LONGEST_GAP
    day = max(newest - WORKED_OUT_AGAIN, earliest) if newest else yesterday
    while day <= yesterday:
        summarise_day(database, day)
        day += timedelta(days=1)


def summarise_day(database: Database, day: date) -> None:
    """Work out one day of every terminal, some at a time, each batch in a unit of work."""
    after = ""
    while True:
        # Worked out before the write begins: heartbeats wait for a write, not for a reckoning.
        with database.reading() as session:
            batch = session.scalars(
                select(Terminal)
                .where(Terminal.id > after, Terminal.enrolled_at.is_not(None))
                .order_by(Terminal.id)
                .limit(BATCH)
            ).all()
            if not batch:
                return
            figures = _figures_of(session, batch, day)
        with database.unit_of_work() as session:
            _put(session, [terminal.id for terminal in batch], day, figures)
        after = batch[-1].id


def forget_days(session: Session) -> int:
    """Delete the figures of days before `DAYS_KEPT`; return how many days of terminals."""
    too_old = clock.beijing_today() - DAYS_KEPT
    session.execute(delete(UnfinishedDay).where(UnfinishedDay.day < too_old))
    result = session.execute(delete(TerminalDay).where(TerminalDay.day < too_old))
    return result.rowcount if isinstance(result, CursorResult) else 0


@dataclass
class _Figures:
    """The rows of some terminals for one day."""

    days: list[_Row] = field(default_factory=list)
    unfinished: list[_Row] = field(default_factory=list)


def _figures_of(session: Session, terminals: Sequence[Terminal], day: date) -> _Figures:
    ids, span, now = [terminal.id for terminal in terminals], day_span(day), clock.now()
    stays, troubles = states_of(session, ids), _troubles(session, ids, span)
    use = use_on(session, ids, span)
    figures = _Figures()
    for terminal in terminals:
        life = life_of(stays.get(terminal.id, ()), terminal.enrolled_at, now)
        seconds = seconds_of(span, life, troubles.get(terminal.id, ()))
        used = use.get(terminal.id, DayOfUse())
        if any(seconds.values()) or used.visits:
            whose: _Row = {"terminal_id": terminal.id, "day": day, "site_id": terminal.site_id}
            figures.days.append(whose | _served(seconds) | _used(used))
            figures.unfinished += [
                whose | {"item_code": item_code, "reason": reason, "count": count}
                for (item_code, reason), count in used.unfinished.items()
            ]
    return figures


def _served(seconds: dict[Standing, int]) -> _Row:
    each = {f"{standing.value}_seconds": spent for standing, spent in seconds.items()}
    return {"expected_seconds": sum(seconds.values()), **each}


def _used(used: DayOfUse) -> _Row:
    return {
        "finished": used.finished,
        "unfinished": sum(used.unfinished.values()),
        "looked": used.looked,
        "pages": used.pages,
        "slips": used.slips,
        "card_reads": used.card_reads,
    }


def _put(session: Session, ids: Sequence[str], day: date, figures: _Figures) -> None:
    rows_of: tuple[tuple[type[TerminalDay | UnfinishedDay], list[_Row]], ...] = (
        (TerminalDay, figures.days),
        (UnfinishedDay, figures.unfinished),
    )
    for table, rows in rows_of:
        session.execute(delete(table).where(table.day == day, table.terminal_id.in_(ids)))
        if rows:
            session.execute(insert(table), rows)


def _troubles(session: Session, ids: Sequence[str], span: Span) -> dict[str, list[Trouble]]:
    rows = session.scalars(
        select(Alert).where(
            Alert.terminal_id.in_(ids),
            Alert.opened_at.is_not(None),
            # A silence began before it was seen: one that is seen soon after midnight counts.
            Alert.suspected_at < span.end + timedelta(minutes=5),
            or_(Alert.closed_at.is_(None), Alert.closed_at >= span.start),
        )
    )
    found: dict[str, list[Trouble]] = {}
    for row in rows:
        until: datetime | None = row.gone_since or row.closed_at
        trouble = Trouble(row.cause, Severity(row.severity), row.suspected_at, until)
        found.setdefault(row.terminal_id, []).append(trouble)
    return found
