"""The launcher's browser: the real Chromium over its pipe, with pages of the smallest kind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from devices.host.residue_wipe import wipe_profile
from devices.host.service_manager import ServiceManager
from devices.shell.browser import Browser, remove_leftovers
from devices.shell.browser_command import PROGRAM, ScreenPlan
from devices.shell.devtools_pipe import BrowserGone, BrowserSilent
from devices.shell.screen import Screen
from tests.support.browser import COMMAND
from tests.support.missing import need_program
from tests.support.resting_door import RestingDoor, resting_door

pytestmark = pytest.mark.browser

# No panel here, and root may not use the sandbox.
MORE = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-popup-blocking",
)
WITHIN = 20.0


@dataclass
class Stage:
    """A door that serves, and a browser that shows its waiting screen."""

    door: RestingDoor
    plan: ScreenPlan
    browser: Browser

    def send_to(self, path: str) -> list[str]:
        """Send the page to *path*; returns the paths heard of until it is there."""
        self.door.send_to(path)
        heard: list[str] = []
        until = time.monotonic() + WITHIN
        while path not in heard:
            assert time.monotonic() < until
            heard += self.browser.heed(0.1)
        return heard


@pytest.fixture
def door() -> Iterator[RestingDoor]:
    """A door that serves."""
    with resting_door() as serving:
        yield serving


@pytest.fixture
def plan(door: RestingDoor) -> Iterator[ScreenPlan]:
    """A plan over that door. The browser's socket lies in its profile, and its path is short."""
    need_program("chromium", COMMAND)
    with TemporaryDirectory(prefix="screen-", dir="/dev/shm") as profiles:
        yield ScreenPlan(door.origin, Path(profiles), PROGRAM, MORE)


@pytest.fixture
def stage(door: RestingDoor, plan: ScreenPlan) -> Iterator[Stage]:
    """A browser that shows the waiting screen."""
    browser = Browser(plan)
    try:
        browser.wait_until_shown(within_seconds=WITHIN)
        yield Stage(door, plan, browser)
    finally:
        browser.end()


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for something that comes within seconds."""
    until = time.monotonic() + WITHIN
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


def again(act: Callable[[], object]) -> None:
    """Do something over and over until it raises, for some seconds at most."""
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        act()


def processes_of(profile: Path) -> list[int]:
    """Processes whose command line names *profile*."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdecimal() and str(profile).encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return found


def test_it_shows_the_waiting_screen_and_says_what_stands_there(stage: Stage) -> None:
    """A look says whose page stands there, which, and that there are words on it."""
    seen = stage.browser.look(within_seconds=WITHIN)
    assert seen.origin == stage.door.origin
    assert (seen.path, seen.complete, seen.characters) == ("/kiosk/", True, len("waiting"))


def test_it_hears_where_the_page_goes(stage: Stage) -> None:
    """The launcher knows a visit by the page leaving the waiting screen, and its end by the
    page's return."""
    assert stage.send_to("/kiosk/visit")[-1] == "/kiosk/visit"
    assert stage.send_to("/kiosk/")[-1] == "/kiosk/"


def test_a_second_window_is_closed(stage: Stage) -> None:
    """There is one page on a terminal; any other window closes as soon as it opens."""
    stage.send_to("/kiosk/popup")
    for _ in range(10):
        stage.browser.heed(0.1)
    opened, here = stage.door.asked["/kiosk/visit"], stage.door.asked["/kiosk/popup"]
    wait_until(lambda: stage.door.asked["/kiosk/popup"] > here + 3)
    assert stage.door.asked["/kiosk/visit"] == opened


def test_a_page_that_hangs_is_noticed(stage: Stage) -> None:
    """A script that never ends shows as silence, not as a wait without end."""
    stage.send_to("/kiosk/hang")
    with pytest.raises(BrowserSilent):
        again(lambda: stage.browser.look(within_seconds=0.5))


