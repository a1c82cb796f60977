"""The server's time as the terminal knows it: the machine's clock plus an offset.

The machine's clock is never set from the wire; a signature is dated with the server's time, so a
terminal whose battery died keeps working and says in its heartbeat how far off it is.
"""

import math
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

SERVER_TIME_HEADER = "Kiosk-Server-Time"
_STRAY_SECONDS = 30.0
"""Half of what the server forgives."""


class ServerClock:
    """Tells the server's time; any thread may call."""

    def __init__(self, machine_time: Callable[[], float] = time.time) -> None:
        self._machine_time = machine_time
        self._lock = threading.Lock()
        self._offset_seconds = 0.0

    @property
    def offset_seconds(self) -> float:
        """How far the server's clock is ahead of the machine's."""
        with self._lock:
            return self._offset_seconds

    def now(self) -> datetime:
        """This moment by the server's clock, aware, in UTC."""
        return datetime.fromtimestamp(self._machine_time() + self.offset_seconds, UTC)

    def heal(self, server_time: str | None) -> bool:
        """Take over the server's time (unix seconds, as in Kiosk-Server-Time).

        Returns False, and changes nothing, for an absent or senseless value.
        """
        said = _seconds(server_time)
        if said is None:
            return False
        with self._lock:
            self._offset_seconds = said - self._machine_time()
        return True

    def strays_from(self, server_time: str | None) -> bool:
        """Whether the server's time is so far from ours that it may refuse what we date."""
        said = _seconds(server_time)
        if said is None:
            return False
        return abs(said - self._machine_time() - self.offset_seconds) > _STRAY_SECONDS


def _seconds(server_time: str | None) -> float | None:
    try:
        said = float(server_time) if server_time is not None else math.nan
    except ValueError:
        return None
    return said if math.isfinite(said) and said > 0 else None
