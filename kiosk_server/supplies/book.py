"""Rows of stock, read and written (耗材台账): what `review` and `services` share."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.supplies import rules
from kiosk_server.supplies.models import SupplyStock
from kiosk_server.supplies.pace import Pace, foretell, is_warned
from kiosk_server.supplies.rules import NATURES, Evidence, Sensor, Stock, Supply

Rows = dict[tuple[str, Supply], SupplyStock]


def rows_of(session: Session, terminal_ids: Collection[str]) -> Rows:
    """Return the rows of these terminals, held until the unit of work ends."""
    wanted = (
        select(SupplyStock)
        .where(SupplyStock.terminal_id.in_(terminal_ids))
        .order_by(SupplyStock.terminal_id, SupplyStock.supply)
        .with_for_update()
    )
    return {(row.terminal_id, Supply(row.supply)): row for row in session.scalars(wanted)}


def begin_row(session: Session, terminal_id: str, supply: Supply, until: datetime) -> SupplyStock:
    """Begin to count a supply of a terminal: what was before *until* is not known."""
    row = SupplyStock(
        terminal_id=terminal_id, supply=supply.value, counted_until=until, days=0, warned=False
    )
    put_stock(row, rules.first(supply))
    session.add(row)
    return row


def stock_of(row: SupplyStock) -> Stock:
    """Return what *row* says is left."""
    return Stock(
        supply=Supply(row.supply),
        left=row.left,
        evidence=Evidence(row.evidence),
        sensor=Sensor(row.sensor),
        filled=row.filled,
        used=row.used,
        fill=row.fill,
    )


def put_stock(row: SupplyStock, stock: Stock) -> None:
    """Let *row* say *stock*."""
    row.left, row.filled, row.used, row.fill = stock.left, stock.filled, stock.used, stock.fill
    row.evidence, row.sensor = stock.evidence.value, stock.sensor.value


def pace_of(row: SupplyStock) -> Pace | None:
    """Return the pace that *row* was given; None while its days are too few."""
    if row.week is None or row.spread is None:
        return None
    return Pace(tuple(row.week), row.spread, row.days)


def put_pace(row: SupplyStock, pace: Pace | None) -> None:
    """Let *row* say how fast it goes."""
    row.week = None if pace is None else [round(each, 4) for each in pace.week]
    row.spread = None if pace is None else round(pace.spread, 4)


def foretell_row(row: SupplyStock, now: datetime) -> None:
    """Work out when a row's supply runs out as of *now*, and whether that is warned of."""
    pace, stock = pace_of(row), stock_of(row)
    if pace is None or pace.daily <= 0:
        row.likely_on = row.early_on = None
        row.warned = False
        return
    here = clock.to_beijing(now)
    of_today = 1 - (here.hour * 60 + here.minute) / (24 * 60)
    found = foretell(stock.left, stock.doubt, pace, here.date(), of_today=of_today)
    row.likely_on, row.early_on = found.likely, found.early
    # What the device says itself by now is an alert of its own.
    silent = stock.sensor is Sensor.FINE
    row.warned = silent and is_warned(found.early, here.date(), standing=row.warned)


def warned_devices(rows: Iterable[SupplyStock]) -> set[str]:
    """Return the kinds of the devices in which something is warned of."""
    return {NATURES[Supply(row.supply)].device.value for row in rows if row.warned}
