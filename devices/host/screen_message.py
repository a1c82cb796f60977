"""
A message on the screen (屏幕通知): what a technician has the waiting screen say, in words that
every language has, until it ends. Kept through a restart.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from devices.host.durable_file import write_durably

FILE = "message.json"
TEXTS = frozenset({"maintenance_soon", "paper_coming", "line_slow", "use_another", "window_open"})


@dataclass(frozen=True, slots=True)
class Message:
    """What is said: a code for words, and short words of the body's own in Chinese and Uyghur."""

    text: str
    note_zh: str
    note_ug: str
    until: datetime


class ScreenMessage:
    """The one message of this terminal; any thread may call. `now` is the server's time."""

    def __init__(self, state: Path, now: Callable[[], datetime]) -> None:
        self._path = state / FILE
        self._now = now
        self._lock = threading.Lock()
        self._kept = _read(self._path)

    def current(self) -> Message | None:
        """What is to be said now."""
        with self._lock:
            kept = self._kept
        return kept if kept is not None and kept.until > self._now() else None

    def show(self, message: Message) -> None:
        """Say this from now on, instead of what was said before."""
        facts = {
            "text": message.text,
            "note_zh": message.note_zh,
            "note_ug": message.note_ug,
            "until": message.until.isoformat(),
        }
        write_durably(self._path, json.dumps(facts, ensure_ascii=False).encode())
        with self._lock:
            self._kept = message


def _read(path: Path) -> Message | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        until = datetime.fromisoformat(found["until"])
        return Message(found["text"], found["note_zh"], found["note_ug"], until)
    except (OSError, ValueError, KeyError, TypeError):
        # A message that cannot be read is none: it was only beside everything else.
        return None
