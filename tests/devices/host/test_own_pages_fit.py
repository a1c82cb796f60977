"""The host's own pages on a real screen: nothing scrolls, nothing is missing, axe has no word."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from devices.api.page_texts import LANGUAGES
from devices.host.kept_visit import KEPT_SECONDS
from tests.support.browser import LANDSCAPE, PORTRAIT, chromium
from tests.support.door_client import SETTINGS, Stand, stand
from tests.support.extent import cells
from tests.support.real_guides import real_bundle
from tests.support.terminal_bench import free_port

pytestmark = pytest.mark.browser

PANELS = {"portrait": (*PORTRAIT, 4.03), "landscape": (*LANDSCAPE, 3.79)}
LOOKS = cells(list(PANELS), LANGUAGES, ["m", "l", "xl"])
VISITS = count()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The guides of the house's own catalogue."""
    return real_bundle(tmp_path_factory.mktemp("guides"))


@dataclass
class Screen:
    """A page on a panel, and the door behind it, whose line is dead."""

    page: Page
    origin: str
    door: Stand

    def dress(self, language: str, size: str, *, visit: bool = False) -> None:
        """Wear a visit's language and size; with *visit* somebody stands here as the line dies."""
        for alive in (True, False):
            self.door.watch.tell(alive)
        cookies = {"kiosk_language": language, "kiosk_looks": f"{size}.light.standard"}
        if visit:
            cookies["kiosk_visit"] = f"visit{next(VISITS)}"
        self.page.context.clear_cookies()
        self.page.context.add_cookies(
            [{"name": name, "value": value, "url": self.origin} for name, value in cookies.items()]
        )

    def too_much(self, path: str) -> list[int]:
        """How many pixels of the page at *path* stick out, across and down."""
        self.page.goto(self.origin + path)
        found: list[int] = self.page.evaluate(
            "() => [document.documentElement.scrollWidth - innerWidth,"
            " document.documentElement.scrollHeight - innerHeight]"
        )
        return found


@contextmanager
def lit(panel: str, browser: Browser, bundle: bytes) -> Iterator[Screen]:
    """Light the screen of *panel*, with no server behind it."""
    width, height, px_per_mm = PANELS[panel]
    port = free_port()
    settings = f"{SETTINGS}[listen]\nport = {port}\n[model]\npx_per_mm = {px_per_mm}\n"
    door = stand(settings=settings)
    assert door.shelf.put(bundle)
    door.watch.tell(False)
    server = make_server("127.0.0.1", port, door.app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    context = browser.new_context(viewport={"width": width, "height": height})
    try:
        yield Screen(context.new_page(), f"http://127.0.0.1:{port}", door)
    finally:
        context.close()
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def screens(browser: Browser, bundle: bytes) -> Iterator[dict[str, Screen]]:
    """Both screens: fonts and styles are loaded once for each."""
    with ExitStack() as stack:
        yield {panel: stack.enter_context(lit(panel, browser, bundle)) for panel in PANELS}


@pytest.fixture
def screen(screens: dict[str, Screen], panel: str) -> Screen:
    """The screen of the given panel, and nobody before it."""
    return screens[panel]


@pytest.mark.parametrize(("panel", "language", "size"), LOOKS)
def test_the_offline_page_fits(screen: Screen, language: str, size: str) -> None:
    """No size and no language scrolls, and the way on and the telephone are always in sight."""
    screen.dress(language, size)
    assert screen.too_much("/kiosk/") == [0, 0]
    for needed in ("h1", ".since", ".ticks li", ".notice", ".button-main", ".phone .num"):
        shown = screen.page.locator(needed).first.is_visible()
        assert shown or (needed == ".since" and size != "m"), needed


@pytest.mark.parametrize(("panel", "language", "size"), LOOKS)
def test_what_becomes_of_a_visit_fits(screen: Screen, language: str, size: str) -> None:
    """Every step's sentences, and the end on this machine, stand on one page."""
    screen.dress(language, size, visit=True)
    paths = ("services", "card", "decision", "printing", "rating")
    sticking = {path: screen.too_much(f"/kiosk/{path}") for path in paths}
    assert screen.page.locator(".acts form button").is_visible()
    screen.door.time.passed_seconds += KEPT_SECONDS
    sticking["given up"] = screen.too_much("/kiosk/decision")
    assert {path: found for path, found in sticking.items() if found != [0, 0]} == {}
    assert screen.page.locator(".acts form button").count() == 0


@pytest.mark.parametrize(("panel", "language", "size"), LOOKS)
def test_kept_guides_and_places_fit(screen: Screen, language: str, size: str) -> None:
    """Lists, the longest guides and the places stand on one page each."""
    screen.dress(language, size)
    guides = (f"guides/SAMPLE-{code}" for code in ("ZR-01", "G-03", "GJJ-01"))
    paths = (
        "guides",
        "guides?page=2",
        "places",
        "places?page=2",
        *guides,
        "guides/SAMPLE-ZR-01?page=2",
    )
    sticking = {path: screen.too_much(f"/kiosk/away/{path}") for path in paths}
    assert {path: found for path, found in sticking.items() if found != [0, 0]} == {}


@pytest.mark.parametrize("panel", PANELS)
def test_the_countdown_counts_without_script(screen: Screen) -> None:
    """The seconds to the next try are drawn by the style alone."""
    screen.dress("zh", "m")
    screen.too_much("/kiosk/")
    drawn = screen.page.evaluate(
        "() => getComputedStyle(document.querySelector('.countdown'), '::after').animationName"
    )
    assert drawn == "countdown"


@pytest.mark.parametrize(
    ("panel", "language", "path"),
    cells(
        list(PANELS),
        ["zh", "ug"],
        ["/kiosk/", "/kiosk/away/guides/SAMPLE-ZR-01", "/kiosk/away/places"],
    ),
)
def test_axe_finds_nothing_on_the_offline_pages(screen: Screen, language: str, path: str) -> None:
    """Contrast, names, language and structure hold for who listens and who sees little."""
    screen.dress(language, "m")
    screen.too_much(f"/kiosk/{path}")
    # The page returns by itself on purpose: every 10 s, and saying so.
    found = Axe().run(screen.page, options={"rules": {"meta-refresh": {"enabled": False}}})
    assert found.response["violations"] == []
