"""
The paper trays that a printer tells of (`printer-input-tray`, PWG 5100.13; `media-ready`), and
which of them hold A4.

A tray is told as text of `key=value;` pairs with the numbers of the Printer MIB (RFC 3805): a level
below zero is none, and a size is in one of several units.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_A4_MM = (297.0, 210.0)
_SLACK_MM = 2.0
# What a millimetre is in hundredths of itself, in micrometres and in ten-thousandths of an inch.
_UNITS_PER_MM = (100.0, 1000.0, 393.7)
_SIZE_IN_NAME = re.compile(r"_(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)(mm|in)$")
_MM_PER_INCH = 25.4
_CALLED_A4 = re.compile(r"(?:^|[_ -])a4(?:[_ -]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tray:
    """One tray; what the printer does not tell is None."""

    name: str
    sheets: int | None
    holds_a4: bool | None

    @property
    def feeds_a4(self) -> bool:
        """Whether A4 lies in it, as far as the printer says."""
        return self.holds_a4 is True and self.sheets != 0


def facts_in(raw: bytes) -> dict[str, str]:
    """Return the `key=value;` pairs of a tray, a supply or an alert, keys in small letters."""
    pairs = (pair.partition("=") for pair in raw.decode("utf-8", "replace").split(";"))
    return {key.strip().lower(): value.strip() for key, _, value in pairs if key.strip()}


def trays_in(values: Iterable[object]) -> tuple[Tray, ...]:
    """Return the trays of `printer-input-tray`, each with a name of its own."""
    found = []
    for number, raw in enumerate((each for each in values if isinstance(each, bytes)), start=1):
        facts = facts_in(raw)
        found.append(
            Tray(
                facts.get("name") or f"tray {number}",
                _count(facts.get("level", "")),
                _is_a4(_count(facts.get("mediafeed", "")), _count(facts.get("mediaxfeed", ""))),
            )
        )
    return tuple(found)


def is_a4(medium: str) -> bool:
    """Say whether the name of a medium (PWG 5101.1, or an older one) is that of A4."""
    if (found := _SIZE_IN_NAME.search(medium)) is None:
        return _CALLED_A4.search(medium) is not None
    scale = _MM_PER_INCH if found[3] == "in" else 1.0
    sides = sorted((float(found[1]) * scale, float(found[2]) * scale), reverse=True)
    return _near(sides, _A4_MM)


def _is_a4(along: int | None, across: int | None) -> bool | None:
    if not along or not across:
        return None
    sides = sorted((float(along), float(across)), reverse=True)
    return any(_near([side / unit for side in sides], _A4_MM) for unit in _UNITS_PER_MM)


def _near(sides: list[float], wanted: tuple[float, float]) -> bool:
    pairs = zip(sides, wanted, strict=True)
    return all(abs(side - target) <= _SLACK_MM for side, target in pairs)


def _count(text: str) -> int | None:
    return int(text) if text.isdecimal() else None
