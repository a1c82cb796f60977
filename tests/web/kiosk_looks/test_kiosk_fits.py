"""
Every kiosk page fits its panel, in its largest words, and can be used by everybody.

Loading a page costs a browser more than measuring it: pages of one language and size are shown
once, under styles and fonts that stay, all that is asked about them is measured there, and each
test reads its own answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from kiosk_ui.view_models.every_page import PAGES
from tests.support.kiosk_examples import examples, screen_of
from tests.support.looking import LANDSCAPE, PORTRAIT, Format, Leafing, browser, faults_of, page_of
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


CLOSELY = (("zh", "m"), ("ug", "m"))
"""The looks in which examples are measured by more than their panel, on the portrait one."""
LEAST_PX = 15 * PORTRAIT.px_per_mm - 1
SMALL = """least => [...document.querySelectorAll('a[href], button, .pick, .rate, .tag')]
  .filter(one => !one.closest('dialog'))
  .map(one => [one, one.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < least || box.height < least))
  .map(([one, box]) => `${one.className} ${box.width}x${box.height}`)"""


@dataclass
class Found:
    """What a walk through the pages of one look found, by page."""

    unfitting: dict[Format, dict[str, list[str]]] = field(default_factory=dict)
    violations: dict[str, list[str]] = field(default_factory=dict)
    small: dict[str, list[str]] = field(default_factory=dict)
    without_line: list[str] = field(default_factory=list)
    turned: list[str] = field(default_factory=list)

    def note_fit(self, name: str, panel: Format, page: Page) -> None:
        """Measure the page on *panel*."""
        if faults := faults_of(page):
            self.unfitting.setdefault(panel, {})[name] = faults

    def note_use(self, name: str, page: Page) -> None:
        """Look at the page as those do who use it: what axe sees, what a thumb meets, its title."""
        if small := page.evaluate(SMALL, LEAST_PX):
            self.small[name] = small
        headings = page.locator("h1").count()
        if headings != 1 or not page.locator('h1 .kept[lang="zh-CN"]').count():
            self.without_line.append(name)
        if page.locator("html").get_attribute("dir") == "rtl":
            self.turned.append(name)
        results = Axe().run(page, options=AXE)
        if violations := [one["id"] for one in results.response["violations"]]:
            self.violations[name] = violations


@dataclass
class Walks:
    """The walks of this module; each is gone once, when its first test asks for it."""

    origin: str
    chromium: Browser
    gone: dict[tuple[str, str], Found] = field(default_factory=dict)

    def through(self, language: str, size: str) -> Found:
        """What is found on the pages in *language* and *size*, on each panel that is asked for."""
        if (language, size) not in self.gone:
            self.gone[language, size] = self._go(language, size)
        return self.gone[language, size]

    def _go(self, language: str, size: str) -> Found:
        closely = examples(screen_of()) if (language, size) in CLOSELY else {}
        panels = [panel for *look, panel in LOOKS if look == [language, size]]
        found = Found()
        with page_of(self.chromium, panels[0]) as page:
            leafing = Leafing(page)
            for name in (*examples(screen_of()), *real_words(screen_of())):
                # Each begins on the first panel, as its styles say how fine that one is.
                _stand_on(panels[0], page)
                leafing.to(
                    f"{self.origin}/page/{name}?still=1&language={language}&size={size}"
                    f"&mm={panels[0].px_per_mm}"
                )
                for panel in panels:
                    _stand_on(panel, page)
                    found.note_fit(name, panel, page)
                if name in closely:
                    _stand_on(PORTRAIT, page)
                    found.note_use(name, page)
        return found


def _stand_on(panel: Format, page: Page) -> None:
    """Let the page that is shown stand on *panel*, as if it had been loaded there."""
    size: ViewportSize = {"width": panel.width, "height": panel.height}
    if page.viewport_size != size:
        page.set_viewport_size(size)
        page.wait_for_function(f"innerWidth === {panel.width} && innerHeight === {panel.height}")
    page.evaluate(
        "mm => document.documentElement.style.setProperty('--px-per-mm', mm)", panel.px_per_mm
    )


@pytest.fixture(scope="module")
def walks() -> Iterator[Walks]:
    with served() as origin, browser() as chromium:
        yield Walks(origin, chromium)


def test_every_page_has_an_example() -> None:
    """No page of the kiosk escapes the measuring: each class is drawn at least once."""
    drawn = {type(page) for page in examples(screen_of()).values()}
    assert drawn == set(PAGES)


@pytest.mark.policy("P51")
@pytest.mark.parametrize(
    ("language", "size", "panel"), LOOKS, ids=lambda one: getattr(one, "name", one)
)
def test_no_page_scrolls_or_overflows(
    language: str, size: str, panel: Format, walks: Walks
) -> None:
    """Nothing scrolls, sticks out or overlaps, at any size, in any language, on both panels."""
    assert walks.through(language, size).unfitting.get(panel, {}) == {}


@pytest.mark.policy("P51", "P57")
@pytest.mark.parametrize(("language", "size"), CLOSELY, ids=lambda one: one)
def test_every_page_passes_axe(language: str, size: str, walks: Walks) -> None:
    """axe finds no fault on any page, in Chinese and in Uyghur."""
    assert walks.through(language, size).violations == {}


@pytest.mark.policy("P57")
def test_the_chinese_line_stands_under_every_question(walks: Walks) -> None:
    """In another language each title of ours keeps its Chinese words, marked as Chinese."""
    uyghur = walks.through("ug", "m")
    assert uyghur.turned == list(examples(screen_of()))
    assert uyghur.without_line == []


def test_targets_are_large_enough_for_a_thumb(walks: Walks) -> None:
    """Everything that can be pressed is at least 15 by 15 millimetres on its panel."""
    assert walks.through("zh", "m").small == {}
