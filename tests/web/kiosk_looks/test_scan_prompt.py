"""The page that listens to the scanner, in a browser: the host's words lead it on."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.extent import cells
from tests.support.looking import LANDSCAPE, PORTRAIT, Format, browser, faults_of, page_of
from tests.support.render_pages import served

pytestmark = pytest.mark.browser
WAITING = {"state": "waiting", "code": None}


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with served() as at:
        yield at


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


class Host:
    """A device host that answers each look at the scan with the next of its words."""

    def __init__(self, *words: dict[str, str | None], begun: int = 202) -> None:
        self.words = list(words)
        self.begun = begun
        self.asked: list[tuple[str, str, str | None]] = []

    def attend(self, page: Page) -> None:
        """Answer the calls of *page*."""
        page.route("**/device/v1/**", self._answer)

    def _answer(self, route: Route) -> None:
        sent, path = route.request, route.request.url.partition("/device/v1")[2]
        self.asked.append((sent.method, path.partition("?")[0], sent.post_data))
        if path == "/token":
            route.fulfill(json={"token": "t"})
        elif sent.method == "POST":
            route.fulfill(status=self.begun, json={"id": "scan-1"})
        elif sent.method == "DELETE":
            route.fulfill(status=204)
        else:
            route.fulfill(json=self.words.pop(0) if len(self.words) > 1 else self.words[0])


def test_a_scan_that_did_its_work_leads_on(origin: str, chromium: Browser) -> None:
    """The page hands over the nonce and nothing else, and goes on when the host says done."""
    host = Host(WAITING, {"state": "sending", "code": None}, {"state": "done", "code": None})
    with page_of(chromium, PORTRAIT) as page:
        host.attend(page)
        page.goto(f"{origin}/page/reprint-scan")
        page.wait_for_url("**/page/notice")
    assert ("POST", "/scans", '{"nonce":"an-issued-nonce"}') in host.asked


def test_a_scan_that_failed_is_told_by_the_server(origin: str, chromium: Browser) -> None:
    """A code that does not fit draws the page again with what stood against it."""
    host = Host(WAITING, {"state": "failed", "code": "scan_not_fitting"})
    with page_of(chromium, PORTRAIT) as page:
        host.attend(page)
        page.goto(f"{origin}/page/reprint-scan")
        page.wait_for_url("**/page/reprint?scan=scan_not_fitting")
    assert [method for method, path, _ in host.asked if path == "/scans"] == ["POST"]


@pytest.mark.parametrize("code", ["timeout", "superseded", "scanner_absent"])
def test_when_nothing_comes_typing_stays(origin: str, chromium: Browser, code: str) -> None:
    """A scan that ends with nothing only takes its line away: what was typed stays."""
    with page_of(chromium, PORTRAIT) as page:
        Host(WAITING, {"state": "failed", "code": code}).attend(page)
        page.goto(f"{origin}/page/reprint-scan")
        expect(page.locator("[data-module=scan-prompt]")).to_be_hidden()
        assert page.url.endswith("/page/reprint-scan")


def test_without_a_host_nothing_is_offered(origin: str, chromium: Browser) -> None:
    """A host that refuses leaves the line hidden, and the page is not drawn again and again."""
    host = Host(WAITING, begun=409)
    with page_of(chromium, PORTRAIT) as page:
        host.attend(page)
        page.goto(f"{origin}/page/reprint-scan")
        page.wait_for_load_state("networkidle")
        expect(page.locator("[data-module=scan-prompt]")).to_be_hidden()
    assert [method for method, path, _ in host.asked if path == "/scans"] == ["POST"]


def test_a_page_that_is_left_stops_its_scan(origin: str, chromium: Browser) -> None:
    """Going elsewhere stops the scan: the next code is not this page's."""
    host = Host(WAITING)
    with page_of(chromium, PORTRAIT) as page:
        host.attend(page)
        page.goto(f"{origin}/page/reprint-scan")
        expect(page.locator("[data-module=scan-prompt]")).to_be_visible()
        # A request that outlives its page is seen by nobody here: the page is only told to go.
        with page.expect_request(lambda sent: sent.method == "DELETE"):
            page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")


LOOKS = cells([PORTRAIT, LANDSCAPE], ["zh", "ug", "en"], ["m", "l", "xl"])


@pytest.mark.policy("P51")
@pytest.mark.parametrize("panel", [PORTRAIT, LANDSCAPE], ids=lambda one: one.name)
def test_the_line_fits_wherever_it_is_shown(origin: str, chromium: Browser, panel: Format) -> None:
    """With its line shown and a problem above it, the page scrolls at no size."""
    faults = {}
    with page_of(chromium, panel) as page:
        Host(WAITING).attend(page)
        for language, size in [rest for first, *rest in LOOKS if first == panel]:
            page.goto(
                f"{origin}/page/reprint-scan?language={language}&size={size}&mm={panel.px_per_mm}"
            )
            expect(page.locator("[data-module=scan-prompt]")).to_be_visible()
            if found := faults_of(page):
                faults[language, size] = found
    assert faults == {}
