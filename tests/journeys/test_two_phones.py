"""
Two phones and a desk: one shows, the other scans with its camera; a sign is scanned; a false one.

The second phone's camera sees a photograph of the first one's screen, nothing less.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import create_engine, update
from sqlalchemy.pool import NullPool
from werkzeug.serving import make_server

from kiosk_server.app import create_app
from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates.lives import CertificateState
from kiosk_server.certificates.models import Certificate
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.credentials import codes, keys
from kiosk_server.credentials.signs import sign_code
from kiosk_server.partners.signs import SignWish, make_sign, sign_of
from kiosk_server.public.verifiers import DEVICE_COOKIE, SESSION_COOKIE
from kiosk_server.residents.models import AccountPhone
from kiosk_server.residents.phones import issue_cookie
from kiosk_server.settings import Settings
from kiosk_server.showing.models import ShowCode
from tests.support.browser import PATIENCE_MS, keep_shot
from tests.support.fake_camera import Camera, camera
from tests.support.schema import build_schema
from tests.support.showing import PIN, Shower
from tests.support.verifying import ADMINISTRATOR, Hotel

WIDTH, HEIGHT = 390, 844
NUMBER = "653001199003070022"
pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Town:
    """The server on loopback, a holder with her phone, a bus company with its tablet, a camera."""

    database: Database
    origin: str
    camera: Camera
    shower: Shower
    company: Hotel
    sign_id: str
    sign_code: str

    def browser(self, cookies: dict[str, str], path: str = "/") -> BrowserContext:
        """A phone or tablet with these cookies."""
        context = self.camera.browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE_MS)
        for name, value in cookies.items():
            context.add_cookies(
                [{"name": name, "value": value, "domain": "127.0.0.1", "path": path}]
            )
        return context

    def holder(self, look: str = "zh.m.light") -> BrowserContext:
        """The holder's phone, signed in."""
        with self.database.unit_of_work() as session:
            phone = session.get_one(AccountPhone, self.shower.holder.phone_id)
            token = issue_cookie(session, phone)
        return self.browser({"m_session": token, "m_look": look}, "/m")

    def clerk(self) -> BrowserContext:
        """The company's tablet, its clerk signed in."""
        joined = self.company.joined
        device = {SESSION_COOKIE: self.company.sign_in(), DEVICE_COOKIE: joined.device_secret}
        return self.browser(device, "/scan")

    def be(self, state: CertificateState) -> None:
        """Let the licence be in this state, as its issuer tells."""
        with self.database.unit_of_work() as session:
            session.get_one(Certificate, self.shower.certificate_id).state = state.value

    def photograph(self, page: Page, part: str) -> None:
        """Hold one screen before the other phone's camera."""
        self.camera.see(page.locator(part).screenshot())


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
    database: Database = app.extensions["kiosk_database"]
    shower, company = (
        Shower(database),
        Hotel(database, "测试客运站", scenes=("transport",)).employ(),
    )
    with database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM)
        wish = SignWish("二号窗口", "transport", "购票核对")
        sign_id = make_sign(session, company.id, wish, by=ADMINISTRATOR).id
        code = sign_code(session, sign_of(session, sign_id))
    thread = threading.Thread(target=socket.serve_forever)
    thread.start()
    try:
        with camera(folder) as lent:
            yield Town(database, origin, lent, shower, company, sign_id, code)
    finally:
        socket.shutdown()
        thread.join()
        socket.server_close()
        database.dispose()


def show(town: Town, page: Page, *, asked_first: bool = False) -> None:
    """Let the holder show her licence, or be asked first; the code stands on her screen."""
    page.goto(f"{town.origin}/m/show")
    if page.locator("#show-pin").count():
        page.fill("#show-pin", PIN)
        page.click("form[action='/m/show/pin'] button")
    page.click("a.m-row[href^='/m/show/0']")
    buttons = page.locator("form.m-sheet").first.locator("button")
    (buttons.last if asked_first else buttons.first).click()
    expect(page.locator(".m-live-code svg")).to_be_visible()


