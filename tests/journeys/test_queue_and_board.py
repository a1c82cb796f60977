"""A hall in a real browser: the board over a dead line, the window's keys, both for everybody."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize, expect
from werkzeug.serving import BaseWSGIServer, make_server

from kiosk_server.app import create_app
from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings.life import Channel, Priority
from kiosk_server.queue import calling
from kiosk_server.queue.services import take_ticket
from kiosk_server.settings import Settings
from tests.support.browser import PATIENCE_MS, chromium, keep_shot
from tests.support.looking import FAULTS
from tests.support.schema import build_schema
from tests.support.staff_browser import StaffBrowser, database_of, seed

pytestmark = pytest.mark.browser

SITE, GROUP, WINDOW = "atushi-centre", "social-insurance", "atushi-centre-1"
ACROSS: ViewportSize = {"width": 1920, "height": 1080}
UPRIGHT: ViewportSize = {"width": 1080, "height": 1920}
DESK: ViewportSize = {"width": 1280, "height": 1024}
PHONE: ViewportSize = {"width": 390, "height": 844}
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
KEPT = "async () => (await caches.match(location.href)) !== undefined"
VOICES = """
globalThis.said = []
Object.defineProperty(globalThis, "speechSynthesis", { value: {
  getVoices: () => [{ lang: "zh-CN", localService: true }],
  speak: (one) => {
    said.push(one.text)
    queueMicrotask(() => one.dispatchEvent(new Event("end")))
  },
  cancel: () => {},
} })
globalThis.SpeechSynthesisUtterance = class extends EventTarget {
  constructor(text) { super(); this.text = text }
}
"""


class House:
    """A server with a queue; its line can be cut and mended, at the same address."""

    def __init__(self, folder: Path) -> None:
        settings = Settings(database_url=f"sqlite:///{folder / 'k.sqlite3'}", instance=folder)
        self.app: Flask = create_app(settings)
        self.database = database_of(self.app)
        build_schema(self.database.engine)
        seed(self.app)
        self._server: BaseWSGIServer | None = None
        self._port = 0
        self.mend()

    @property
    def origin(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._port}"

    def mend(self) -> None:
        """Let it answer."""
        self._server = make_server("127.0.0.1", self._port, self.app, threaded=True)
        self._port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def cut(self) -> None:
        """Let nobody answer at its address."""
        assert self._server is not None
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take(self, priority: Priority | None = None) -> str:
        """Let somebody take a number; return it."""
        with self.database.unit_of_work() as session:
            taken = take_ticket(
                session, SITE, GROUP, channel=Channel.COUNTER, by=SYSTEM, priority=priority
            )
            return taken.ticket.label

    def call(self, *, again: bool = False) -> None:
        """Let the window call the next one, or whom it has once more."""
        with self.database.unit_of_work() as session:
            here = calling.call_next(session, WINDOW, by=SYSTEM)
            assert here is not None
            if again:
                calling.recall(session, here.id, by=SYSTEM)

    def finish(self) -> None:
        """Let the window be done with whom it has."""
        with self.database.unit_of_work() as session:
            here = calling.call_next(session, WINDOW, by=SYSTEM)
            assert here is not None
            calling.finish(session, here.id, by=SYSTEM)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for this file."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A server with an empty hall."""
    house = House(tmp_path)
    yield house
    house.cut()
    house.database.dispose()


def faults_of(page: Page) -> list[str]:
    """What axe finds, and whether something runs out of the page."""
    violations = Axe().run(page).response["violations"]
    found = [f"{each['id']}: {each['nodes'][0]['target']}" for each in violations]
    return [*found, "wider than the page"] if page.evaluate(WIDER) > 0 else found


