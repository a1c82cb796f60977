"""
Bringing stocks and forecasts up to now (耗材盘点), worker's chores.

    review(database)    each hour: what is left, when it runs out, and who is warned
    refit(database)     each night: how fast it goes

Batches of terminals, each a unit of work worked out from rows: a run that is killed, or that runs
twice, is gone on with by the next.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.supplies import rules
from kiosk_server.supplies.book import (
    Rows,
    begin_row,
    foretell_row,
    put_pace,
    put_stock,
    rows_of,
    stock_of,
    warned_devices,
)
from kiosk_server.supplies.evidence import DayOfPaper, Heard, days_of, heard_since
from kiosk_server.supplies.models import SupplyStock
from kiosk_server.supplies.pace import Pace, fit, in_use
from kiosk_server.supplies.rules import NATURES, Supply
from kiosk_server.supplies.tally import settled, tallied
from kiosk_server.terminals.models import Terminal
from kiosk_server.terminals.rules import TerminalState
from kiosk_server.upkeep.foresight import review_foresight

BATCH = 50
"""Terminals a unit of work: on SQLite everybody else's writing waits for it."""
COMMIT = timedelta(seconds=60)
"""The end of a job may be committed this much after the time that it bears; the next run has it."""
_LIVING = (TerminalState.IN_SERVICE.value, TerminalState.LOCKED.value)


def review(database: Database, *, anew: bool = False) -> None:
    """
    Bring every living terminal's stock and forecasts up to now, and warn of what runs out.

    Alerts are looked at where a warning has changed; *anew*, where there is one.
    """
    for ids in _batches(database):
        with database.unit_of_work() as session:
            _review_batch(session, ids, anew=anew)


def refit(database: Database) -> None:
    """Learn anew how fast each supply goes, of the days that are summarised; then review."""
    for ids in _batches(database):
        today = clock.beijing_today()
        with database.reading() as session:
            days = days_of(session, ids, today)
        # Reckoned between the two, so that nobody waits for it.
        learned = {terminal_id: _learned(days.get(terminal_id, ()), today) for terminal_id in ids}
        with database.unit_of_work() as session:
            for (terminal_id, supply), row in rows_of(session, ids).items():
                _put_learned(row, supply, learned[terminal_id])
    review(database, anew=True)


def _batches(database: Database) -> Iterator[Sequence[str]]:
    after = ""
    while True:
        with database.reading() as session:
            ids = session.scalars(
                select(Terminal.id)
                .where(Terminal.id > after, Terminal.state.in_(_LIVING))
                .order_by(Terminal.id)
                .limit(BATCH)
            ).all()
        if not ids:
            return
        yield ids
        after = ids[-1]


def _review_batch(session: Session, ids: Sequence[str], *, anew: bool) -> None:
    now = clock.now()
    until = now - COMMIT
    rows = rows_of(session, ids)
    since = min((row.counted_until for row in rows.values()), default=until)
    heard = heard_since(session, ids, since, until)
    for terminal_id in ids:
        warned = warned_devices(_of(rows, terminal_id))
        for supply in Supply:
            if heard.has(terminal_id, supply):
                key = (terminal_id, supply)
                if key not in rows:
                    rows[key] = begin_row(session, terminal_id, supply, until)
                _bring_up(rows[key], supply, heard, until)
                foretell_row(rows[key], now)
        after = warned_devices(_of(rows, terminal_id))
        if warned != after or (anew and after):
            review_foresight(session, terminal_id, after)
    session.flush()


def _bring_up(row: SupplyStock, supply: Supply, heard: Heard, until: datetime) -> None:
    device = (row.terminal_id, NATURES[supply].device.value)
    stock = tallied(
        stock_of(row),
        row.counted_until,
        heard.printed.get(row.terminal_id, ()),
        heard.said.get(device, ()),
    )
    now = heard.now[device]
    put_stock(row, settled(stock, now.troubles, now.level))
    row.counted_until = max(row.counted_until, until)


@dataclass(frozen=True)
class _Learned:
    """How fast pages and slips go at one terminal, and of how many days that is known."""

    pages: Pace | None
    slips: Pace | None
    days: int


def _learned(days: Collection[DayOfPaper], today: date) -> _Learned:
    pages, slips = [each.of_pages for each in days], [each.of_slips for each in days]
    return _Learned(fit(pages, today), fit(slips, today), len(in_use(pages, today)))


def _put_learned(row: SupplyStock, supply: Supply, learned: _Learned) -> None:
    row.days = learned.days
    pace = learned.pages if supply in (Supply.A4, Supply.TONER) else learned.slips
    if pace is not None and supply is Supply.TONER:
        pace = pace.times(rules.toner_per_page(stock_of(row)))
    put_pace(row, pace)


def _of(rows: Rows, terminal_id: str) -> Iterable[SupplyStock]:
    return [row for supply in Supply if (row := rows.get((terminal_id, supply))) is not None]
