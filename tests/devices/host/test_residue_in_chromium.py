"""Leavings in a real browser's profile: each way of keeping something is found on the disk."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from devices.host.residue_memory import ResidueState
from devices.host.residue_places import Place
from tests.support.browser import COMMAND, QUIET
from tests.support.missing import need_program
from tests.support.residue_bench import ResidueBench

pytestmark = [pytest.mark.browser, pytest.mark.policy("P52")]

MARK = "5d" * 8 + "00c0ffee00c0ffee"
KEEPS: dict[str, tuple[Place, str]] = {
    "local storage": (Place.BROWSER_STORAGE, "mark => localStorage.setItem('draft', mark)"),
    "indexed database": (
        Place.BROWSER_STORAGE,
        """mark => new Promise(done => {
          const asked = indexedDB.open('drafts', 1)
          asked.onupgradeneeded = () => asked.result.createObjectStore('draft')
          asked.onsuccess = () => {
            const deed = asked.result.transaction('draft', 'readwrite')
            deed.objectStore('draft').put({ mark }, 1)
            deed.oncomplete = () => { asked.result.close(); done() }
          }
        })""",
    ),
    "cache storage": (
        Place.BROWSER_CACHE,
        "async mark => (await caches.open('pages')).put('/kiosk/x', new Response(mark))",
    ),
    "cookie with a date": (
        Place.BROWSER_COOKIES,
        "mark => { document.cookie = `kept=${mark}; max-age=86400; path=/` }",
    ),
}


class _Pages(BaseHTTPRequestHandler):
    """Two pages: one that no cache may keep, and one that it may."""

    def do_GET(self) -> None:
        kept = self.path == "/kept"
        body = f"<title>x</title>{MARK if kept or self.path == '/shown' else ''}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Cache-Control", "max-age=86400" if kept else "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def bench(tmp_path: Path) -> ResidueBench:
    return ResidueBench(tmp_path)


def _browser(playwright: Playwright, bench: ResidueBench) -> BrowserContext:
    """A browser whose profile is on the disk, as a terminal's is."""
    return playwright.chromium.launch_persistent_context(
        str(bench.profile.parent),
        executable_path=need_program("chromium", COMMAND),
        args=[*QUIET, "--password-store=basic"],
    )


def _visit(playwright: Playwright, bench: ResidueBench, origin: str) -> tuple[BrowserContext, Page]:
    bench.check.visit_began(MARK)
    browser = _browser(playwright, bench)
    page = browser.pages[0]
    page.goto(f"{origin}/shown")
    assert MARK in page.content()
    return browser, page


def _leave(browser: BrowserContext, bench: ResidueBench) -> None:
    """The visit ends and, as after every visit, its browser: what it kept is on the disk now."""
    browser.close()
    bench.check.visit_over(MARK)
    bench.settle()


def test_a_page_that_no_cache_may_keep_leaves_nothing(
    playwright: Playwright, bench: ResidueBench, origin: str
) -> None:
    """A mark in a page with no-store is nowhere in the profile once the browser has gone."""
    browser, page = _visit(playwright, bench, origin)
    page.goto("about:blank")
    _leave(browser, bench)
    assert bench.check.report().state is ResidueState.CLEAN, bench.check.report()


@pytest.mark.parametrize("way", KEEPS)
def test_what_a_page_keeps_is_found(
    playwright: Playwright, bench: ResidueBench, origin: str, way: str
) -> None:
    """Storage, databases, caches, and cookies that Chromium enciphers."""
    place, script = KEEPS[way]
    browser, page = _visit(playwright, bench, origin)
    page.evaluate(script, MARK)
    _leave(browser, bench)
    assert place in bench.check.report().found_in
    bench.check.ask_to_wipe()
    bench.later(0)
    assert bench.check.report().state is ResidueState.CLEAN


def test_a_page_in_the_browser_s_cache_is_found(
    playwright: Playwright, bench: ResidueBench, origin: str
) -> None:
    """One page without no-store would be enough, and would be noticed."""
    browser, page = _visit(playwright, bench, origin)
    page.goto(f"{origin}/kept")
    _leave(browser, bench)
    assert bench.check.report().found_in == (Place.BROWSER_CACHE,)
