"""The hidden way to the technician's pages: five touches in a corner, on whatever page is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import devices.shell
from tests.support.browser import chromium

pytestmark = pytest.mark.browser

ORIGIN = "http://127.0.0.1:8731"
SCRIPT = Path(devices.shell.__file__).with_name("stay_inside.mjs")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of the kiosk as the launcher shows it."""
    context = browser.new_context(has_touch=True)
    shown = context.new_page()
    shown.add_init_script(path=SCRIPT)
    shown.route("**/*", lambda route: route.fulfill(content_type="text/html", body="<h1>.</h1>"))
    shown.goto(f"{ORIGIN}/kiosk/")
    yield shown
    context.close()


def test_five_touches_in_the_corner_lead_there(page: Page) -> None:
    """Five within four seconds, in the upper left corner."""
    for _ in range(5):
        assert page.url == f"{ORIGIN}/kiosk/"
        page.touchscreen.tap(40, 40)
    page.wait_for_url(f"{ORIGIN}/device/technician/")
    assert page.url == f"{ORIGIN}/device/technician/"


def test_four_touches_or_touches_elsewhere_lead_nowhere(page: Page) -> None:
    """A person who uses the page does not come there by chance."""
    for x, y in [(40, 40)] * 4 + [(400, 40)] + [(40, 40)] * 4 + [(40, 400)] * 5:
        page.touchscreen.tap(x, y)
    page.evaluate("new Promise(requestAnimationFrame)")
    assert page.url == f"{ORIGIN}/kiosk/"
