"""
`python -m devices screen`: keeps one browser on the screen, well and fresh.

After each visit it shows a new browser with an empty profile over the old one and then ends the
old: the screen is never black (a blank moment may be seen), and nothing of a visit outlives it
(P52). A browser that has died, hangs or shows nothing is replaced, sooner at first and later when
it keeps happening. systemd is told that the screen lives only after the page itself has answered.
"""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Protocol

import structlog

from devices.host.service_manager import ServiceManager
from devices.shell.browser import Browser, Sight, Unwell, remove_leftovers
from devices.shell.browser_command import PROGRAM, REST, ScreenPlan
from devices.shell.devtools_pipe import BrowserSilent

PAUSES_SECONDS: Sequence[float] = (0.0, 1.0, 2.0, 5.0, 15.0, 60.0)
RECOVERED_SECONDS = 120.0
LOOK_EVERY_SECONDS = 5.0
ANSWER_WITHIN_SECONDS = 10.0
SHOWN_WITHIN_SECONDS = 30.0
MOST_MEMORY_BYTES = 1_500 * 1024 * 1024
# So many looks at a page without a word on it before it counts as black.
BLANK_LOOKS = 3
_ROUND_SECONDS = 0.5

_log = structlog.get_logger(__name__)


class OneBrowser(Protocol):
    """What the screen wants of a browser; `browser.Browser` tells what each does and raises."""

    def wait_until_shown(self, *, within_seconds: float) -> None:
        """Wait for the start page."""
        ...

    def look(self, *, within_seconds: float) -> Sight:
        """Look at the page."""
        ...

    def go_to_start(self) -> None:
        """Load the start page."""
        ...

    def heed(self, within_seconds: float) -> list[str]:
        """Listen; returns the paths gone to."""
        ...

    def memory_bytes(self) -> int:
        """Memory in use."""
        ...

    def end(self) -> None:
        """End it and remove its profile."""
        ...


class Screen:
    """Keeps a browser on the screen until `stop`; `run` belongs to one thread."""

    def __init__(
        self,
        origin: str,
        new_browser: Callable[[], OneBrowser],
        *,
        manager: ServiceManager,
        now: Callable[[], float] = time.monotonic,
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        self._origin = origin
        self._new_browser = new_browser
        self._manager = manager
        self._now = now
        self._rest = rest
        self._ending = False

    def stop(self) -> None:
        """End soon; may be called from a signal's handler."""
        self._ending = True

    def run(self) -> None:
        """Show a browser, and another whenever that one is no good any more."""
        falls, browser = 0, None
        try:
            while not self._ending:
                began = self._now()
                try:
                    browser = browser or self._shown()
                    self._manager.ready()
                    browser = self._watch(browser)
                except (*Unwell, OSError) as fault:
                    falls = 1 if self._now() - began > RECOVERED_SECONDS else falls + 1
                    pause = PAUSES_SECONDS[min(falls - 1, len(PAUSES_SECONDS) - 1)]
                    _log.error("screen_lost", kind=type(fault).__name__, again_in_seconds=pause)
                    if browser is not None:
                        browser.end()
                        browser = None
                    self._wait(pause)
        finally:
            if browser is not None:
                browser.end()

    def _shown(self) -> OneBrowser:
        began = self._now()
        browser = self._new_browser()
        try:
            browser.wait_until_shown(within_seconds=SHOWN_WITHIN_SECONDS)
        except Unwell:
            browser.end()
            raise
        _log.info("screen_shown", took_ms=round((self._now() - began) * 1000))
        return browser

    def _watch(self, browser: OneBrowser) -> OneBrowser:
        """Stay with *browser* through one visit; returns the fresh one that has taken its place.

        Raises what `Browser` raises once it is unwell.
        """
        # The first look is at once: a page may have been left before anybody listened to it.
        used, next_look, blank = False, self._now(), 0
        while not self._ending:
            paths = browser.heed(_ROUND_SECONDS)
            used = used or any(path != REST for path in paths)
            if not used and self._now() < next_look:
                continue
            seen = browser.look(within_seconds=ANSWER_WITHIN_SECONDS)
            self._manager.alive()
            used = used or (seen.origin == self._origin and seen.path != REST)
            if self._now() >= next_look:
                next_look = self._now() + LOOK_EVERY_SECONDS
                blank = self._mended(browser, seen, blank)
                used = used or browser.memory_bytes() > MOST_MEMORY_BYTES
            if used and _rests(seen, self._origin):
                fresh = self._renewed(browser)
                if fresh is not None:
                    return fresh
        return browser

    def _mended(self, browser: OneBrowser, seen: Sight, blank: int) -> int:
        """See to a page that is not ours or says nothing; returns for how many looks it has."""
        if not seen.complete:
            return blank
        if seen.origin != self._origin:
            # The browser's own page of an error: the host was away when it was asked.
            browser.go_to_start()
            return blank
        blank = blank + 1 if not seen.characters else 0
        if blank >= BLANK_LOOKS:
            raise BrowserSilent("blank")
        return blank

    def _renewed(self, old: OneBrowser) -> OneBrowser | None:
        """Show a fresh browser over *old* and end that; None if somebody was quicker."""
        fresh = self._shown()
        if not self._still_rests(old):
            _log.info("renewal_put_off")
            fresh.end()
            return None
        old.end()
        self._manager.alive()
        return fresh

    def _still_rests(self, old: OneBrowser) -> bool:
        try:
            return _rests(old.look(within_seconds=1.0), self._origin)
        except Unwell:
            # It has died meanwhile, and the fresh one is there already.
            return True

    def _wait(self, seconds: float) -> None:
        until = self._now() + seconds
        while not self._ending and self._now() < until:
            self._manager.alive()
            self._rest(_ROUND_SECONDS)


def _rests(seen: Sight, origin: str) -> bool:
    return seen.complete and seen.origin == origin and seen.path == REST


def run(argv: Sequence[str]) -> int:
    """Keep the screen until a signal ends it; returns 0, or 2 for a place that cannot be used."""
    asked = _parser().parse_args(argv)
    profiles: Path = asked.profiles
    try:
        profiles.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        sys.stderr.write(f"profiles_unusable: {profiles}: {fault.strerror}\n")
        return 2
    _write_logs()
    if left := remove_leftovers(profiles):
        _log.warning("profiles_removed", left=left)
    plan = ScreenPlan(asked.origin, profiles, asked.browser, tuple(asked.more))
    screen = Screen(plan.origin, lambda: Browser(plan), manager=ServiceManager())

    def end(_signal: int, _frame: FrameType | None) -> None:
        screen.stop()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, end)
    screen.run()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devices screen", description=run.__doc__)
    parser.add_argument("--origin", default="http://127.0.0.1:8731", help="the device host's door")
    parser.add_argument(
        "--profiles", required=True, type=Path, help="directory in memory for the profiles"
    )
    parser.add_argument("--browser", default=PROGRAM, help="the browser's program")
    parser.add_argument("more", nargs="*", help="further arguments of the browser, after --")
    return parser


def _write_logs() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
