"""A phone without a network shows the codes that it fetched before; a verifier believes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select

from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates.holders import person
from kiosk_server.core.database import Database
from kiosk_server.credentials import codes, keys
from kiosk_server.credentials.lists import read_status_list, read_trust_list
from kiosk_server.credentials.offline import OfflineVerdict, verify
from kiosk_server.residents.models import PhoneAccount
from tests.support.browser import PATIENCE_MS, chromium, keep_shot
from tests.support.phone import AYGUL, PhoneBrowser
from tests.support.served_app import served
from tests.support.showing import PIN
from tests.support.wallets import FilledPlatform, licence, opened

pytestmark = pytest.mark.browser


def holding(app: Flask) -> str:
    """Sign a browser's person in, with a licence and a PIN; return the session's cookie."""
    phone = PhoneBrowser(app)
    phone.sign_in()
    named = {"name": AYGUL["name"], "identity_number": AYGUL["number"]}
    phone.post("/m/me/prove/name", "/m/me/prove", **named)
    with phone.database.reading() as session:
        resident = session.scalars(select(PhoneAccount.resident_id)).one()
    assert resident is not None
    platform = FilledPlatform()
    platform.hold("driving_licence", licence())
    opened(phone.database, platform, person(resident), types=["driving_licence"])
    with phone.database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM)
    phone.post("/m/show/new-pin", "/m/show", pin=PIN, again=PIN)
    cookie = phone.client.get_cookie("m_session", path="/m")
    assert cookie is not None
    return cookie.value


def judged(database: Database, origin: str, text: str) -> OfflineVerdict:
    """What a verifier finds with lists that were fetched now."""
    with database.reading() as session:
        trust = read_trust_list(codes.trust_list(session, origin=origin), known=None)
        statuses = read_status_list(codes.status_list(session, origin=origin), trust)
    return verify(text, trust=trust, statuses=statuses, now=datetime.now(UTC))


def scanned(page: Page) -> str:
    """Read the code off the screen with a scanner that others wrote."""
    picture = Image.open(BytesIO(page.locator(".m-live-code").screenshot()))
    (found,) = zxingcpp.read_barcodes(picture.resize((2 * picture.width, 2 * picture.height)))
    return str(found.text)


def faults(page: Page) -> list[str]:
    """What axe finds on a page."""
    return [fault["id"] for fault in Axe().run(page).response["violations"]]


@dataclass(frozen=True)
class House:
    """A server, a browser, and the session of a person with a licence and a PIN."""

    app: Flask
    origin: str
    session: str
    browser: Browser

    @contextmanager
    def phone(self, look: str) -> Iterator[BrowserContext]:
        """Lend a phone that is signed in and keeps nothing yet."""
        context = self.browser.new_context(viewport={"width": 390, "height": 844})
        context.set_default_timeout(PATIENCE_MS)
        for name, value in (("m_session", self.session), ("m_look", look)):
            context.add_cookies([{"name": name, "value": value, "url": f"{self.origin}/m"}])
        yield context
        context.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One server and one browser for both tests."""
    with served(tmp_path_factory.mktemp("house")) as server, chromium() as browser:
        yield House(server.app, server.origin, holding(server.app), browser)


def fetch_ahead(page: Page, origin: str, language: str) -> None:
    """From the page of showing to codes that lie on the phone."""
    page.goto(f"{origin}/m/show")
    page.click("a[href^='/m/show/0']")
    page.click("a[href$='/offline']")
    keep_shot(page, f"kept-form-{language}")
    assert faults(page) == []
    page.fill("#kept-pin", PIN)
    page.click("[data-keep] button")
    page.wait_for_selector("main a[href='/m/kept']")
    keep_shot(page, f"kept-done-{language}")
    assert faults(page) == []


def type_pin(page: Page, pin: str) -> None:
    """Type a PIN on the page of kept codes."""
    page.fill("#typed-pin", pin)
    page.click("[data-open] button")


@pytest.mark.policy("P33", "P63")
def test_codes_are_shown_without_a_network(house: House) -> None:
    """Fetched, the line cut, opened by the PIN, believed; five wrong PINs clear them."""
    with house.phone("ug.m.light") as context:
        page = context.new_page()
        page.goto(f"{house.origin}/m/show")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        fetch_ahead(page, house.origin, "ug")
        context.set_offline(True)
        page.goto(f"{house.origin}/m/wallet")
        page.click("a[href='/m/kept']")
        page.wait_for_selector("[data-locked]:not([hidden])")
        assert faults(page) == []
        assert "阿" not in page.inner_text("main")
        type_pin(page, PIN)
        page.wait_for_selector("[data-shown]:not([hidden])")
        keep_shot(page, "kept-shown-ug")
        assert faults(page) == []
        database: Database = house.app.extensions["kiosk_database"]
        assert judged(database, house.origin, scanned(page)).reason is None
        page.reload()
        for left in ("4", "3", "2", "1"):
            type_pin(page, "602947")
            page.wait_for_function(
                "left => document.querySelector('[data-tries]').textContent === left", arg=left
            )
        type_pin(page, "602947")
        page.wait_for_selector("[data-gone]:not([hidden])")
        page.reload()
        page.wait_for_selector("[data-none]:not([hidden])")
        context.set_offline(False)


def test_the_sign_in_page_forgets_what_another_kept(house: House) -> None:
    """Once nobody is signed in any more, the phone's store is gone."""
    with house.phone("zh.m.light") as context:
        page = context.new_page()
        fetch_ahead(page, house.origin, "zh")
        page.goto(f"{house.origin}/m/kept")
        page.wait_for_selector("[data-locked]:not([hidden])")
        type_pin(page, PIN)
        page.wait_for_selector("[data-shown]:not([hidden])")
        keep_shot(page, "kept-shown-zh")
        page.goto(f"{house.origin}/m/sign-in")
        page.wait_for_function(
            "() => indexedDB.databases().then((all) => all.every((d) => d.name !== 'm-codes'))"
        )
        page.goto(f"{house.origin}/m/kept")
        page.wait_for_selector("[data-none]:not([hidden])")
