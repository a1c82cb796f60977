"""
What a place may be called (P55), and when its window is open.

Hours are Beijing time; weekdays are counted from Monday = 1 (ISO 8601).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault
from kiosk_server.places.models import SiteLevel

_LEVEL_NAMES = {
    SiteLevel.CITY_CENTRE: "政务服务中心",
    SiteLevel.TOWNSHIP_CENTRE: "便民服务中心",
    SiteLevel.VILLAGE_STATION: "便民服务站",
}
_DIVISION_DIGITS = {
    SiteLevel.CITY_CENTRE: (6,),
    SiteLevel.TOWNSHIP_CENTRE: (9,),
    SiteLevel.VILLAGE_STATION: (9, 12),
}


def level_name(level: SiteLevel) -> str:
    """Return the one name that a place of *level* may bear (P55)."""
    return _LEVEL_NAMES[level]


def name_faults(level: SiteLevel, name: str) -> tuple[FieldFault, ...]:
    """Return what is wrong with *name* for a place of *level*; empty when it may be used."""
    wanted = level_name(level)
    if not name.endswith(wanted) or name == wanted:
        return (
            FieldFault("names.zh", "place_name_not_of_level", f"must be a place's name + {wanted}"),
        )
    if any(other in name[: -len(wanted)] for other in _LEVEL_NAMES.values()):
        return (FieldFault("names.zh", "place_name_of_two_levels", "names two levels"),)
    return ()


def division_faults(level: SiteLevel, code: str) -> tuple[FieldFault, ...]:
    """Return what is wrong with a division code for a place of *level*."""
    if code.isdecimal() and len(code) in _DIVISION_DIGITS[level]:
        return ()
    return (FieldFault("division", "division_not_of_level", "the code is of another level"),)


class Mandate(StrEnum):
    """How a place below the city takes matters in, so that it is clear who decides (P28)."""

    ENTRUSTED = "entrusted"
    """委托受理: it takes them in; a department of the city decides."""
    AUTHORISED = "authorised"
    """授权办理: it decides in the department's name."""
    ASSISTING = "assisting"
    """帮办代办: it helps people and hands their matters on."""


def mandate_faults(level: SiteLevel, mandate: str | None) -> tuple[FieldFault, ...]:
    """Return what is wrong with a place's *mandate*: the city's own decides, the others say how."""
    if level is SiteLevel.CITY_CENTRE:
        wrong = mandate is not None
        return (FieldFault("mandate", "mandate_of_city", "the city decides"),) if wrong else ()
    if mandate in set(Mandate):
        return ()
    return (FieldFault("mandate", "mandate_missing", "a lower site says how it works"),)


class Access(StrEnum):
    """What a place has for those who see, hear or walk badly (无障碍)."""

    STEP_FREE = "step_free"
    LOW_COUNTER = "low_counter"
    TOILET = "toilet"
    PARKING = "parking"
    GUIDE = "guide"
    """Somebody who helps, on asking."""


@dataclass(frozen=True)
class Position:
    """Where a place lies (WGS 84, degrees); a sample lies near it, and is shown as a sample."""

    latitude: float
    longitude: float
    sample: bool = False


def position_of(row: Mapping[str, object] | None) -> Position | None:
    """Return a stored position as a value; `ValueError` for one that is on no map."""
    if row is None:
        return None
    found = Position(
        float(str(row["latitude"])), float(str(row["longitude"])), bool(row.get("sample"))
    )
    if not (-90 <= found.latitude <= 90 and -180 <= found.longitude <= 180):
        raise ValueError(f"not on the map: {row}")
    return found


@dataclass(frozen=True)
class Opening:
    """A window's hours on some days of the week, Beijing time."""

    days: tuple[int, ...]
    opens: time
    closes: time


def openings(rows: Iterable[Mapping[str, object]]) -> tuple[Opening, ...]:
    """Return stored hours as values; `ValueError` names a row that cannot be read."""
    found = []
    for row in rows:
        days = row["days"]
        if not isinstance(days, Sequence) or not all(day in range(1, 8) for day in days):
            raise ValueError(f"days must be numbers from 1 to 7: {row}")
        opens, closes = spell_of(str(row["opens"]), str(row["closes"]))
        found.append(Opening(tuple(int(day) for day in days), opens, closes))
    return tuple(found)


def spell_of(opens: str, closes: str) -> tuple[time, time]:
    """Return two times of a day as values; `ValueError` unless the first comes first."""
    first, last = time.fromisoformat(opens), time.fromisoformat(closes)
    if first >= last:
        raise ValueError(f"hours must open before they close: {opens} {closes}")
    return first, last


def is_open(hours: Iterable[Opening], now: datetime) -> bool:
    """Return whether a window with *hours* is open at *now* (aware)."""
    here = clock.to_beijing(now)
    return any(
        here.isoweekday() in opening.days and opening.opens <= here.time() < opening.closes
        for opening in hours
    )
