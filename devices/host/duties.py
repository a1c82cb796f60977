"""The host's threads: each a duty that runs for ever, started again when it falls.

Outcomes are values all through the host, so a duty falls only by a fault of ours. It is logged
by its type alone (a message might quote a person), and begun again after a growing pause, so
that one fault at three in the morning does not leave a terminal half dead until the technician
comes.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

PAUSES_SECONDS: Sequence[float] = (1.0, 2.0, 5.0, 15.0, 60.0)
# A duty that has run this long has recovered: its next fall starts from the short pause.
RECOVERED_SECONDS = 120.0
_ROUND_SECONDS = 0.5

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that runs until it is told to end; `fallen` is called each time it fell."""

    name: str
    run: Callable[[], None]
    fallen: Callable[[], None] = field(default=lambda: None)


class _Watch:
    """One duty's thread and how often it has fallen."""

    def __init__(self, duty: Duty) -> None:
        self.duty = duty
        self.thread: threading.Thread | None = None
        self.done = False
        self.started_at = 0.0
        self.falls = 0
        self.again_at = 0.0

    def start(self, now: float) -> None:
        self.started_at = now
        self.thread = threading.Thread(target=self._run, name=self.duty.name, daemon=True)
        self.thread.start()

    def fell(self, now: float) -> float:
        """Take note of a fall; returns the pause in seconds."""
        self.thread = None
        if now - self.started_at > RECOVERED_SECONDS:
            self.falls = 0
        pause = PAUSES_SECONDS[min(self.falls, len(PAUSES_SECONDS) - 1)]
        self.falls += 1
        self.again_at = now + pause
        return pause

    def _run(self) -> None:
        self.duty.run()
        self.done = True


class DutyRoster:
    """Starts duties and keeps them running until `stop`."""

    def __init__(
        self, duties: Sequence[Duty], *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._watches = [_Watch(duty) for duty in duties]
        self._now = now
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._go_round, name="duty roster", daemon=True)

    def start(self) -> None:
        """Start every duty."""
        self._thread.start()

    def stop(self, *, within_seconds: float = 10.0) -> tuple[str, ...]:
        """Wait for duties that were told to end; returns the names of those that did not."""
        self._ending.set()
        until = self._now() + within_seconds
        if self._thread.is_alive():
            self._thread.join(within_seconds)
        running = [watch for watch in self._watches if watch.thread is not None]
        for watch in running:
            if watch.thread is not None:
                watch.thread.join(max(0.0, until - self._now()))
        return tuple(
            watch.duty.name for watch in running if watch.thread and watch.thread.is_alive()
        )

    def tend(self) -> None:
        """One round: start what does not run and may run again."""
        for watch in self._watches:
            if watch.done or (watch.thread is not None and watch.thread.is_alive()):
                continue
            if watch.thread is not None:
                pause = watch.fell(self._now())
                _log.error("duty_fallen", duty=watch.duty.name, again_in_seconds=pause)
                watch.duty.fallen()
            if self._now() >= watch.again_at:
                watch.start(self._now())

    def _go_round(self) -> None:
        while not self._ending.is_set():
            self.tend()
            self._ending.wait(_ROUND_SECONDS)