def until(page: Page, expression: str) -> None:
    """Wait until *expression* is true; asked from outside, as the page's policy allows no eval."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)


def test_a_board_outlives_its_line(browser: Browser, house: House) -> None:
    """Cut off it shows its last state and since when, over a reload too; then it recovers alone,
    and says aloud what is called, and called again."""
    first, second = house.take(), house.take()
    context = browser.new_context(viewport=ACROSS, reduced_motion="reduce")
    try:
        page = context.new_page()
        page.add_init_script(VOICES)
        page.clock.install()
        page.goto(f"{house.origin}/board/{SITE}")
        until(page, "navigator.serviceWorker.controller !== null")
        label, old = page.locator(".b-label"), page.locator("[data-old]")
        house.call()
        page.clock.run_for(4_000)
        expect(label).to_have_text(first)
        until(page, KEPT)
        keep_shot(page, "board-live")
        house.cut()
        page.clock.run_for(15_000)
        expect(old).to_be_visible()
        since = page.locator("[data-since]").inner_text()
        page.reload()
        expect(label).to_have_text(first)
        page.clock.run_for(4_000)
        expect(old).to_be_visible()
        assert page.locator("[data-since]").inner_text() == since
        keep_shot(page, "board-cut")
        assert faults_of(page) == []
        house.finish()
        house.call()
        house.mend()
        page.clock.run_for(4_000)
        expect(label).to_have_text(second)
        expect(old).to_be_hidden()
        page.get_by_role("button", name="打开声音").click()
        expect(page.get_by_role("button", name="关掉声音")).to_be_visible()
        house.call(again=True)
        page.clock.run_for(4_000)
        expect(page.locator(".b-again")).to_contain_text("2")
        until(page, "said.length > 0")
        spelled = " ".join(second)
        assert page.evaluate("said") == [f"请 {spelled} 号，到 1 号窗口。"]
    finally:
        context.close()


def test_a_board_is_for_everybody(browser: Browser, house: House) -> None:
    """axe finds nothing in either language, nothing runs out of the panel, across and upright."""
    for _ in range(3):
        house.take()
    context = browser.new_context(reduced_motion="reduce", service_workers="block")
    found = {}
    try:
        page = context.new_page()
        for called in (False, True):
            if called:
                house.call(again=True)
            for language in ("zh", "ug"):
                for name, size in (("across", ACROSS), ("upright", UPRIGHT)):
                    page.set_viewport_size(size)
                    page.goto(f"{house.origin}/board/{SITE}?lang={language}")
                    expect(page.locator("[data-sound]")).to_be_visible()
                    keep_shot(page, f"board-{language}-{name}-{called}")
                    place = f"{language} {name} {called}"
                    found[place] = page.evaluate(FAULTS)
                # Upright the same things stand in other places; what axe reads is the same.
                found[language] = faults_of(page)
    finally:
        context.close()
    assert {place: faults for place, faults in found.items() if faults} == {}


def test_a_window_is_worked_by_keys(browser: Browser, house: House) -> None:
    """N, R, P, F do what their buttons do; not in a field, and not once they are turned off."""
    first, second = house.take(), house.take()
    session = StaffBrowser(house.app).sign_in("chuangkou").client
    cookie = session.get_cookie("staff_session", path="/staff")
    assert cookie is not None
    context = browser.new_context(viewport=DESK)
    try:
        where = f"{house.origin}/staff"
        context.add_cookies([{"name": "staff_session", "value": cookie.value, "url": where}])
        page = context.new_page()
        page.goto(f"{where}/queue")
        assert faults_of(page) == []
        page.locator(f"button[value='{WINDOW}']").click()
        here = page.locator(".q-one .q-label")
        expect(page.get_by_text("窗口现在没有人")).to_be_visible()
        page.keyboard.press("n")
        expect(here).to_have_text(first)
        page.keyboard.press("r")
        expect(page.get_by_text("已叫 2 次")).to_be_visible()
        page.locator("#transfer").focus()
        page.keyboard.press("f")
        expect(here).to_have_text(first)
        page.locator("body").click(position={"x": 5, "y": 5})
        page.keyboard.press("p")
        expect(here).to_have_count(0)
        expect(page.locator("section", has_text="暂缓的")).to_contain_text(first)
        page.locator("[data-keys-on]").uncheck()
        page.keyboard.press("n")
        expect(here).to_have_count(0)
        page.locator("[data-keys-on]").check()
        page.keyboard.press("n")
        expect(here).to_have_text(second)
        house.take(Priority.ELDERLY)
        expect(page.locator(".q-priority")).to_be_visible()
        for language, size in (("zh", PHONE), ("en", DESK)):
            context.add_cookies([{"name": "staff_language", "value": language, "url": where}])
            page.set_viewport_size(size)
            page.goto(f"{where}/queue")
            keep_shot(page, f"queue-{language}")
            assert faults_of(page) == [], language
    finally:
        context.close()
