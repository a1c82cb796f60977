"""
What of a terminal's log may be kept here: enumerated events with enumerated facts.

The terminal masks before it sends; nothing it sends is believed to be masked. A line that is not
of this shape is dropped and counted, never mended: what cannot be named cannot be shown.
"""

import json
import re
from dataclasses import dataclass

MOST_LINES = 500
LARGEST_LOG_BYTES = 64 * 1024
FIELDS = frozenset(
    {
        "event", "level", "timestamp", "terminal", "job", "command", "kind", "code", "state",
        "status", "device", "condition", "trouble", "duty", "sequence", "times", "pages_done",
        "again_in_seconds", "where", "hanging", "reason", "simulated", "check", "masked",
    }
)  # fmt: skip
_EVENT = re.compile(r"[a-z][a-z0-9_]{2,47}")
_WORD = re.compile(r"[A-Za-z0-9_.:+\- ]{0,64}")
# An identity number, a phone or a card has eleven digits and more, however they are grouped.
_NUMBER = re.compile(r"\d(?:[ .:+\-]?\d){10,}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+\-]\d\d:\d\d)?")


@dataclass(frozen=True)
class KeptLog:
    """The lines that may be kept, one JSON object each, and how many were dropped."""

    text: str
    lines: int
    dropped: int


def kept_of(text: str) -> KeptLog:
    """Return what of *text* (JSON lines) may be kept; the last `MOST_LINES` at most."""
    sent = [line for line in text.splitlines() if line.strip()][-MOST_LINES:]
    kept = [line for line in map(_kept, sent) if line is not None]
    return KeptLog("\n".join(kept), len(kept), len(sent) - len(kept))


def _kept(line: str) -> str | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not set(found) <= FIELDS:
        return None
    if not isinstance(found.get("event"), str) or not _EVENT.fullmatch(found["event"]):
        return None
    if not all(may_stand(value) for value in found.values()):
        return None
    return json.dumps(found, ensure_ascii=True, sort_keys=True)


def may_stand(value: object) -> bool:
    """Return whether a fact that a machine tells is a small word or number of its own."""
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int | float):
        return abs(value) < 1_000_000_000
    return (
        isinstance(value, str)
        and _WORD.fullmatch(value) is not None
        and (_NUMBER.search(value) is None or _MOMENT.fullmatch(value) is not None)
    )
