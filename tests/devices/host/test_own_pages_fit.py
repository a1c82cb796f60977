"""The host's own pages on a real screen: nothing scrolls, nothing is missing, axe has no word."""

import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.support.browser import LANDSCAPE, PORTRAIT, chromium
from tests.support.door_client import SETTINGS, stand
from tests.support.terminal_bench import free_port

pytestmark = pytest.mark.browser

PANELS = [(*PORTRAIT, 4.03), (*LANDSCAPE, 3.79)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(params=PANELS, ids=["portrait", "landscape"])
def screen(request: pytest.FixtureRequest, browser: Browser) -> Iterator[tuple[Page, str]]:
    """A page of the given panel, and the door's origin, with no server behind it."""
    width, height, px_per_mm = request.param
    port = free_port()
    settings = f"{SETTINGS}[listen]\nport = {port}\n[model]\npx_per_mm = {px_per_mm}\n"
    server = make_server("127.0.0.1", port, stand(settings=settings).app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    context = browser.new_context(viewport={"width": width, "height": height})
    yield context.new_page(), f"http://127.0.0.1:{port}"
    context.close()
    server.shutdown()
    server.server_close()


def _show(screen: tuple[Page, str], language: str, size: str) -> Page:
    page, origin = screen
    for name, value in (("kiosk_language", language), ("kiosk_looks", f"{size}.light.usual")):
        page.context.add_cookies([{"name": name, "value": value, "url": origin}])
    page.goto(f"{origin}/kiosk/")
    return page


@pytest.mark.parametrize("size", ["m", "l", "xl"])
@pytest.mark.parametrize("language", ["zh", "ug", "ky", "en"])
def test_the_offline_page_fits(screen: tuple[Page, str], language: str, size: str) -> None:
    """No size and no language scrolls, and the way on and the telephone are always in sight."""
    page = _show(screen, language, size)
    too_much = page.evaluate(
        "() => [document.documentElement.scrollWidth - innerWidth,"
        " document.documentElement.scrollHeight - innerHeight]"
    )
    assert too_much == [0, 0]
    for needed in ("h1", ".ticks li", ".notice", ".button-main", ".phone .num"):
        assert page.locator(needed).first.is_visible(), needed


@pytest.mark.parametrize("language", ["zh", "ug"])
def test_axe_finds_nothing_on_the_offline_page(screen: tuple[Page, str], language: str) -> None:
    """Contrast, names, language and structure hold for who listens and who sees little."""
    page = _show(screen, language, "m")
    # The page returns by itself on purpose: every 10 s, and saying so.
    found = Axe().run(page, options={"rules": {"meta-refresh": {"enabled": False}}})
    assert found.response["violations"] == []
