"""朗读 and the card left behind, in a browser whose terminal the test plays."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.looking import PORTRAIT, browser, page_of
from tests.support.render_pages import served

pytestmark = pytest.mark.browser


@dataclass
class Host:
    """The terminal's own API: what it was asked to say, and what lies on its reader."""

    stage: str = "none"
    refuses: str = ""
    said: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    speaking: bool = False
    hushed: int = 0
    held: list[Route] = field(default_factory=list)

    def answer(self, route: Route) -> None:
        """Answer as the host does."""
        asked = route.request
        path = asked.url.partition("/device/v1")[2]
        match asked.method, path:
            case "GET", "/token":
                route.fulfill(json={"token": "a-token"})
            case "GET", "/card":
                route.fulfill(json={"present": self.stage != "none", "stage": self.stage})
            case "GET", "/speech":
                route.fulfill(json={"speaking": self.speaking})
            case "POST", "/card-reads":
                route.fulfill(status=202, json={"id": "a-read"})
            case "POST", "/speech" if self.refuses:
                route.fulfill(status=409, json={"code": self.refuses})
            case "POST", "/speech":
                wish = json.loads(asked.post_data or "")
                self.said.append((wish["lang"], tuple(wish["say"])))
                self.speaking = True
                route.fulfill(status=202, json={"speaking": True})
            case "DELETE", "/speech":
                self.hushed += 1
                self.speaking = False
                route.fulfill(status=204)
            case _ if "/card-reads/" in path:
                # The host holds its answer while nobody places a card.
                self.held.append(route)
            case _:
                route.fulfill(status=404, json={"code": "not_found"})


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """Where the pages are."""
    with served() as at:
        yield at


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser."""
    with browser() as opened:
        yield opened


@pytest.fixture
def host() -> Host:
    """A terminal."""
    return Host()


@pytest.fixture
def page(chromium: Browser, host: Host) -> Iterator[Page]:
    """A page whose device API is played by *host*, and whose browser has no voice of its own."""
    with page_of(chromium, PORTRAIT) as opened:
        opened.route("**/device/v1/**", host.answer)
        opened.add_init_script("delete window.speechSynthesis")
        yield opened


def shows(origin: str, name: str, language: str = "zh") -> str:
    """The address of an example."""
    return f"{origin}/page/{name}?language={language}"


@pytest.mark.policy("P51", "P56")
def test_the_terminal_says_the_page(page: Page, host: Host, origin: str) -> None:
    """朗读 names the page's sentences to the terminal, in the page's language, and no words."""
    page.goto(shows(origin, "card", "ug"))
    page.locator('[data-module="speak"]').click()

    expect(page.locator('[data-module="speak"]')).to_have_attribute("aria-pressed", "true")
    assert host.said == [("ug", ("card-title", "card-lead-right"))]


@pytest.mark.policy("P39")
@pytest.mark.parametrize("name", ["proof", "face", "phone_code"])
def test_what_belongs_to_a_person_is_not_said(
    page: Page, host: Host, origin: str, name: str
) -> None:
    """A masked name or phone stands in no sentence that is said before others."""
    page.goto(shows(origin, name))
    page.locator('[data-module="speak"]').click()
    expect(page.locator('[data-module="speak"]')).to_have_attribute("aria-pressed", "true")

    assert len(host.said[0][1]) == 1
    assert page.locator("[data-private][data-say]").count() == 0
    assert page.locator("[data-private]").count() == 1


def test_a_touch_brings_silence(page: Page, host: Host, origin: str) -> None:
    """A touch anywhere ends what is said, and so does a second one on the button."""
    page.goto(shows(origin, "notice"))
    button = page.locator('[data-module="speak"]')
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.locator("h1").click()

    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert host.hushed == 2


def test_the_button_rests_when_all_is_said(page: Page, host: Host, origin: str) -> None:
    """When the terminal has finished, the button is as it was."""
    page.goto(shows(origin, "notice"))
    button = page.locator('[data-module="speak"]')
    before = button.inner_text()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    host.speaking = False

    expect(button).to_have_attribute("aria-pressed", "false")
    assert button.inner_text() == before


@pytest.mark.parametrize("why", ["no_speaker", "no_voice", "prompt_unknown"])
def test_without_any_voice_the_button_says_so(
    page: Page, host: Host, origin: str, why: str
) -> None:
    """Neither terminal nor browser can say it: words instead of nothing."""
    host.refuses = why
    page.goto(shows(origin, "notice"))
    page.locator('[data-module="speak"]').click()

    expect(page.locator('[data-module="speak"]')).to_contain_text("没有这种语言的声音")


@pytest.mark.parametrize("name", ["attract", "ended-codes", "card"])
def test_a_card_left_behind_is_told_while_it_lies_there(
    page: Page, host: Host, origin: str, name: str
) -> None:
    """The line appears when the terminal says so, changes with it, and goes with the card."""
    page.goto(shows(origin, name))
    left, forgotten = page.locator(".left-card-left"), page.locator(".left-card-forgotten")
    expect(left).to_be_hidden()
    host.stage = "left"
    expect(left).to_be_visible()
    expect(forgotten).to_be_hidden()
    host.stage = "forgotten"
    expect(forgotten).to_be_visible()
    expect(left).to_be_hidden()
    host.stage = "in_use"
    expect(page.locator(".left-card")).to_be_hidden()


def test_a_touch_ends_the_reminder(page: Page, host: Host, origin: str) -> None:
    """Whoever is there has heard it."""
    host.stage = "left"
    page.goto(shows(origin, "attract"))
    expect(page.locator(".left-card-left")).to_be_visible()
    page.locator("h1").click()

    assert host.hushed == 1


@pytest.mark.parametrize("name", ["attract-left", "card-left", "ended"])
def test_without_script_the_server_s_word_stands(page: Page, origin: str, name: str) -> None:
    """What the terminal told the server is on the next page, whatever the browser can do."""
    page.route("**/*.mjs", lambda route: route.abort())
    page.goto(shows(origin, name))

    expect(page.locator(".left-card")).to_be_visible()
