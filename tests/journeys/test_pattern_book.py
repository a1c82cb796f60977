"""The pattern book: every component in every state, in all looks, without a fault of axe."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

import kiosk_ui
from kiosk_ui.pattern_book import pattern_book
from kiosk_ui.view_models import Size, Theme
from tests.support.kiosk_examples import screen_of
from tests.support.looking import PORTRAIT, browser, page_of
from tests.support.render_pages import served

COMPONENTS = Path(kiosk_ui.__file__).parent / "templates" / "components"
# Drawn by every page as a whole, not by a macro of their own.
PARTS_OF_THE_FRAME = {"said", "veil", "planted", "beside"}
AXE = {
    "preload": False,
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
}


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with served() as at:
        yield at


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with browser() as opened, page_of(opened, PORTRAIT) as fresh:
        yield fresh


def test_every_component_is_in_the_book() -> None:
    """One component, one name: each template has its examples beside it."""
    drawn = {part.name for part in pattern_book(screen_of()).parts}
    there = {path.stem for path in COMPONENTS.glob("*.html")} - PARTS_OF_THE_FRAME
    assert there <= drawn


@pytest.mark.browser
@pytest.mark.policy("P51")
@pytest.mark.parametrize("theme", list(Theme))
@pytest.mark.parametrize("size", list(Size))
@pytest.mark.parametrize("language", ["zh", "ug"])
def test_components_hold_in_all_looks(
    theme: Theme, size: Size, language: str, origin: str, page: Page
) -> None:
    """Four themes, four sizes, both directions: contrast, names and roles hold everywhere."""
    page.goto(f"{origin}/book?theme={theme.value}&size={size.value}&language={language}")
    results = Axe().run(page, options=AXE)
    faults = {
        one["id"]: [node["html"][:120] for node in one["nodes"]]
        for one in results.response["violations"]
    }
    assert faults == {}
    aside = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert aside <= 0
