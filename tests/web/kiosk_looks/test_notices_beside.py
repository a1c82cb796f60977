"""What the host says stands beside what a person does: it fits, it goes, and it covers nothing."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, Route

from kiosk_server.commands.rules import MessageText
from tests.support.extent import cells
from tests.support.looking import LANDSCAPE, PORTRAIT, Format, browser, faults_of, page_of
from tests.support.render_pages import MESSAGES, served

pytestmark = pytest.mark.browser


@dataclass
class Host:
    """The host's word, which a test may change while the page stands."""

    closing_in_seconds: int | None = None
    version: str = "a"

    def answer(self, route: Route) -> None:
        """Answer as `/device/v1/notices` does."""
        told = {"message": None, "closing_in_seconds": self.closing_in_seconds}
        body = json.dumps({**told, "version": self.version})
        route.fulfill(status=200, content_type="application/json", body=body)


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """The example pages, served."""
    with served() as at:
        yield at


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all of them."""
    with browser() as opened:
        yield opened


def opened(page: Page, host: Host, address: str) -> None:
    """Open a page whose clock the test moves, with the host behind it."""
    # The rest of the host is slow to answer: a page that waits for a card goes on waiting.
    page.route("**/device/v1/token", lambda route: None)
    page.route("**/device/v1/notices", host.answer)
    page.clock.install()
    page.goto(address)
    page.wait_for_function("document.readyState === 'complete'")


def seconds_in(words: str) -> int:
    """The number that a sentence counts down."""
    found = re.search(r"\d+", words)
    assert found
    return int(found.group())


CLOSING = cells(
    [PORTRAIT, LANDSCAPE],
    [("zh", "m"), ("zh", "xl"), ("ug", "l"), ("ug", "xl"), ("en", "l")],
    ["services", "card", "printing", "decision"],
)
"""Panels, languages with sizes, and pages on which the last minute is looked at."""


@pytest.mark.policy("P53")
@pytest.mark.parametrize("panel", [PORTRAIT, LANDSCAPE], ids=lambda panel: panel.name)
def test_countdown_fits_wherever_a_person_is(panel: Format, origin: str, chromium: Browser) -> None:
    """In every language and size the last minute is said in the top line and moves nothing."""
    faults = {}
    with page_of(chromium, panel) as page:
        for (language, size), name in [rest for first, *rest in CLOSING if first == panel]:
            look = f"language={language}&size={size}&mm={panel.px_per_mm}"
            opened(page, Host(58), f"{origin}/page/{name}?{look}")
            line = page.locator(".top-site.is-closing")
            line.wait_for()
            assert 50 <= seconds_in(line.inner_text()) <= 58
            if found := faults_of(page):
                faults[f"{name} {look}"] = found
    assert faults == {}


@pytest.mark.policy("P53")
def test_countdown_runs_and_goes_when_it_is_called_off(origin: str, chromium: Browser) -> None:
    """Seconds pass, the Chinese line stays beside another language, and the site comes back."""
    host = Host(58)
    with page_of(chromium, PORTRAIT) as page:
        opened(page, host, f"{origin}/page/services?language=ug&mm=4.03")
        line = page.locator(".top-site")
        page.locator(".is-closing").wait_for()
        assert "这台机器要重新启动" in line.inner_text()
        before = seconds_in(line.inner_text())
        page.clock.run_for(3000)
        assert before - 5 <= seconds_in(line.inner_text()) <= before - 2
        host.closing_in_seconds = None
        page.clock.run_for(5000)
        page.wait_for_function("!document.querySelector('.is-closing')")
        assert "0908" in line.inner_text()


def test_waiting_screen_asks_for_itself_again_when_the_word_changes(
    origin: str, chromium: Browser
) -> None:
    """It stays as it is while nothing is new, and is loaded once when something is."""
    host = Host()
    with page_of(chromium, PORTRAIT) as page:
        loads = []
        page.on("load", lambda _page: loads.append(1))
        opened(page, host, f"{origin}/page/attract?language=zh&mm=4.03")
        page.clock.run_for(20_000)
        assert len(loads) == 1
        host.version = "b"
        with page.expect_event("load"):
            page.clock.run_for(6000)
        page.clock.run_for(20_000)
        assert len(loads) == 2


@pytest.mark.parametrize("language", ["zh", "en", "ug", "ky"])
@pytest.mark.parametrize("text", list(MessageText))
def test_every_message_has_words(text: MessageText, language: str) -> None:
    """What a technician can choose is worded in every language of the screen."""
    assert MESSAGES.knows(f"beside-{text}".replace("_", "-"), language)
