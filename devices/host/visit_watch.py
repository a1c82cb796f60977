"""Whether somebody's visit (一次办理) is under way, as the traffic of the door shows it.

The host never learns whose visit it is: it sees that the server gives the browser a visit's cookie
and takes it away again. Work that would disturb a person or share a thin line with one asks here.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from devices.host.ports import Reply

COOKIE = "kiosk_visit"
LONGEST_SILENCE_SECONDS = 200.0
"""The server ends an unattended visit after 90 s, after 180 s in large print."""
_SHOWN = re.compile(rf"(?:^|;\s*){COOKIE}=[^;]")
_GIVEN = re.compile(rf"{COOKIE}=([^;]*)")
_LANGUAGE = re.compile(r"(?:^|;\s*)kiosk_language=([a-z]{2})\b")
_TAKEN_AWAY = re.compile(r";\s*max-age=0(?:;|$)", re.IGNORECASE)


class VisitWatch:
    """Follows visits by their cookie; any thread may call. `told(True)` when one has begun,
    `told(False)` when it has ended, each once, from the thread that noticed."""

    def __init__(
        self,
        told: Callable[[bool], None] = lambda _began: None,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._told = told
        self._now = now
        self._lock = threading.Lock()
        self._began = False
        self._seen_at = float("-inf")
        self._touched_at = float("-inf")
        self._cut_off = False
        self._asking = 0
        self._language = "zh"

    @property
    def language(self) -> str:
        """The code of the language in which the last visit was shown."""
        return self._language

    @property
    def under_way(self) -> bool:
        """Whether a person's visit goes on at this terminal."""
        with self._lock:
            over = self._began and self._now() - self._seen_at >= LONGEST_SILENCE_SECONDS
            going_on = self._began and not over
        if over:
            self.end()
        return going_on

    @property
    def asking(self) -> bool:
        """Whether a page waits for the server at this moment."""
        with self._lock:
            return self._asking > 0

    @property
    def has_the_line(self) -> bool:
        """Whether a page uses the line now, or was cut off and waits for it first."""
        return self.asking or (self.was_cut_off and self.under_way)

    def silent_seconds(self) -> float:
        """How long no page has been asked for; infinite before the first."""
        with self._lock:
            return self._now() - self._seen_at

    @property
    def untouched_seconds(self) -> float:
        """How long nobody has touched the screen; infinite before the first touch."""
        with self._lock:
            return self._now() - self._touched_at

    @property
    def was_cut_off(self) -> bool:
        """Whether the last page found a dead line."""
        with self._lock:
            return self._cut_off

    def cut_off(self) -> None:
        """Note that a page found a dead line."""
        with self._lock:
            self._cut_off = True

    @contextmanager
    def page(self, cookies: str, *, touched: bool = True) -> Iterator[None]:
        """Note that a page with these Cookie words is being asked for, until the block ends.

        *touched* is false for what a page asks for by itself.
        """
        with self._lock:
            self._asking += 1
            self._seen_at = self._now()
            if touched:
                self._touched_at = self._seen_at
        if shows_visit(cookies):
            if (spoken := _LANGUAGE.search(cookies)) is not None:
                self._language = spoken.group(1)
            self._change(begun=True)
        try:
            yield
        finally:
            with self._lock:
                self._asking -= 1

    def answered(self, reply: Reply) -> None:
        """Note that the server answered, and what it did with the visit's cookie."""
        with self._lock:
            self._cut_off = False
        for name, value in reply.headers:
            found = _GIVEN.match(value.strip()) if name.lower() == "set-cookie" else None
            if found is not None:
                given = bool(found.group(1).strip('"')) and not _TAKEN_AWAY.search(value)
                self._change(begun=given)

    def end(self) -> None:
        """The visit is over, whoever found that out."""
        self._change(begun=False)

    def _change(self, *, begun: bool) -> None:
        with self._lock:
            changed, self._began = self._began is not begun, begun
            if changed and begun:
                # A host that was started anew knows nothing of the touches before.
                self._touched_at = self._now()
        if changed:
            self._told(begun)


def shows_visit(cookies: str) -> bool:
    """Whether the words of a Cookie header hold a visit's secret."""
    return _SHOWN.search(cookies) is not None
