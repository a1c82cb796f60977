"""
A clock that goes on as the wall's does, and leaps when the story says so: half an hour until an
order is over would have to be waited for.

One small file is the clock of every process of a story. Nothing of the product knows of it: it is
put in place of the product's one clock when the server and the worker of a story start.
"""

import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from mmap import mmap
from pathlib import Path
from threading import Lock
from unittest.mock import patch

from kiosk_server.core import clock

VARIABLE = "KIOSK_TEST_LEAPING_CLOCK"
_AHEAD = struct.Struct("d")


class LeapingClock:
    """So many seconds ahead of the wall's clock, as the file at *path* says."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._ahead = mmap(file.fileno(), _AHEAD.size)
        self._lock = Lock()
        self.path = path

    @classmethod
    def at(cls, path: Path, moment: datetime) -> "LeapingClock":
        """Return a new clock, kept at *path*, on which it is *moment* now."""
        path.write_bytes(_AHEAD.pack(moment.timestamp() - time.time()))
        return cls(path)

    @classmethod
    def from_environment(cls) -> "LeapingClock":
        """Return the clock that the process was started with."""
        return cls(Path(os.environ[VARIABLE]))

    def now(self) -> datetime:
        """Return the same as the product's clock does."""
        (ahead,) = _AHEAD.unpack(self._ahead[: _AHEAD.size])
        return datetime.fromtimestamp(time.time() + ahead, UTC)

    def leap(self, by: timedelta) -> None:
        """Let *by* go by in every process at once."""
        with self._lock:
            (ahead,) = _AHEAD.unpack(self._ahead[: _AHEAD.size])
            self._ahead[: _AHEAD.size] = _AHEAD.pack(ahead + by.total_seconds())

    @contextmanager
    def ticking(self) -> Iterator[None]:
        """Be the product's clock in this process for the length of the block."""
        with patch.object(clock, "now", self.now):
            yield

    def take_the_place(self) -> None:
        """Be the product's clock in this process until it ends."""
        patch.object(clock, "now", self.now).start()
