"""Which visit's mark (无痕标记) is on this machine now, as the server tells with each page.

The mark is 128 random bits that mean nothing and name nobody: the server plants it in the forms,
the cookie and the paper of one visit, so that the residue check knows what to look for afterwards.
"""

import re
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import structlog
from structlog.typing import EventDict

from devices.host.ports import Reply
from devices.host.visit_watch import LONGEST_SILENCE_SECONDS

VISIT_HEADER = "Kiosk-Visit"
"""Holds a mark, or any other word where no visit goes on; never passed on to the page."""
LOG_KEY = "visit_mark"
_MARK = re.compile(r"[0-9a-f]{32}\Z")


def log_context(mark: str | None) -> AbstractContextManager[None]:
    """Bind the mark to whatever is logged in the block, as a thing that must not be written.

    `never_written` takes it out of each line; a way around it shows in the next residue check.
    """
    return structlog.contextvars.bound_contextvars(**({LOG_KEY: mark} if mark else {}))


def never_written(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Take the mark out of a line of the log; a structlog processor."""
    event.pop(LOG_KEY, None)
    return event


class VisitMarks:
    """Follows the mark from answer to answer; any thread may call.

    `began` and `over` are called with a mark, each once for a visit, from the thread that noticed.
    *current* is the mark that an earlier life of the host left: its visit may still go on.
    """

    def __init__(
        self,
        began: Callable[[str], None] = lambda _mark: None,
        over: Callable[[str], None] = lambda _mark: None,
        *,
        current: str | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._began = began
        self._over = over
        self._now = now
        self._lock = threading.Lock()
        self._current = current
        self._heard_at = now()

    @property
    def current(self) -> str | None:
        """The mark of the visit that goes on, or None."""
        with self._lock:
            return self._current

    def answered(self, reply: Reply) -> None:
        """Take the server's word in an answer; an answer without the word changes nothing."""
        word = reply.header(VISIT_HEADER)
        if word is None:
            return
        self._turn_to(word if _MARK.match(word) else None)

    def lapse(self) -> None:
        """Count a visit as over of which nothing was heard for longer than the server waits."""
        with self._lock:
            silent = self._now() - self._heard_at >= LONGEST_SILENCE_SECONDS
        if silent:
            self._turn_to(None)

    def end(self) -> None:
        """The visit was ended on this machine, without the server."""
        self._turn_to(None)

    def _turn_to(self, mark: str | None) -> None:
        with self._lock:
            before, self._current = self._current, mark
            self._heard_at = self._now()
        if before == mark:
            return
        if before is not None:
            self._over(before)
        if mark is not None:
            self._began(mark)
