"""
The host's own log in a ring (日志): two files of bounded size that a technician may fetch.

Masked as it is written, by allow-list: an event must be an enumerated word, a field must be one of
those that are known to name no person, a value must look like a word, a number or an id. What is
not of this shape is left out and counted, so that a forgotten name never reaches the disk.
"""

import json
import re
import threading
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

LARGEST_FILE_BYTES = 256 * 1024
LARGEST_FETCH_BYTES = 60 * 1024
MOST_LINES = 500
FIELDS = frozenset(
    {
        "event", "level", "timestamp", "terminal", "job", "command", "kind", "code", "state",
        "status", "device", "condition", "trouble", "duty", "sequence", "times", "pages_done",
        "again_in_seconds", "where", "hanging", "reason", "simulated", "check",
    }
)  # fmt: skip
_EVENT = re.compile(r"[a-z][a-z0-9_]{2,47}")
_WORD = re.compile(r"[A-Za-z0-9_.:+\- ]{0,64}")
_NUMBER = re.compile(r"\d{11,}")


class LogRing:
    """Writes masked lines and gives the last ones back; any thread may call."""

    def __init__(self, state: Path, *, largest_bytes: int = LARGEST_FILE_BYTES) -> None:
        self._now, self._before = state / "log-ring.jsonl", state / "log-ring.1.jsonl"
        self._largest_bytes = largest_bytes
        self._lock = threading.Lock()

    def __call__(
        self, _logger: object, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Keep one event, as a processor of structlog; the event goes on as it came."""
        line = masked(event)
        with self._lock:
            try:
                self._append(line + "\n")
            except OSError:
                # A full disk must not stop the terminal for the sake of its diary.
                return event
        return event

    def last(self) -> tuple[str, int]:
        """The last lines, oldest first, within `LARGEST_FETCH_BYTES`; and how many they are."""
        with self._lock:
            lines = [*_lines(self._before), *_lines(self._now)][-MOST_LINES:]
        size, kept = 0, list[str]()
        for line in reversed(lines):
            size += len(line.encode()) + 1
            if size > LARGEST_FETCH_BYTES:
                break
            kept.append(line)
        return "\n".join(reversed(kept)), len(kept)

    def _append(self, line: str) -> None:
        if self._now.exists() and self._now.stat().st_size + len(line) > self._largest_bytes:
            self._now.replace(self._before)
        with self._now.open("a", encoding="ascii") as file:
            file.write(line)


def masked(event: Mapping[str, Any]) -> str:
    """One line of JSON in ASCII: what of *event* names no person, and how much was left out."""
    kept = {name: value for name, value in event.items() if name in FIELDS and _may_stand(value)}
    if not isinstance(kept.get("event"), str) or not _EVENT.fullmatch(kept["event"]):
        kept["event"] = "unworded_event"
    left_out = len(event) - len(kept)
    return json.dumps(kept | ({"masked": left_out} if left_out > 0 else {}), ensure_ascii=True)


def _may_stand(value: object) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int | float):
        return abs(value) < 1_000_000_000
    return (
        isinstance(value, str)
        and _WORD.fullmatch(value) is not None
        and _NUMBER.search(value) is None
    )


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
