"""
Who is at the technician's pages (维护会话): one person at a time, the one who came in last.

While he is there the door is closed to residents. He is gone when he says so, or when ten minutes
have passed without a touch; then the door opens by itself.
"""

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from devices.host.check_values import ScreenRole
from devices.host.closure import ClosedFor, Closure
from devices.host.screen_codes import CodeTaken

IDLE_SECONDS = 600.0
LONGEST_SECONDS = 2 * 3600.0
_LOOK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Present:
    """Who is there: by which code, no name."""

    role: ScreenRole
    window: int


class TechnicianSession:
    """The one session; any thread may call."""

    def __init__(self, closure: Closure, *, now: Callable[[], float] = time.monotonic) -> None:
        self._closure = closure
        self._now = now
        self._lock = threading.Lock()
        self._digest = b""
        self._present: Present | None = None
        self._began_at = self._seen_at = 0.0
        self._ending = threading.Event()

    def begin(self, taken: CodeTaken) -> str:
        """Let in whoever typed a good code; returns the secret of his browser."""
        secret = secrets.token_urlsafe(32)
        with self._lock:
            self._digest = _digest(secret)
            self._present = Present(taken.role, taken.window)
            self._began_at = self._seen_at = self._now()
        return secret

    def find(self, secret: str) -> Present | None:
        """Who holds *secret*, if he is still there; being asked for keeps him there."""
        self.tend()
        with self._lock:
            if self._present is None or not hmac.compare_digest(_digest(secret), self._digest):
                return None
            self._seen_at = self._now()
            return self._present

    def take_the_machine(self) -> None:
        """Close the door to residents while he works."""
        if not self._closure.holds(ClosedFor.SERVICING):
            self._closure.close(ClosedFor.SERVICING)

    def end(self) -> None:
        """He has left; the door opens."""
        with self._lock:
            self._present = None
        if self._closure.holds(ClosedFor.SERVICING):
            self._closure.open(ClosedFor.SERVICING)

    def tend(self) -> None:
        """End a session that was left behind."""
        with self._lock:
            now = self._now()
            idle = now - self._seen_at >= IDLE_SECONDS or now - self._began_at >= LONGEST_SECONDS
            left = self._present is not None and idle
        if left:
            self.end()

    def run(self) -> None:
        """Tend until `stop`; runs in a thread of its own."""
        while not self._ending.wait(_LOOK_SECONDS):
            self.tend()

    def stop(self) -> None:
        """End `run` soon."""
        self._ending.set()


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