def test_a_page_without_a_word_is_seen_as_such(stage: Stage) -> None:
    """A black or white screen is told from a page by the text on it."""
    stage.send_to("/kiosk/blank")
    assert stage.browser.look(within_seconds=WITHIN).characters == 0


def test_a_renderer_that_dies_is_noticed(stage: Stage) -> None:
    """The page's process killed, as for want of memory, shows at once."""
    for pid in processes_of(stage.browser.profile):
        with suppress(OSError):
            if b"--type=renderer" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
    with pytest.raises(BrowserGone):
        again(lambda: stage.browser.heed(0.2))


def test_a_browser_that_is_killed_is_noticed(stage: Stage) -> None:
    """The pipe of a dead browser says so."""
    os.kill(stage.browser.pid, signal.SIGKILL)
    with pytest.raises(BrowserGone):
        again(lambda: stage.browser.heed(0.2))


@pytest.mark.policy("P52")
def test_the_end_leaves_no_process_and_no_profile(stage: Stage) -> None:
    """What a browser wrote goes with it, helpers included."""
    stage.send_to("/kiosk/visit")
    profile = stage.browser.profile
    assert processes_of(profile)
    stage.browser.end()
    assert not profile.exists()
    wait_until(lambda: not processes_of(profile))
    assert not profile.exists()


@pytest.mark.policy("P52")
def test_a_browser_whose_profile_was_wiped_is_noticed(stage: Stage) -> None:
    """The residue check empties the profiles: the browser that wrote them is replaced."""
    wipe_profile(stage.plan.profiles)
    with pytest.raises(BrowserGone):
        stage.browser.look(within_seconds=WITHIN)


def test_memory_is_counted_over_all_helpers(stage: Stage) -> None:
    """A browser is several processes, and its memory the sum of theirs."""
    assert 20_000_000 < stage.browser.memory_bytes() < 2_000_000_000


def test_profiles_of_a_killed_launcher_are_removed(tmp_path: Path) -> None:
    """A launcher that was killed could not clean up; the next one does."""
    (tmp_path / "visit-left" / "Default").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    assert remove_leftovers(tmp_path) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["other"]


def test_a_missing_program_leaves_no_profile(tmp_path: Path) -> None:
    """A browser that is not installed is an error of the system, and costs nothing."""
    with pytest.raises(FileNotFoundError):
        Browser(ScreenPlan("http://127.0.0.1:1", tmp_path, "/nowhere/chromium"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.policy("P52")
def test_after_a_visit_a_fresh_browser_takes_over(door: RestingDoor, plan: ScreenPlan) -> None:
    """Back at the waiting screen a browser that knows nothing is shown, and the visit's profile
    is gone."""
    browsers: list[Browser] = []

    def new_browser() -> Browser:
        browsers.append(Browser(plan))
        return browsers[-1]

    screen = Screen(plan.origin, new_browser, manager=ServiceManager({}))
    thread = threading.Thread(target=screen.run)
    thread.start()
    try:
        wait_until(lambda: door.asked["/kiosk/"] > 2)
        door.send_to("/kiosk/visit")
        wait_until(lambda: door.left.get("/kiosk/visit") == "planted")
        door.send_to("/kiosk/")
        wait_until(lambda: len(browsers) == 2 and not browsers[0].profile.exists())
        asked = door.asked["/kiosk/"]
        wait_until(lambda: door.asked["/kiosk/"] > asked + 2)
        assert door.left["/kiosk/"] == "nothing"
    finally:
        screen.stop()
        thread.join(WITHIN)
    assert list(plan.profiles.iterdir()) == []


def test_the_screen_is_a_command(door: RestingDoor, plan: ScreenPlan) -> None:
    """`python -m devices screen` shows the door's page, ends at a signal and leaves nothing."""
    asked = ["--origin", plan.origin, "--profiles", str(plan.profiles), "--", *MORE]
    process = subprocess.Popen([sys.executable, "-m", "devices", "screen", *asked])
    try:
        wait_until(lambda: door.asked["/kiosk/"] > 2)
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(WITHIN) == 0
    assert list(plan.profiles.iterdir()) == []