def scan(page: Page) -> None:
    """Open the camera and wait until it has read something."""
    page.click("[data-open]")


def reason(page: Page) -> str:
    """What the verdict names."""
    told = page.locator("#found [data-reason]")
    expect(told).to_be_visible()
    return told.inner_text()


@pytest.mark.policy("P31", "P34")
def test_one_phone_shows_and_another_scans(town: Town) -> None:
    """The look is one touch and one time: the holder sees it at once; a photograph is told."""
    with town.holder() as mine, town.browser({}) as other:
        phone, scanner = mine.new_page(), other.new_page()
        show(town, phone)
        town.photograph(phone, ".m-live-code")
        scanner.goto(f"{town.origin}/scan?lang=ug")
        scan(scanner)
        scanner.click("#found [data-look]")
        assert reason(scanner) == "genuine"
        assert scanner.get_attribute("html", "dir") == "rtl"
        assert NUMBER not in scanner.content()
        keep_shot(scanner, "scan-ug-good")
        expect(phone.locator(".notice-good")).to_be_visible()
        keep_shot(phone, "shown-zh")
        scan(scanner)
        scanner.click("#found [data-look]")
        expect(scanner.locator("#found [data-reason]")).to_have_text("already_used")
        keep_shot(scanner, "scan-ug-used")
        expect(phone.locator(".notice-stop")).to_be_visible()
        show(town, phone)
        town.photograph(phone, ".m-live-code")
        with town.database.unit_of_work() as session:
            session.execute(update(ShowCode).values(expires_at=clock.now() - timedelta(seconds=1)))
        scan(scanner)
        scanner.click("#found [data-look]")
        expect(scanner.locator("#found [data-reason]")).to_have_text("code_over")


@pytest.mark.policy("P31")
def test_a_sign_is_scanned_and_the_desk_has_it(town: Town) -> None:
    """The holder sees who asks, agrees with her PIN; the waiting desk shows it without a touch."""
    with town.holder("ug.m.light") as mine, town.clerk() as tablet:
        phone, desk = mine.new_page(), tablet.new_page()
        desk.goto(f"{town.origin}/scan/desk/{town.sign_id}/print")
        town.photograph(desk, ".sign-code")
        keep_shot(desk, "sign-sheet")
        desk.goto(f"{town.origin}/scan/desk")
        phone.goto(f"{town.origin}/m/scan")
        scan(phone)
        phone.wait_for_url("**/m/signs/*")
        expect(phone.locator("#who")).to_have_text("测试客运站")
        keep_shot(phone, "sign-ug")
        phone.fill("form.m-sheet input[name=pin]", PIN)
        phone.click("form.m-sheet button[type=submit]")
        phone.wait_for_url("**/m/requests/*")
        given = desk.locator("[data-given]")
        expect(given).to_be_visible()
        expect(given).to_contain_text(NUMBER)
        keep_shot(desk, "desk-zh")
        expect(phone.locator("[data-version=delivered]")).to_be_visible()
        keep_shot(phone, "question-ug")


@pytest.mark.policy("P31", "P34")
def test_a_verifier_asks_and_the_holder_answers(town: Town) -> None:
    """Scanned, asked for one field with a reason, agreed with the PIN: shown without a touch."""
    with town.holder() as mine, town.clerk() as tablet:
        phone, desk = mine.new_page(), tablet.new_page()
        show(town, phone, asked_first=True)
        town.photograph(phone, ".m-live-code")
        desk.goto(f"{town.origin}/scan?lang=zh")
        scan(desk)
        desk.click("#found [data-look]")
        desk.check("#found [value=vehicle_class]")
        desk.fill("#purpose", "租车核对")
        desk.click("#found form button")
        desk.wait_for_url("**/scan/asked/*")
        phone.wait_for_url("**/m/requests/*")
        expect(phone.locator("main")).to_contain_text("租车核对")
        keep_shot(phone, "question-zh")
        phone.fill("#answer-pin", PIN)
        phone.click("form.p-form button")
        expect(desk.locator("[data-given]")).to_contain_text("C1")
        assert NUMBER not in desk.content()
        keep_shot(desk, "asked-zh-given")


