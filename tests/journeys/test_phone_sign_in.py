"""The phone's pages in a browser: readable by everybody, by keyboard alone, without a network."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool
from werkzeug.serving import make_server

from kiosk_server.app import create_app
from kiosk_server.settings import Settings
from tests.support.browser import PATIENCE_MS, chromium, keep_shot
from tests.support.phone import AYGUL, carry_out
from tests.support.schema import build_schema

PHONE = (390, 844)
NARROW = (320, 640)
"""What is left of a phone's width at the largest zoom that pages must bear (WCAG 1.4.10)."""
BEFORE = ("/m/sign-in", "/m/offline", "/m/kept", "/m/region/simulated?state=x")
BEHIND = ("/m/", "/m/me", "/m/me/prove", "/m/phones", "/m/notices")
pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class House:
    """The server on loopback and a browser before it."""

    app: Flask
    origin: str
    browser: Browser

    def phone(self, look: str, size: tuple[int, int] = PHONE) -> BrowserContext:
        """Return a phone whose pages look as *look* says."""
        context = self.browser.new_context(viewport={"width": size[0], "height": size[1]})
        context.add_cookies([{"name": "m_look", "value": look, "url": f"{self.origin}/m"}])
        context.set_default_timeout(PATIENCE_MS)
        return context


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One server and one browser for all tests of this file."""
    folder: Path = tmp_path_factory.mktemp("house")
    url = f"sqlite:///{folder / 'kiosk.sqlite3'}"
    engine = create_engine(url, poolclass=NullPool)
    build_schema(engine)
    engine.dispose()
    socket = make_server("127.0.0.1", 0, Flask("nobody"), threaded=True)
    origin = f"http://127.0.0.1:{socket.server_port}"
    settings = replace(Settings(), database_url=url, instance=folder, public_origin=origin)
    app = create_app(settings)
    socket.app = app
    thread = threading.Thread(target=socket.serve_forever)
    thread.start()
    try:
        with chromium() as browser:
            yield House(app, origin, browser)
    finally:
        socket.shutdown()
        thread.join()
        socket.server_close()
        app.extensions["kiosk_database"].dispose()


def sign_in(house: House, page: Page, number: str) -> None:
    """Sign in by keyboard alone: fields and buttons are reached by Tab and sent by Enter."""
    page.goto(f"{house.origin}/m/sign-in")
    page.focus("#number")
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    page.wait_for_url("**/m/sign-in/code*")
    carry_out(house.app.extensions["kiosk_database"], house.app.extensions["kiosk_settings"])
    page.reload()
    code = page.inner_text("[data-code]")
    page.focus("#code")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{house.origin}/m/")


def faults(page: Page) -> list[str]:
    """Return what axe finds, by rule and place."""
    found = Axe().run(page).response["violations"]
    return [f"{fault['id']}: {node['target']}" for fault in found for node in fault["nodes"]]


@pytest.mark.parametrize(("language", "number"), [("zh", "13800000011"), ("ug", "13800000012")])
def test_every_page_can_be_read_by_everybody(house: House, language: str, number: str) -> None:
    """axe finds nothing on any page, signed in by keyboard alone, in both writing directions."""
    with house.phone(f"{language}.m.light") as context:
        page = context.new_page()
        told: list[str] = []
        page.on("pageerror", lambda error: told.append(str(error)))
        found = {}
        for path in BEFORE:
            page.goto(house.origin + path)
            found[path] = faults(page)
        sign_in(house, page, number)
        for path in BEHIND:
            page.goto(house.origin + path)
            keep_shot(page, f"phone-{language}-{path.strip('/').replace('/', '-')}")
            found[path] = faults(page)
    assert {path: what for path, what in found.items() if what} == {}
    assert told == []


def test_nothing_runs_out_of_the_page(house: House) -> None:
    """In the largest print on the narrowest page nobody scrolls sideways, and colours hold."""
    with house.phone("ug.xl.contrast", NARROW) as context:
        page = context.new_page()
        sign_in(house, page, "13800000021")
        wide, found = {}, {}
        for path in (*BEFORE, *BEHIND):
            page.goto(house.origin + path)
            keep_shot(page, f"phone-narrow-{path.split('?')[0].strip('/').replace('/', '-')}")
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > NARROW[0]:
                wide[path] = width
            found[path] = faults(page)
        # Large print counts once: a length in rem is not made larger by it a second time.
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "16px"
    assert wide == {}
    assert {path: what for path, what in found.items() if what} == {}


def test_back_never_sends_a_form_again(house: House) -> None:
    """After a form was wrong, "back" shows it anew, and not the browser's own page of refusal."""
    with house.phone("zh.m.light") as context:
        page = context.new_page()
        page.goto(f"{house.origin}/m/sign-in")
        page.fill("#number", "123")
        page.keyboard.press("Enter")
        page.wait_for_selector(".field-error")
        page.goto(f"{house.origin}/m/offline")
        page.go_back()
        assert page.inner_text("h1") == "登录"
        page.reload()
        assert page.locator("#number").input_value() == ""


@pytest.mark.policy("P63")
def test_without_a_network_no_personal_page_is_shown(house: House) -> None:
    """The worker answers with one page that says so; what the phone showed before is not kept."""
    with house.phone("zh.m.light") as context:
        page = context.new_page()
        sign_in(house, page, "13800000031")
        page.goto(f"{house.origin}/m/me/prove")
        page.fill("#name", AYGUL["name"])
        page.fill("#identity", AYGUL["number"])
        page.click("form[action='/m/me/prove/name'] button")
        page.wait_for_url(f"{house.origin}/m/")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        context.set_offline(True)
        page.goto(f"{house.origin}/m/me")
        assert page.inner_text("h1") == "没有网络"
        assert "阿依古丽" not in page.content()
        kept = page.evaluate(
            "caches.keys().then((names) => Promise.all(names.map((name) =>"
            " caches.open(name).then((cache) => cache.keys()))))"
            ".then((lists) => lists.flat().map((request) => new URL(request.url).pathname))"
        )
        context.set_offline(False)
    own = {path for path in kept if not path.startswith("/static/")}
    assert own == {"/m/offline", "/m/kept"}
