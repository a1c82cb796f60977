"""
What is left in a machine (耗材余量), reckoned from use, loading, sensors and levels.

Pure. Paper is counted down from what was loaded; a sensor that says low or out is believed over
the count, and a sensor that falls silent means that somebody has loaded and not said so. Toner is
what the printer says it is. Each kind of evidence has its own doubt, and the doubt goes into the
forecast.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil

from kiosk_server.terminals.rules import DeviceKind


class Supply(StrEnum):
    """What runs out, in the order of pages: sheets, slips, percent of toner, cuts."""

    A4 = "a4"
    ROLL = "roll"
    TONER = "toner"
    CUTTER = "cutter"


class Evidence(StrEnum):
    """How it is known how much is left."""

    COUNTED = "counted"
    """Somebody loaded so much, and so much was printed since."""
    SENSED = "sensed"
    """The device says that little or nothing is left."""
    REPORTED = "reported"
    """The device says how much is left."""
    ASSUMED = "assumed"
    """Somebody must have loaded: how much is a guess."""


class Sensor(StrEnum):
    """What the device's own sensor says."""

    FINE = "fine"
    LOW = "low"
    OUT = "out"


@dataclass(frozen=True)
class Nature:
    """What is true of one supply everywhere.

    `fill` is what goes in when nobody says how much, or all that one roll, cartridge or part is
    good for; `low_mark` what is left when a sensor says low; `pack` is what is ordered as one.
    """

    device: DeviceKind
    fill: float
    low_mark: float
    most: float
    pack: float


NATURES = {
    Supply.A4: Nature(DeviceKind.A4_PRINTER, fill=250, low_mark=50, most=1000, pack=500),
    # 80 mm wide, 50 m long; a slip of ours is 16 cm.
    Supply.ROLL: Nature(DeviceKind.RECEIPT_PRINTER, fill=300, low_mark=30, most=300, pack=300),
    Supply.TONER: Nature(DeviceKind.A4_PRINTER, fill=100, low_mark=12, most=100, pack=100),
    Supply.CUTTER: Nature(
        DeviceKind.RECEIPT_PRINTER, fill=1_000_000, low_mark=0, most=1_000_000, pack=1_000_000
    ),
}
TONER_PER_PAGE = 100 / 2500
"""Percent, until this cartridge has shown its own (ISO/IEC 19752 yields of small printers)."""
_LEAST_DROP = 10.0
"""Percent of toner gone before the cartridge's own use of it is believed."""
_JUMP = 8.0
"""Percent by which a level rises only when a cartridge was changed."""
_DOUBT_OF_COUNT = 0.03
_DOUBT_OF_GUESS = 0.40
_DOUBT_OF_SENSOR = 0.40
_DOUBT_OF_LEVEL = 2.0


@dataclass(frozen=True)
class Stock:
    """What is left of one supply in one machine, in its own unit, and how that is known.

    `filled` is how much was there after the last filling, `used` what went since; `fill` is how
    much usually goes in here.
    """

    supply: Supply
    left: float
    evidence: Evidence
    sensor: Sensor
    filled: float
    used: float
    fill: float

    @property
    def doubt(self) -> float:
        """The standard deviation of `left`."""
        nature = NATURES[self.supply]
        match self.evidence:
            case Evidence.REPORTED:
                return _DOUBT_OF_LEVEL
            case Evidence.SENSED:
                # Nothing is nothing; a sensor that says low does not say when it began to.
                return _DOUBT_OF_SENSOR * nature.low_mark if self.left > 0 else 0.0
            case Evidence.ASSUMED:
                return _DOUBT_OF_GUESS * self.filled
            case Evidence.COUNTED:
                return _DOUBT_OF_COUNT * (self.filled + self.used)


def first(supply: Supply) -> Stock:
    """Return the stock of a machine that nobody has told anything of."""
    fill = NATURES[supply].fill
    return Stock(supply, fill, Evidence.ASSUMED, Sensor.FINE, filled=fill, used=0.0, fill=fill)


def after_use(stock: Stock, units: float) -> Stock:
    """Return *stock* after so much was printed; of toner these are pages, and its level is told."""
    if stock.supply is Supply.TONER:
        return replace(stock, used=stock.used + units)
    return replace(stock, left=max(0.0, stock.left - units), used=stock.used + units)


