"""
The moment at which a machine may be disturbed (空闲时刻): nobody's visit goes on, no page is being
fetched, no paper is on its way. Whoever takes it keeps it until he lets go: a person who comes
meanwhile is told so by the door, and no visit can begin in between.

Where something cannot wait for ever, the last minute is counted down on the screen, beside what
the person is doing and never over it.
"""

import threading
import time
from collections.abc import Callable

from devices.host.closure import ClosedFor, Closure
from devices.host.visit_watch import VisitWatch

COUNTDOWN_SECONDS = 60.0
PAPER_PATIENCE_SECONDS = 120.0
"""A paper that waits for its printer longer than this waits as well through a restart."""


class QuietMoment:
    """Guards the quiet moment; any thread may call."""

    def __init__(
        self,
        visits: VisitWatch,
        closure: Closure,
        open_papers: Callable[[], int],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._visits = visits
        self._closure = closure
        self._open_papers = open_papers
        self._now = now
        self._lock = threading.Lock()
        self._quiet_since: float | None = None
        self._closing_at: float | None = None

    @property
    def closing_in_seconds(self) -> float | None:
        """How long whoever is at the machine still has; None while nothing presses."""
        with self._lock:
            return None if self._closing_at is None else max(0.0, self._closing_at - self._now())

    def take(self, why: ClosedFor, *, latest_at: float | None = None) -> bool:
        """
        Close the door for *why* if this is the moment, and return whether it is.

        At *latest_at* (monotonic seconds) it is the moment whoever is there; a minute before, the
        countdown begins.
        """
        pressing = latest_at is not None and self._now() >= latest_at
        if pressing or self.is_quiet():
            # Closed, and then looked at again: a page that came in between found the door open.
            self._closure.close(why)
            if pressing or self.is_quiet():
                with self._lock:
                    self._closing_at = None
                return True
            self._closure.open(why)
        with self._lock:
            if latest_at is not None and self._now() >= latest_at - COUNTDOWN_SECONDS:
                self._closing_at = latest_at
        return False

    def let_go(self, why: ClosedFor) -> None:
        """Open the door again."""
        with self._lock:
            self._closing_at = None
        self._closure.open(why)

    def is_quiet(self) -> bool:
        """Whether nobody would be disturbed now; the next moment may be another."""
        at_the_machine = self._closure.holds(ClosedFor.SERVICING)
        if self._visits.under_way or self._visits.asking or at_the_machine:
            self._quiet_since = None
            return False
        if self._quiet_since is None:
            self._quiet_since = self._now()
        waited = self._now() - self._quiet_since
        return self._open_papers() == 0 or waited >= PAPER_PATIENCE_SECONDS
