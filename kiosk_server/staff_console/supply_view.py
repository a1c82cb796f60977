"""What the pages of supplies must know, worded for the templates."""

from dataclasses import dataclass
from datetime import date

from kiosk_server.core import clock
from kiosk_server.staff_console.fleet_view import moment
from kiosk_server.supplies.pace import LEAST_DAYS, WARN_WITHIN
from kiosk_server.supplies.queries import SupplyView
from kiosk_server.supplies.rules import Evidence, Sensor, Supply
from kiosk_server.web.words import words

_SOON_DAYS = 7


@dataclass(frozen=True)
class SupplyLine:
    """One supply of one terminal: how much is left, how that is known, and when it runs out."""

    terminal: str
    place: str
    supply: str
    left: str
    known_by: str
    daily: str
    likely: str
    early: str
    look: str
    symbol: str
    standing: str


def supply_line(view: SupplyView, place: str) -> SupplyLine:
    """Return *view* in the words of this request's language."""
    look, symbol = _look(view)
    return SupplyLine(
        terminal=view.terminal_id,
        place=place,
        supply=words(f"staff-supply-{view.stock.supply}"),
        left=_left(view),
        known_by=words(f"staff-supply-by-{view.stock.evidence}", time=moment(view.counted_until)),
        daily="" if view.daily is None else _per_day(view.stock.supply, view.daily),
        likely=day_words(view.likely_on),
        early=day_words(view.early_on),
        look=look,
        symbol=symbol,
        standing=_standing(view),
    )


def day_words(day: date | None) -> str:
    """Return a day, `11-28`; a dash for none within the horizon."""
    return "—" if day is None else day.strftime("%m-%d")


def pack_words(supply: Supply, count: int) -> str:
    """Return so many packs of a supply: `A4 纸 2 包`."""
    return words(f"staff-supply-packs-{supply}", count=count)


def _left(view: SupplyView) -> str:
    stock = view.stock
    left = round(stock.left)
    if stock.evidence is not Evidence.REPORTED and left > 20:
        # A count that pretends to know single sheets is believed too much.
        left = round(left, -1)
    return words(f"staff-supply-left-{stock.supply}", count=left)


def _per_day(supply: Supply, daily: float) -> str:
    return f"{daily:.2f}" if supply is Supply.TONER else f"{daily:.0f}"


def _standing(view: SupplyView) -> str:
    if view.stock.sensor is Sensor.OUT:
        return words("staff-supply-out")
    if view.stock.sensor is Sensor.LOW:
        return words("staff-supply-low")
    if not view.told:
        return words("staff-supply-untold", days=view.days, least=LEAST_DAYS)
    if view.early_on is None:
        return words("staff-supply-long")
    days = (view.early_on - clock.beijing_today()).days
    return words("staff-supply-in-days", days=max(0, days))


def _look(view: SupplyView) -> tuple[str, str]:
    if view.stock.sensor is Sensor.OUT:
        return "stop", "cross"
    if view.stock.sensor is Sensor.LOW or view.warned:
        return "warn", "warn"
    if not view.told:
        return "closed", "clock"
    days = None if view.early_on is None else (view.early_on - clock.beijing_today()).days
    near = days is not None and days <= max(WARN_WITHIN, _SOON_DAYS)
    return ("closed", "clock") if near else ("good", "check")
