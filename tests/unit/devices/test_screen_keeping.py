"""Keeping the screen, with browsers that fall ill as they are told to."""

import os
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from devices.host.service_manager import ServiceManager
from devices.shell.browser import Sight
from devices.shell.devtools_pipe import BrowserGone, BrowserSilent
from devices.shell.screen import BLANK_LOOKS, MOST_MEMORY_BYTES, PAUSES_SECONDS, Screen

ORIGIN = "http://127.0.0.1:8731"
REST = Sight(ORIGIN, "/kiosk/", complete=True, characters=80)
VISIT = Sight(ORIGIN, "/kiosk/card", complete=True, characters=80)
ENDED = Sight(ORIGIN, "/kiosk/ended", complete=True, characters=80)
BLANK = Sight(ORIGIN, "/kiosk/", complete=True, characters=0)
ERROR = Sight("chrome-error://chromewebdata", "/", complete=True, characters=90)

Step = Sight | type[Exception]


@dataclass
class Stage:
    """A clock that only moves when somebody waits, and the browsers that were started."""

    scripts: list[list[Step]]
    now: float = 0.0
    rested: list[float] = field(default_factory=list)
    browsers: list["ScriptedBrowser"] = field(default_factory=list)
    screen: Screen | None = None

    def play(self, manager: ServiceManager | None = None) -> None:
        """Run a screen until the scripts are used up."""
        self.screen = Screen(
            ORIGIN,
            self.new_browser,
            manager=manager or ServiceManager({}),
            now=lambda: self.now,
            rest=self.rest,
        )
        self.screen.run()

    def new_browser(self) -> "ScriptedBrowser":
        script = self.scripts.pop(0) if self.scripts else []
        self.browsers.append(ScriptedBrowser(self, script))
        return self.browsers[-1]

    def rest(self, seconds: float) -> None:
        self.now += seconds
        self.rested.append(seconds)

    def over(self) -> None:
        assert self.screen is not None
        self.screen.stop()


class ScriptedBrowser:
    """Shows one sight after another, or falls ill; at the end of its script the play is over."""

    def __init__(self, stage: Stage, script: Iterable[Step]) -> None:
        self._stage = stage
        self._script = list(script)
        self._shown = REST
        self.ended = self._quiet = False
        self.sent_to_start = 0
        self.memory = 0

    def wait_until_shown(self, *, within_seconds: float) -> None:
        self._stage.now += 0.7
        if self._script and isinstance(self._script[0], type):
            raise self._script.pop(0)  # type: ignore[misc] # a class of exceptions, as just asked

    def look(self, *, within_seconds: float) -> Sight:
        return self._shown

    def stands_at(self, sight: Sight) -> None:
        """Be there already, without having told of the way."""
        self._shown = sight
        self._script.insert(0, sight)
        self._quiet = True

    def go_to_start(self) -> None:
        self.sent_to_start += 1

    def heed(self, within_seconds: float) -> list[str]:
        self._stage.now += 5.0
        if not self._script:
            self._stage.over()
            return []
        step = self._script.pop(0)
        if isinstance(step, Sight):
            self._shown = step
            if self._quiet:
                self._quiet = False
                return []
            return [step.path] if step.origin == ORIGIN else []
        raise step

    def memory_bytes(self) -> int:
        return self.memory

    def end(self) -> None:
        self.ended = True


def played(*scripts: Sequence[Step]) -> Stage:
    """A play that is over, with one script for each browser."""
    stage = Stage([list(each) for each in scripts])
    stage.play()
    return stage


@pytest.mark.policy("P52")
def test_a_fresh_browser_stands_there_before_the_old_one_ends() -> None:
    """After a visit the new page covers the old one: at no moment is there none."""
    order: list[str] = []
    stage = Stage([[VISIT, ENDED, REST], []])
    seen_end = ScriptedBrowser.end

    class Watched(ScriptedBrowser):
        def wait_until_shown(self, *, within_seconds: float) -> None:
            super().wait_until_shown(within_seconds=within_seconds)
            order.append("shown")

        def end(self) -> None:
            seen_end(self)
            order.append("ended")

    def new_browser() -> ScriptedBrowser:
        script = stage.scripts.pop(0) if stage.scripts else []
        stage.browsers.append(Watched(stage, script))
        return stage.browsers[-1]

    stage.new_browser = new_browser  # type: ignore[method-assign] # watched ones instead
    stage.play()
    assert order == ["shown", "shown", "ended", "ended"]


def test_a_page_that_was_left_before_anybody_listened_counts_as_used() -> None:
    """Somebody touched the screen while the browser was still starting: that is a visit too."""
    stage = Stage([[REST], []])
    first = stage.new_browser

    def new_browser() -> ScriptedBrowser:
        browser = first()
        if len(stage.browsers) == 1:
            browser.stands_at(VISIT)
        return browser

    stage.new_browser = new_browser  # type: ignore[method-assign] # one that is away already
    stage.play()
    assert len(stage.browsers) == 2


