"""
What a printer says is wrong (`printer-state-reasons`, RFC 8011 §5.4.12) in the kiosk's words.

A reason is a stem and a severity. Printers disagree about the severity of the same thing, and
change it while they print, so only the stem counts.
"""

from collections.abc import Iterable, Mapping

from devices.contracts.states import Trouble

_SEVERITIES = ("-error", "-warning", "-report")

_STEMS: Mapping[str, Trouble | None] = {
    "none": None,
    "media-empty": Trouble.PAPER_OUT,
    "media-needed": Trouble.PAPER_OUT,
    "media-low": Trouble.PAPER_LOW,
    "media-jam": Trouble.JAM,
    "cover-open": Trouble.COVER_OPEN,
    "door-open": Trouble.COVER_OPEN,
    "interlock-open": Trouble.COVER_OPEN,
    "toner-low": Trouble.TONER_LOW,
    "marker-supply-low": Trouble.TONER_LOW,
    "toner-empty": Trouble.TONER_EMPTY,
    "marker-supply-empty": Trouble.TONER_EMPTY,
    "marker-waste-full": Trouble.WASTE_FULL,
    "output-area-full": Trouble.OUTPUT_FULL,
    "input-tray-missing": Trouble.TRAY_MISSING,
    "output-tray-missing": Trouble.TRAY_MISSING,
    "paused": Trouble.PAUSED,
    "moving-to-paused": Trouble.PAUSED,
    "fuser-over-temp": Trouble.OVERHEATED,
    "shutdown": Trouble.OFFLINE,
    "stopped-partly": Trouble.HARDWARE,
    "opc-life-over": Trouble.HARDWARE,
    "fuser-under-temp": None,
    "spool-area-full": Trouble.BUSY,
}


def trouble_of(reason: str) -> Trouble | None:
    """Return the trouble behind one keyword; an unknown one counts only if it is an error."""
    stem = reason
    for severity in _SEVERITIES:
        stem = stem.removesuffix(severity)
    if stem in _STEMS:
        return _STEMS[stem]
    return Trouble.HARDWARE if reason.endswith("-error") else None


def troubles_of(reasons: Iterable[str]) -> tuple[Trouble, ...]:
    """Return all troubles that the keywords name, each once."""
    found = (trouble_of(reason) for reason in reasons)
    return tuple(dict.fromkeys(trouble for trouble in found if trouble is not None))
