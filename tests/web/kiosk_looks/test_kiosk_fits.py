"""Every kiosk page fits its panel, in its largest words, and can be used by everybody."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from kiosk_ui.view_models import PAGES
from tests.support.kiosk_examples import examples, screen_of
from tests.support.looking import LANDSCAPE, PORTRAIT, Format, browser, faults_of, page_of
from tests.support.real_words_examples import real_words
from tests.support.render_pages import served

pytestmark = pytest.mark.browser
# Both formats, both directions, the usual size and the two large ones: where pages break first.
LOOKS = [
    ("zh", "m", PORTRAIT),
    ("zh", "xl", LANDSCAPE),
    ("ug", "m", LANDSCAPE),
    ("ug", "l", LANDSCAPE),
    ("ug", "l", PORTRAIT),
    ("ug", "xl", PORTRAIT),
    ("ug", "xl", LANDSCAPE),
    ("en", "l", LANDSCAPE),
]
AXE = {
    # axe would fetch imported styles by itself, relative to the page and not to the style.
    "preload": False,
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
}


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with served() as at:
        yield at


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


def test_every_page_has_an_example() -> None:
    """No page of the kiosk escapes the measuring: each class is drawn at least once."""
    drawn = {type(page) for page in examples(screen_of()).values()}
    assert drawn == set(PAGES)


@pytest.mark.policy("P51")
@pytest.mark.parametrize(
    ("language", "size", "panel"), LOOKS, ids=lambda one: getattr(one, "name", one)
)
def test_no_page_scrolls_or_overflows(
    language: str, size: str, panel: Format, origin: str, chromium: Browser
) -> None:
    """Nothing scrolls, sticks out or overlaps, at any size, in any language, on both panels."""
    faults = {}
    with page_of(chromium, panel) as page:
        for name in (*examples(screen_of()), *real_words(screen_of())):
            page.goto(
                f"{origin}/page/{name}?still=1&language={language}&size={size}&mm={panel.px_per_mm}"
            )
            if found := faults_of(page):
                faults[name] = found
    assert faults == {}


@pytest.mark.policy("P51", "P57")
@pytest.mark.parametrize("language", ["zh", "ug"])
def test_every_page_passes_axe(language: str, origin: str, chromium: Browser) -> None:
    """axe finds no fault on any page, in Chinese and in Uyghur."""
    faults = {}
    with page_of(chromium, PORTRAIT) as page:
        for name in examples(screen_of()):
            page.goto(f"{origin}/page/{name}?still=1&language={language}")
            results = Axe().run(page, options=AXE)
            if found := [one["id"] for one in results.response["violations"]]:
                faults[name] = found
    assert faults == {}


@pytest.mark.policy("P57")
def test_the_chinese_line_stands_under_every_question(origin: str, chromium: Browser) -> None:
    """In another language each title of ours keeps its Chinese words, marked as Chinese."""
    without = []
    with page_of(chromium, PORTRAIT) as page:
        for name in examples(screen_of()):
            page.goto(f"{origin}/page/{name}?still=1&language=ug")
            assert page.locator("h1").count() == 1, name
            assert page.locator("html").get_attribute("dir") == "rtl"
            if not page.locator('h1 .kept[lang="zh-CN"]').count():
                without.append(name)
    assert without == []


def test_targets_are_large_enough_for_a_thumb(origin: str, chromium: Browser) -> None:
    """Everything that can be pressed is at least 15 by 15 millimetres on its panel."""
    least = 15 * PORTRAIT.px_per_mm - 1
    small = {}
    with page_of(chromium, PORTRAIT) as page:
        for name in examples(screen_of()):
            page.goto(f"{origin}/page/{name}?still=1&language=zh")
            found = page.evaluate(
                """least => [...document.querySelectorAll('a[href], button, .pick, .rate, .tag')]
                  .filter(one => !one.closest('dialog'))
                  .map(one => [one, one.getBoundingClientRect()])
                  .filter(([, box]) => box.width && (box.width < least || box.height < least))
                  .map(([one, box]) => `${one.className} ${box.width}x${box.height}`)""",
                least,
            )
            if found:
                small[name] = found
    assert small == {}