def test_nothing_is_renewed_while_nobody_has_been_there() -> None:
    """A waiting screen that was not touched keeps its browser."""
    stage = played([REST, REST, REST, REST])
    assert len(stage.browsers) == 1


def test_a_visit_is_never_interrupted() -> None:
    """As long as the page is not back at the waiting screen the browser stays."""
    stage = played([VISIT, VISIT, ENDED, VISIT, ENDED])
    assert len(stage.browsers) == 1


def test_whoever_begins_while_the_fresh_one_loads_keeps_his_page() -> None:
    """The next person was quicker than the new browser: the old one goes on."""
    stage = Stage([[VISIT, REST, VISIT], []])
    old_look = ScriptedBrowser.look

    class Touched(ScriptedBrowser):
        def look(self, *, within_seconds: float) -> Sight:
            # The last, shorter look is the one before the change of browsers.
            return VISIT if within_seconds == 1.0 else old_look(self, within_seconds=within_seconds)

    def new_browser() -> ScriptedBrowser:
        kind = ScriptedBrowser if stage.browsers else Touched
        stage.browsers.append(kind(stage, stage.scripts.pop(0) if stage.scripts else []))
        return stage.browsers[-1]

    stage.new_browser = new_browser  # type: ignore[method-assign] # a touched one first
    stage.play()
    assert [each.ended for each in stage.browsers] == [True, True]
    assert stage.browsers[1].sent_to_start == 0
    assert stage.browsers[0]._script == []


@pytest.mark.parametrize("illness", [BrowserGone, BrowserSilent, OSError])
def test_an_ill_browser_is_ended_and_another_shown(illness: type[Exception]) -> None:
    """Dead, hanging or unable to start: the screen comes back by itself."""
    stage = played([VISIT, illness], [REST])
    assert [each.ended for each in stage.browsers] == [True, True]


def test_it_waits_longer_when_it_keeps_happening() -> None:
    """A browser that cannot live does not keep the machine busy: the pauses grow to a minute."""
    stage = played(*[[BrowserGone] for _ in range(8)])
    assert sum(stage.rested) == sum(PAUSES_SECONDS) + 2 * PAUSES_SECONDS[-1]


def test_a_page_that_stays_blank_is_replaced() -> None:
    """A black screen that persists counts as dead; one blank look does not."""
    assert len(played([BLANK, REST, BLANK, REST]).browsers) == 1
    assert len(played([BLANK] * (BLANK_LOOKS + 1), [REST]).browsers) == 2


def test_an_error_page_of_the_browser_is_left_at_once() -> None:
    """The host was away for a moment: the start page is asked for again, and again."""
    stage = played([ERROR, ERROR, REST])
    assert stage.browsers[0].sent_to_start == 2
    assert len(stage.browsers) == 1


def test_a_browser_that_has_grown_is_replaced_at_rest() -> None:
    """Memory that only grows is given back before the system has to kill for it."""
    stage = Stage([[REST, REST], []])
    grown = stage.new_browser

    def new_browser() -> ScriptedBrowser:
        browser = grown()
        browser.memory = MOST_MEMORY_BYTES + 1 if len(stage.browsers) == 1 else 0
        return browser

    stage.new_browser = new_browser  # type: ignore[method-assign] # the first one is large
    stage.play()
    assert len(stage.browsers) == 2


def told_to(address: Path, act: Callable[[ServiceManager], None]) -> list[str]:
    """What a service manager at *address* hears while *act* runs."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(address))
        ear.setblocking(False)
        act(ServiceManager({"NOTIFY_SOCKET": str(address), "WATCHDOG_USEC": "90000000"}))
        heard = []
        while True:
            try:
                heard.append(ear.recv(100).decode())
            except BlockingIOError:
                return heard


def test_systemd_hears_of_life_only_from_a_page_that_answers(tmp_path: Path) -> None:
    """Ready once the page stands there and alive with each look at it; a browser that never
    shows anything is never called ready."""
    healthy = told_to(tmp_path / "a", Stage([[REST, REST, REST]]).play)
    assert healthy[0] == "READY=1"
    assert healthy.count("WATCHDOG=1") >= 2
    silent = told_to(tmp_path / "b", Stage([[BrowserSilent], [BrowserSilent]]).play)
    assert silent.count("READY=1") == 1


def test_without_systemd_nothing_is_said() -> None:
    """A launcher started by hand works the same."""
    alone = ServiceManager({})
    alone.ready()
    alone.alive()
    assert not alone.wants_signs
    assert os.environ.get("NOTIFY_SOCKET") is None


def test_signs_come_three_times_as_often_as_they_must() -> None:
    """One lost sign does not cost a restart."""
    manager = ServiceManager({"NOTIFY_SOCKET": "@abstract", "WATCHDOG_USEC": "90000000"})
    assert manager.wants_signs
    assert manager.sign_every_seconds == pytest.approx(30.0)
