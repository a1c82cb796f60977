"""
Emptying the browser from afar (清空浏览器): the next waiting screen tells Chromium to throw away
what it has kept of this origin: cookies, storage and cache (Clear-Site-Data, W3C).

Asked for between visits only; the waiting screen asks for itself again every few seconds, so that
a browser which does not come is a browser that does not run.
"""

import threading

HEADER = "Clear-Site-Data"
EVERYTHING = '"cache", "cookies", "storage"'
PATIENCE_SECONDS = 45.0


class BrowserWipe:
    """A wish for the next page; any thread may call."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self._served = threading.Event()

    @property
    def wanted(self) -> bool:
        """Whether the next waiting screen should empty the browser."""
        return self._wanted.is_set()

    def serve(self) -> None:
        """A page that empties the browser is on its way to it."""
        self._wanted.clear()
        self._served.set()

    def ask(self, *, patience_seconds: float = PATIENCE_SECONDS) -> bool:
        """Have the browser emptied; returns whether it came for its page in time."""
        self._served.clear()
        self._wanted.set()
        served = self._served.wait(patience_seconds)
        self._wanted.clear()
        return served