@pytest.mark.policy("P31")
def test_a_false_sign_and_a_strangers_code_are_refused(town: Town) -> None:
    """Another's address, a changed letter, a text that would be a script: told, never opened."""
    with town.holder() as mine, town.browser({}) as other:
        phone, scanner = mine.new_page(), other.new_page()
        town.camera.see_code(f"https://evil.example/sign/{town.sign_code}")
        phone.goto(f"{town.origin}/m/scan")
        scan(phone)
        expect(phone.locator(".notice-stop[role=alert]")).to_be_visible()
        changed = "A" if town.sign_code[-2] != "A" else "B"
        false = f"{town.sign_code[:-2]}{changed}{town.sign_code[-1]}"
        town.camera.see_code(f"{town.origin}/sign/{false}")
        scan(phone)
        phone.wait_for_url("**/m/signs/*")
        expect(phone.locator(".verdict-stop")).to_be_visible()
        keep_shot(phone, "sign-false-zh")
        told: list[str] = []
        scanner.on("dialog", lambda dialog: told.append(dialog.message))
        asked: list[str] = []
        scanner.on("request", lambda request: asked.append(request.url))
        town.camera.see_code("https://evil.example/<img src=x onerror=alert(1)>")
        scanner.goto(f"{town.origin}/scan?lang=en")
        scan(scanner)
        assert reason(scanner) == "not_ours"
        for part in ("#found dl", "[data-close]", "p[data-trouble]", "video"):
            expect(scanner.locator(part)).to_be_hidden()
        expect(scanner.locator("#found .scan-foreign")).to_contain_text("<img src=x")
        keep_shot(scanner, "scan-en-foreign")
        assert scanner.locator("#found a, #found img").count() == 0
        assert (told, [url for url in asked if "evil" in url]) == ([], [])


def test_verifiers_pages_can_be_read_by_everybody(town: Town) -> None:
    """axe finds nothing on the scanning page, a sign, the desk and the printed sheet."""
    own = f"/scan/desk/{town.sign_id}"
    paths = ("/scan?lang=zh", "/scan?lang=ug", f"/sign/{town.sign_code}?lang=ug")
    found = {}
    with town.clerk() as tablet:
        page = tablet.new_page()
        for path in (*paths, f"{own}?lang=ug", f"{own}/print?lang=zh"):
            page.goto(town.origin + path)
            faults = Axe().run(page).response["violations"]
            found[path] = [f"{one['id']}: {one['nodes'][0]['target']}" for one in faults]
            assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH, path
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.policy("P31", "P34")
def test_without_a_network_an_offline_code_is_judged(town: Town) -> None:
    """Good while no list speaks against it; refused by the fresh list once it was revoked."""
    town.be(CertificateState.VALID)
    with town.database.unit_of_work() as session:
        certificate = session.get_one(Certificate, town.shower.certificate_id)
        code = codes.issue_codes(
            session, certificate, scene_id="transport", origin=town.origin, count=1, by=SYSTEM
        )[0]
    town.camera.see_code(code.text)
    with town.browser({}) as other:
        scanner = other.new_page()
        scanner.goto(f"{town.origin}/scan?lang=ug")
        scanner.evaluate("navigator.serviceWorker.ready.then(() => true)")
        expect(scanner.locator("[data-lists]")).not_to_have_text("—")
        other.set_offline(True)
        scanner.goto(f"{town.origin}/scan?lang=ug")
        scan(scanner)
        assert reason(scanner) == "genuine"
        expect(scanner.locator("#found .pairs")).to_contain_text("C1")
        keep_shot(scanner, "scan-ug-offline")
        other.set_offline(False)
        town.be(CertificateState.REVOKED)
        scanner.goto(f"{town.origin}/scan?lang=ug")
        scan(scanner)
        assert reason(scanner) == "revoked"
        other.set_offline(True)
        scanner.goto(f"{town.origin}/scan?lang=ug")
        scan(scanner)
        assert reason(scanner) == "revoked"
        keep_shot(scanner, "scan-ug-revoked")
    town.be(CertificateState.VALID)
