"""
One browser on the screen: its process, its one page, and its profile, which dies with it.
"""

import fcntl
import json
import os
import shutil
import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog

from devices.shell.browser_command import ScreenPlan, arguments
from devices.shell.devtools_pipe import BrowserGone, BrowserRefused, BrowserSilent, DevToolsPipe

# The browser wants its remote control at these two descriptors.
_ITS_READING, _ITS_WRITING = 3, 4
_OUT_OF_THE_WAY = 20
_PASSED_ON = ("PATH", "LANG", "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "XAUTHORITY")
_STAY_INSIDE = Path(__file__).with_name("stay_inside.mjs")
_LOOK = (
    "JSON.stringify([location.origin, location.pathname, document.readyState,"
    " (document.body?.innerText || '').trim().length])"
)
_PAINTED = (
    "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
)

_log = structlog.get_logger(__name__)

Unwell = (BrowserGone, BrowserSilent, BrowserRefused)
"""How a browser that does not work shows it."""

_PROFILE_PREFIX = "visit-"


@dataclass(frozen=True, slots=True)
class Sight:
    """What stands on the screen: whose page, which one, whether whole, and how much text."""

    origin: str
    path: str
    complete: bool
    characters: int


class Browser:
    """A running Chromium in a process group of its own; `end` must be called."""

    def __init__(self, plan: ScreenPlan) -> None:
        """Start it; raises OSError when there is no such program or no room for a profile."""
        self._plan = plan
        self.profile = Path(tempfile.mkdtemp(prefix=_PROFILE_PREFIX, dir=plan.profiles))
        try:
            self.pid, self._pipe = _spawn(arguments(plan, self.profile), self.profile)
        except OSError:
            shutil.rmtree(self.profile, ignore_errors=True)
            raise
        self._exited = self._ended = False
        self._page = ""
        self._session = ""

    def wait_until_shown(self, *, within_seconds: float) -> None:
        """Wait until the start page stands on the screen.

        Raises `BrowserGone`, `BrowserRefused`, or `BrowserSilent` when the time is over.
        """
        until = time.monotonic() + within_seconds
        self._take_hold(until)
        while time.monotonic() < until:
            seen = self.look(within_seconds=until - time.monotonic())
            if seen.origin == self._plan.origin and seen.complete:
                self.ask(_PAINTED, within_seconds=until - time.monotonic())
                return
            if seen.complete:
                self.go_to_start()
            time.sleep(0.1)
        raise BrowserSilent("not shown")

    def look(self, *, within_seconds: float) -> Sight:
        """What the page says of itself; raises as `wait_until_shown`, and `BrowserGone` when its
        profile was wiped under it (the residue check has found something)."""
        if not self.profile.is_dir():
            raise BrowserGone
        origin, path, state, characters = _parsed(self.ask(_LOOK, within_seconds=within_seconds))
        return Sight(origin, path, state == "complete", characters)

    def ask(self, expression: str, *, within_seconds: float) -> Any:
        """What an expression of script is worth in the page; raises as `wait_until_shown`."""
        asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = self._pipe.call(
            "Runtime.evaluate",
            asked,
            session=self._session,
            within_seconds=max(0.1, within_seconds),
        )
        return answer.get("result", {}).get("value")

    def go_to_start(self) -> None:
        """Load the start page; raises as `wait_until_shown`."""
        self._pipe.call("Page.navigate", {"url": self._plan.start_address}, session=self._session)

    def heed(self, within_seconds: float) -> list[str]:
        """Listen for up to *within_seconds*; returns the paths of the door that the page went to.

        Any further window or tab is closed as soon as it opens. Raises `BrowserGone` when the
        page or the browser has died.
        """
        paths = []
        for told in self._pipe.told(within_seconds):
            if told.method == "Target.targetCreated":
                self._close_if_foreign(told.params["targetInfo"])
            elif told.method == "Page.frameNavigated" and "parentId" not in told.params["frame"]:
                address = str(told.params["frame"]["url"])
                if address.startswith(self._plan.origin + "/"):
                    paths.append(urlsplit(address).path)
            elif told.method == "Inspector.targetCrashed" or (
                told.method == "Target.targetDestroyed"
                and told.params.get("targetId") == self._page
            ):
                raise BrowserGone
        return paths

    def has_exited(self) -> bool:
        """Whether the process has ended by itself; collects what is left of it."""
        if not self._exited:
            try:
                self._exited = os.waitpid(self.pid, os.WNOHANG)[0] == self.pid
            except ChildProcessError:
                self._exited = True
        return self._exited

    def memory_bytes(self) -> int:
        """Resident memory of the browser and all of its helpers."""
        return sum(_resident(pid) for pid in _group(self.pid))

    def end(self) -> None:
        """End it and remove its profile; a second time does nothing. Never raises.

        With force at once: there is nothing that it should still write down.
        """
        if self._ended:
            return
        self._ended = True
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            _log.info("browser_had_gone")
        while not self.has_exited():
            time.sleep(0.01)
        self._pipe.close()
        _remove(self.profile)

    def _take_hold(self, until: float) -> None:
        """Find the one page and listen to it."""
        self._pipe.call("Target.setDiscoverTargets", {"discover": True})
        self._pipe.call("Browser.setDownloadBehavior", {"behavior": "deny"})
        while time.monotonic() < until:
            found = self._pipe.call("Target.getTargets")["targetInfos"]
            pages = [each for each in found if each["type"] == "page"]
            if pages:
                self._page = str(pages[0]["targetId"])
                held = self._pipe.call(
                    "Target.attachToTarget", {"targetId": self._page, "flatten": True}
                )
                self._session = str(held["sessionId"])
                self._pipe.call("Page.enable", session=self._session)
                self._pipe.call("Inspector.enable", session=self._session)
                self._keep_inside()
                return
            time.sleep(0.05)
        raise BrowserSilent("no page")

    def _keep_inside(self) -> None:
        """Guard this page, which is already there, and every later one."""
        guard = _STAY_INSIDE.read_text(encoding="utf-8")
        self._pipe.call(
            "Page.addScriptToEvaluateOnNewDocument", {"source": guard}, session=self._session
        )
        self._pipe.call("Runtime.evaluate", {"expression": guard}, session=self._session)

    def _close_if_foreign(self, target: Any) -> None:
        if target["type"] != "page" or target["targetId"] == self._page:
            return
        # Parts of the browser's own surface count as pages now and then; they have no window.
        if str(target["url"]).startswith("chrome://omnibox-popup"):
            return
        _log.warning("window_closed")
        try:
            self._pipe.call("Target.closeTarget", {"targetId": target["targetId"]})
        except BrowserRefused:
            _log.info("window_had_gone")


def remove_leftovers(profiles: Path) -> int:
    """Remove what a launcher that was killed has left in *profiles*; returns how many there were.

    Call it before the first browser is started.
    """
    left = list(profiles.glob(f"{_PROFILE_PREFIX}*"))
    for each in left:
        _remove(each)
    return len(left)


def _spawn(command: list[str], profile: Path) -> tuple[int, DevToolsPipe]:
    its_reading, our_writing = _pipe()
    our_reading, its_writing = _pipe()
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    # Whatever it would keep at home or in /tmp goes where the visit ends.
    environment |= {"HOME": str(profile), "TMPDIR": str(profile)}
    try:
        pid = os.posix_spawn(
            command[0],
            command,
            environment,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, its_reading, _ITS_READING),
                (os.POSIX_SPAWN_DUP2, its_writing, _ITS_WRITING),
                # It writes addresses of pages and worse.
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            ],
            setpgroup=0,
        )
    except OSError:
        os.close(our_reading)
        os.close(our_writing)
        raise
    finally:
        os.close(its_reading)
        os.close(its_writing)
    return pid, DevToolsPipe(our_reading, our_writing)


def _pipe() -> tuple[int, int]:
    """A pipe whose ends lie clear of the two numbers that the browser's ends will get."""
    ends = os.pipe()
    try:
        reading, writing = (
            fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY) for end in ends
        )
    finally:
        for end in ends:
            os.close(end)
    return reading, writing


def _parsed(told: Any) -> tuple[str, str, str, int]:
    origin, path, state, characters = json.loads(told) if isinstance(told, str) else ("", "", "", 0)
    return str(origin), str(path), str(state), int(characters)


def _remove(profile: Path) -> None:
    # A helper that is just dying may still write: once more, then whoever is left to look says so.
    for _ in range(3):
        shutil.rmtree(profile, ignore_errors=True)
        if not profile.exists():
            return
        time.sleep(0.05)
    _log.error("profile_left")


def _group(leader: int) -> list[int]:
    """The processes of the group that *leader* leads."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                told = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            if told.rpartition(")")[2].split()[2] == str(leader):
                found.append(int(entry.name))
    return found


def _resident(pid: int) -> int:
    try:
        told = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0
    # Shared pages would count once a helper; what counts is what the helpers hold alone.
    return (int(told[1]) - int(told[2])) * os.sysconf("SC_PAGE_SIZE")
