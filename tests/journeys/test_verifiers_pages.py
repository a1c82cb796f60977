"""The pages of organisations that verify, theirs and the administrator's: for everybody to read."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool
from werkzeug.serving import make_server

from kiosk_server.app import create_app
from kiosk_server.partners import people, signs
from kiosk_server.partners.people import Person
from kiosk_server.partners.signs import SignWish
from kiosk_server.settings import Settings
from tests.support.browser import PATIENCE_MS, chromium, keep_shot
from tests.support.schema import build_schema
from tests.support.staff_browser import StaffBrowser, database_of, seed
from tests.support.verifying import ADMINISTRATOR, Hotel

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 800}
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OPEN_ALL = "for (const one of document.querySelectorAll('details')) one.open = true"
pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Town:
    """A server with a hotel that verifies, an administrator's session, and a browser."""

    origin: str
    browser: Browser
    partner: str
    link: str
    staff_session: str


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One server and one browser for all tests of this file."""
    folder: Path = tmp_path_factory.mktemp("town")
    url = f"sqlite:///{folder / 'kiosk.sqlite3'}"
    engine = create_engine(url, poolclass=NullPool)
    build_schema(engine)
    engine.dispose()
    socket = make_server("127.0.0.1", 0, Flask("nobody"), threaded=True)
    origin = f"http://127.0.0.1:{socket.server_port}"
    app = create_app(replace(Settings(), database_url=url, instance=folder, public_origin=origin))
    socket.app = app
    thread = threading.Thread(target=socket.serve_forever)
    thread.start()
    try:
        with chromium() as browser:
            yield _filled(app, origin, browser)
    finally:
        socket.shutdown()
        thread.join()
        socket.server_close()
        database_of(app).dispose()


def _filled(app: Flask, origin: str, browser: Browser) -> Town:
    seed(app)
    hotel = Hotel(database_of(app)).employ()
    hotel.program()
    with database_of(app).unit_of_work() as session:
        wish = SignWish("前台", "lodging", "入住登记")
        signs.make_sign(session, hotel.id, wish, by=ADMINISTRATOR)
        link = people.invite(session, hotel.id, Person("memet", "买买提·测试"), by=ADMINISTRATOR)
    client = StaffBrowser(app).sign_in("guanli").client
    cookie = client.get_cookie("staff_session", path="/staff")
    assert cookie is not None
    return Town(origin, browser, hotel.id, link.token, cookie.value)


def faults_of(page: Page) -> list[str]:
    """What axe finds, and whether something runs out of the page."""
    violations = Axe().run(page).response["violations"]
    found = [f"{each['id']}: {each['nodes'][0]['target']}" for each in violations]
    return [*found, "wider than the page"] if page.evaluate(WIDER) > 0 else found


@pytest.mark.parametrize("language", ["zh", "ug"])
def test_applying_joining_and_signing_in_are_for_everybody(town: Town, language: str) -> None:
    """axe finds nothing, and nothing runs out of the phone, in both writing directions."""
    found = {}
    context = town.browser.new_context(viewport=PHONE, service_workers="block")
    context.set_default_timeout(PATIENCE_MS)
    try:
        page = context.new_page()
        for path in (
            "/partners/apply",
            "/partners/applied",
            "/scan/sign-in",
            f"/scan/join/{town.link}",
        ):
            page.goto(f"{town.origin}{path}?lang={language}")
            keep_shot(page, f"verifiers-{language}-{path.split('/')[2]}")
            found[path] = faults_of(page)
    finally:
        context.close()
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_the_administrator_s_pages_fit_desk_and_phone(town: Town) -> None:
    """List and organisation with every form open, and a link shown, on both widths."""
    found = {}
    context = town.browser.new_context(viewport=DESK)
    context.set_default_timeout(PATIENCE_MS)
    where = f"{town.origin}/staff"
    try:
        context.add_cookies([{"name": "staff_session", "value": town.staff_session, "url": where}])
        page = context.new_page()
        for name, size in (("desk", DESK), ("phone", PHONE)):
            page.set_viewport_size(size)
            for path in ("", f"/{town.partner}"):
                page.goto(f"{town.origin}/staff/partners{path}")
                page.evaluate(
                    "for (const one of document.querySelectorAll('details')) one.open = true"
                )
                keep_shot(page, f"partners-{name}{'-one' if path else ''}")
                found[name + path] = faults_of(page)
        page.locator("form[action$='/devices'] button").click()
        page.locator(".qr").wait_for()
        keep_shot(page, "partners-link")
        found["link"] = faults_of(page)
    finally:
        context.close()
    assert {path: faults for path, faults in found.items() if faults} == {}
