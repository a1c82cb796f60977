"""Whether a document scanner does its work: one picture is taken, measured, and not kept.

For the technician, who hears what would be wrong with a document before a resident lays one down;
nothing that could be read on a page stands in the answer.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from PIL import ImageFilter, ImageStat

from devices.contracts.document_scanner import (
    Cancelled,
    DocumentScanner,
    NoDocument,
    Picture,
    Scanned,
    ScannerFailed,
)
from devices.protocols.page_finding import find_corners
from devices.protocols.page_making import NoPicture, open_picture

DARK_LEVEL = 70
"""A page whose mean level of 255 is lower was photographed without light."""
BLURRED_EDGES = 2.0
"""The mean strength of edges on a written page that is out of focus; a blank one has none."""


@dataclass(frozen=True, slots=True)
class ScannerCheck:
    """What came of it; `code` is None where all went well."""

    code: str | None
    seconds: float = 0.0
    brightness: int = 0
    edges: float = 0.0
    sheet_found: bool = False

    def as_json(self) -> dict[str, object]:
        """Return all of it as small facts."""
        return {
            "code": self.code,
            "seconds": round(self.seconds, 2),
            "brightness": self.brightness,
            "edges": round(self.edges, 1),
            "sheet_found": self.sheet_found,
        }


def check_scanner(
    scanner: DocumentScanner, *, now: Callable[[], float] = time.monotonic
) -> ScannerCheck:
    """Take one picture and say how it is; a sheet with some text should lie there."""
    began, pictures = now(), list[Picture]()
    match scanner.scan(pictures.append):
        case ScannerFailed(trouble=trouble):
            return ScannerCheck(trouble.value, now() - began)
        case NoDocument():
            return ScannerCheck("no_document", now() - began)
        case Cancelled():
            return ScannerCheck("cancelled", now() - began)
        case Scanned():
            return _measured(pictures, now() - began)


def _measured(pictures: list[Picture], seconds: float) -> ScannerCheck:
    try:
        seen = open_picture(pictures[0].data)
    except (NoPicture, IndexError):
        return ScannerCheck("picture_unreadable", seconds)
    found = find_corners(seen) is not None
    grey = seen.convert("L")
    grey.thumbnail((1000, 1000))
    brightness = round(ImageStat.Stat(grey).mean[0])
    edges = float(ImageStat.Stat(grey.filter(ImageFilter.FIND_EDGES)).mean[0])
    code = "too_dark" if brightness < DARK_LEVEL else None
    if code is None and found and edges < BLURRED_EDGES:
        code = "blurred_or_blank"
    return ScannerCheck(code, seconds, brightness, edges, found)
