"""
Bringing the stock of machines up to now (盘点): what was printed, what their devices said.

Pure but for the rows it is given. Happenings are taken in the order of time, each once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kiosk_server.supplies import rules
from kiosk_server.supplies.rules import Sensor, Stock, Supply


@dataclass(frozen=True)
class Printed:
    """A job that ended: so many sheets or slips are gone."""

    at: datetime
    sheets: int
    slips: int


@dataclass(frozen=True)
class Said:
    """A device came to be otherwise."""

    at: datetime
    troubles: tuple[str, ...]


def tallied(
    stock: Stock, since: datetime, printed: Iterable[Printed], said: Sequence[Said]
) -> Stock:
    """Return *stock* after everything that happened *since* then."""
    happened: list[tuple[datetime, int, float | Sensor]] = [
        (each.at, 0, _units(stock.supply, each)) for each in printed if each.at > since
    ]
    happened += [
        (each.at, 1, rules.sensor_of(stock.supply, each.troubles))
        for each in said
        if each.at > since
    ]
    for _, _, what in sorted(happened, key=lambda each: each[:2]):
        if isinstance(what, Sensor):
            stock = _heard(stock, what)
        elif what:
            stock = rules.after_use(stock, what)
    return stock


def settled(stock: Stock, troubles: Sequence[str], level: float | None) -> Stock:
    """Return *stock* after how its device stands now; *level* is toner in percent, where told."""
    if stock.supply is Supply.TONER and level is not None:
        stock = rules.after_level(stock, level)
    return _heard(stock, rules.sensor_of(stock.supply, troubles))


def _heard(stock: Stock, sensor: Sensor) -> Stock:
    if stock.supply is Supply.CUTTER:
        return stock
    if stock.supply is Supply.TONER:
        # Its level is told: what the sensor adds is kept, and nothing is guessed.
        return replace(stock, sensor=sensor)
    return rules.after_sensor(stock, sensor)


def _units(supply: Supply, printed: Printed) -> float:
    return printed.sheets if supply in (Supply.A4, Supply.TONER) else printed.slips
