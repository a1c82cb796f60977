"""The heartbeat (心跳): every 30 s, and at once when a device has changed or the server calls.

What the server wants comes back with every answer. One thread speaks, so that states arrive in
the order in which they happened.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import structlog

from devices.agent.wire import DeviceState
from devices.host.ports import LineDead, Refused, Want

EVERY_SECONDS = 30.0
# While the line is dead the next try comes sooner, so that a terminal is back within seconds.
RETRY_SECONDS = 5.0
GIVE_WAY_SECONDS = 25.0
"""A page that found the line dead tries every 10 s, and is to be heard before we are: with it the
server learns that somebody stayed. Three misses, 90 s, would be an alert."""
_LOOK_SECONDS = 0.25

_log = structlog.get_logger(__name__)


class HeartbeatCounter(Protocol):
    """The three calls that a heartbeat makes."""

    def heartbeat(
        self, devices: Iterable[DeviceState], *, software: str, open_jobs: int
    ) -> tuple[Want, ...] | Refused | LineDead:
        """Say that the terminal lives."""
        ...

    def states(self, devices: Iterable[DeviceState]) -> tuple[Want, ...] | Refused | LineDead:
        """Tell that devices have changed."""
        ...

    def wants(self) -> tuple[Want, ...] | Refused | LineDead:
        """Ask what is wanted."""
        ...


class Heartbeat:
    """Speaks for the terminal from a thread of its own; its methods may be called from any."""

    def __init__(
        self,
        counter: HeartbeatCounter,
        *,
        states: Callable[[], Sequence[DeviceState]],
        open_jobs: Callable[[], int],
        wanted: Callable[[Sequence[Want]], None],
        software: str,
        busy: Callable[[], bool] = lambda: False,
    ) -> None:
        self._counter = counter
        self._states = states
        self._open_jobs = open_jobs
        self._wanted = wanted
        self._software = software
        self._busy = busy
        self._lock = threading.Condition()
        self._asked = False
        self._whole = False
        self._ending = False
        self._told: dict[str, DeviceState] = {}
        self._refused_with = ""

    def states_changed(self) -> None:
        """Tell the server of changed devices at once."""
        self._ring()

    def tell_now(self) -> None:
        """Send a whole heartbeat at once: something that only it carries has changed."""
        with self._lock:
            self._whole = True
        self._ring()

    def wake(self) -> None:
        """Fetch what the server wants at once (its answer said Kiosk-Wanted)."""
        self._ring()

    def run(self) -> None:
        """Beat until `stop`; runs in a thread of its own."""
        due = 0.0
        while not self._wait_until(due):
            self._give_way()
            # A call that comes every second must not keep the heartbeat itself from being sent.
            if time.monotonic() < due and not self._wants_whole() and self.speak():
                continue
            due = time.monotonic() + (EVERY_SECONDS if self.beat() else RETRY_SECONDS)

    def stop(self) -> None:
        """End `run` soon."""
        with self._lock:
            self._ending = True
            self._lock.notify_all()

    def beat(self) -> bool:
        """Send one whole heartbeat; returns whether the server heard it."""
        states = tuple(self._states())
        return self._heard(
            self._counter.heartbeat(states, software=self._software, open_jobs=self._open_jobs()),
            states,
        )

    def speak(self) -> bool:
        """Tell the changed devices, or, if none has changed, ask for wants."""
        changed = tuple(state for state in self._states() if self._told.get(state.kind) != state)
        outcome = self._counter.states(changed) if changed else self._counter.wants()
        return self._heard(outcome, changed)

    def _heard(
        self, outcome: tuple[Want, ...] | Refused | LineDead, told: Sequence[DeviceState]
    ) -> bool:
        match outcome:
            case LineDead():
                return False
            case Refused(code=code, status=status):
                if code != self._refused_with:
                    _log.error("heartbeat_refused", code=code, status=status)
                self._refused_with = code
                return False
            case wants:
                self._refused_with = ""
                self._told.update({state.kind: state for state in told})
                # Also where nothing is wanted: that is news for a journal that was lost.
                self._wanted(wants)
                return True

    def _wants_whole(self) -> bool:
        with self._lock:
            wanted, self._whole = self._whole, False
            return wanted

    def _wait_until(self, due: float) -> bool:
        """Wait for a ring or for *due*; returns whether to end."""
        with self._lock:
            left = due - time.monotonic()
            if left > 0 and not self._asked and not self._ending:
                self._lock.wait(left)
            self._asked = False
            return self._ending

    def _give_way(self) -> None:
        """Leave the line to a page for a while: it may be thin, and a person waits there."""
        until = time.monotonic() + GIVE_WAY_SECONDS
        with self._lock:
            while self._busy() and not self._ending and time.monotonic() < until:
                self._lock.wait(_LOOK_SECONDS)

    def _ring(self) -> None:
        with self._lock:
            self._asked = True
            self._lock.notify_all()