def after_load(stock: Stock, units: float) -> Stock:
    """Return *stock* after somebody said that he loaded so much: a roll or a part replaces the old
    one, sheets are laid on those that are left."""
    nature = NATURES[stock.supply]
    kept = stock.left if stock.supply is Supply.A4 else 0.0
    # What was guessed to be left may not have been there: a new count begins with what is sure.
    sure = kept if stock.evidence is not Evidence.ASSUMED else min(kept, stock.fill / 2)
    left = min(nature.most, sure + units)
    fill = stock.fill
    if stock.supply is Supply.A4:
        fill = 0.7 * stock.fill + 0.3 * units
    return replace(
        stock,
        left=left,
        evidence=Evidence.COUNTED,
        sensor=Sensor.FINE,
        filled=left,
        used=0.0,
        fill=fill,
    )


def after_sensor(stock: Stock, sensor: Sensor) -> Stock:
    """Return *stock* after the device's sensor said this."""
    nature = NATURES[stock.supply]
    match sensor:
        case Sensor.OUT:
            return replace(stock, left=0.0, evidence=Evidence.SENSED, sensor=sensor)
        case Sensor.LOW if stock.sensor is Sensor.FINE or stock.left > nature.low_mark:
            left = min(stock.left, nature.low_mark)
            if stock.left <= 0 or stock.evidence is Evidence.ASSUMED:
                left = nature.low_mark
            return replace(stock, left=left, evidence=Evidence.SENSED, sensor=sensor)
        case Sensor.LOW:
            return replace(stock, sensor=sensor)
        case Sensor.FINE:
            return _after_silence(stock)


def after_level(stock: Stock, percent: float) -> Stock:
    """Return *stock* after the device said how much is left, in percent."""
    left = min(100.0, max(0.0, percent))
    if left > stock.left + _JUMP or stock.evidence is not Evidence.REPORTED:
        return replace(stock, left=left, evidence=Evidence.REPORTED, filled=left, used=0.0)
    return replace(stock, left=left)


def toner_per_page(stock: Stock) -> float:
    """Return how much of its cartridge one page takes here, in percent."""
    gone = stock.filled - stock.left
    if stock.evidence is not Evidence.REPORTED or gone < _LEAST_DROP or stock.used <= 0:
        return TONER_PER_PAGE
    return gone / stock.used


def level_told(details: Mapping[str, object]) -> float | None:
    """Return how much toner a printer says is left, in percent: the lowest of its markers."""
    known = details.get("levels")
    told = list(known.values()) if isinstance(known, Mapping) else [details.get("toner_percent")]
    levels = [float(each) for each in told if isinstance(each, int | float) and 0 <= each <= 100]
    return min(levels, default=None)


_LOW_WORDS = {
    Supply.A4: "paper_low",
    Supply.ROLL: "paper_low",
    Supply.TONER: "toner_low",
}
_OUT_WORDS = {
    Supply.A4: "paper_out",
    Supply.ROLL: "paper_out",
    Supply.TONER: "toner_empty",
}


def sensor_of(supply: Supply, troubles: Collection[str]) -> Sensor:
    """Return what a device's *troubles* say of one supply; endings only say how grave it is."""
    if any(trouble.startswith(_OUT_WORDS.get(supply, "-")) for trouble in troubles):
        return Sensor.OUT
    low = any(trouble.startswith(_LOW_WORDS.get(supply, "-")) for trouble in troubles)
    return Sensor.LOW if low else Sensor.FINE


def packs(supply: Supply, units: float) -> int:
    """Return how many packs hold so many units: reams, rolls, cartridges, parts."""
    return max(0, ceil(units / NATURES[supply].pack))


def _after_silence(stock: Stock) -> Stock:
    """The sensor says that all is well: where it did not before, or nothing should be left,
    somebody has loaded without a word."""
    if stock.sensor is Sensor.FINE and stock.left > 0:
        return stock
    return replace(
        stock,
        left=stock.fill,
        evidence=Evidence.ASSUMED,
        sensor=Sensor.FINE,
        filled=stock.fill,
        used=0.0,
    )
