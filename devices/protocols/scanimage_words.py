"""
What `scanimage` of SANE says on its standard error, to named troubles and percentages.

The sentences are those of `sane_strstatus` in the C locale; beside a backend's own words they are
the only thing that tells why a scan did not go.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

from devices.contracts.states import Trouble

_PROGRESS = re.compile(r"Progress: (\d{1,3})(?:\.\d+)?%")
FAREWELL = "Batch terminated"
"""Begins the program's last line: what comes afterwards is its own tidying up."""
# What the program says of a scan that goes well, and of one that ended before.
_CHATTER = re.compile(rf"Progress:|Scann(?:ing|ed) |{FAREWELL}")
_PAGE_WHOLE = "(scanner status = 5)"  # SANE_STATUS_EOF: it was read to its end
_LONGEST_WORDS = 160
_NOT_OPENED = re.compile(r"open of device .* failed")


class NoTrouble(StrEnum):
    """Why a scan ended where nothing is wrong with the scanner."""

    FEEDER_EMPTY = "feeder_empty"
    CANCELLED = "cancelled"


_SENTENCES: Sequence[tuple[str, Trouble | NoTrouble]] = (
    ("Document feeder out of documents", NoTrouble.FEEDER_EMPTY),
    ("Operation was cancel", NoTrouble.CANCELLED),
    ("Document feeder jammed", Trouble.JAM),
    ("Scanner cover is open", Trouble.COVER_OPEN),
    ("Device busy", Trouble.BUSY),
    ("arming up", Trouble.BUSY),
    ("Lamp not ready", Trouble.BUSY),
    ("Access to resource has been denied", Trouble.NOT_AUTHORISED),
    ("Operation not supported", Trouble.NOT_SUPPORTED),
    ("unrecognized option", Trouble.NOT_SUPPORTED),
    ("setting of option", Trouble.NOT_SUPPORTED),
    ("attempted to set inactive option", Trouble.NOT_SUPPORTED),
    ("no SANE devices found", Trouble.OFFLINE),
)


def reason_in(words: str) -> Trouble | NoTrouble:
    """Return why a scan that failed did so; what nobody knows is a fault of the hardware."""
    for sentence, reason in _SENTENCES:
        if sentence in words:
            return reason
    # A device that has been unplugged is one that was never heard of: "Invalid argument".
    return Trouble.OFFLINE if _NOT_OPENED.search(words) else Trouble.HARDWARE


def percent_in(words: str) -> int | None:
    """Return the last percentage in *words*, or None."""
    found = _PROGRESS.findall(words)
    return min(100, int(found[-1])) if found else None


def came_whole(words: str) -> bool:
    """Whether a page was read to its end, and nothing was complained of afterwards."""
    _, whole, afterwards = words.rpartition(_PAGE_WHOLE)
    return bool(whole) and not last_words(afterwards)


def last_words(words: str) -> str:
    """Return the last line that says why a scan ended, for a technician, or "".

    It names the scanner and the fault; nothing of what was scanned passes this way.
    """
    for line in reversed(words.splitlines()):
        said = "".join(filter(str.isprintable, line)).strip()
        if said and not _CHATTER.match(said):
            return said[:_LONGEST_WORDS]
    return ""
