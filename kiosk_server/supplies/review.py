"""
Bringing stocks and forecasts up to now (耗材盘点), worker's chores.

    review(database)    each hour: what is left, when it runs out, and who is warned
    refit(database)     each night: how fast it goes

Batches of terminals, each a unit of work worked out from rows: a run that is killed, or that runs
twice, is gone on with by the next.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

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
from kiosk_server.supplies.evidence import Heard, days_of, heard_since
from kiosk_server.supplies.models import SupplyStock
from kiosk_server.supplies.pace import fit, in_use
from kiosk_server.supplies.rules import NATURES, Supply
from kiosk_server.supplies.tally import settled, tallied
from kiosk_server.terminals.models import Terminal
from kiosk_server.terminals.rules import TerminalState
from kiosk_server.upkeep.foresight import review_foresight

BATCH = 200
COMMIT = timedelta(seconds=60)
"""The end of a job may be committed this much after the time that it bears; the next run has it."""
_LIVING = (TerminalState.IN_SERVICE.value, TerminalState.LOCKED.value)


def review(database: Database) -> None:
    """Bring every living terminal's stock and forecasts up to now, and warn of what runs out."""
    _in_batches(database, _review_batch)


def refit(database: Database) -> None:
    """Learn anew how fast each supply goes, of the days that are summarised; then review."""
    _in_batches(database, _refit_batch)
    review(database)


def _in_batches(database: Database, deed: Callable[[Session, Sequence[str]], None]) -> None:
    after = ""
    while True:
        with database.unit_of_work() as session:
            ids = session.scalars(
                select(Terminal.id)
                .where(Terminal.id > after, Terminal.state.in_(_LIVING))
                .order_by(Terminal.id)
                .limit(BATCH)
            ).all()
            if not ids:
                return
            deed(session, ids)
            after = ids[-1]


def _review_batch(session: Session, ids: Sequence[str]) -> None:
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
        if warned or after:
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


def _refit_batch(session: Session, ids: Sequence[str]) -> None:
    today = clock.beijing_today()
    rows, days = rows_of(session, ids), days_of(session, ids, today)
    for (terminal_id, supply), row in rows.items():
        per_page = rules.toner_per_page(stock_of(row)) if supply is Supply.TONER else 0.0
        used = [day.of(supply, per_page) for day in days.get(terminal_id, ())]
        row.days = len(in_use(used, today))
        put_pace(row, fit(used, today))
    session.flush()


def _of(rows: Rows, terminal_id: str) -> Iterable[SupplyStock]:
    return [row for supply in Supply if (row := rows.get((terminal_id, supply))) is not None]
