"""A phone and a terminal in two real browsers: scanned, compared, confirmed, and taken back."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kiosk_server.settings import Settings
from kiosk_server.visits.pass_life import PATH
from tests.support.browser import PATIENCE_MS, PORTRAIT, chromium, keep_shot
from tests.support.browser_door import BrowserDoor, browser_door
from tests.support.owner import choose_pin, owner
from tests.support.phone import PhoneBrowser

pytestmark = pytest.mark.browser

PHONE = (390, 844)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for both ends."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[BrowserDoor]:
    """A counter with a terminal, and the phone's pages beside it."""
    folder = tmp_path_factory.mktemp("phone-at-kiosk")
    (folder / "kiosk.sqlite3").write_bytes(sqlite_template.read_bytes())
    settings = Settings(database_url=f"sqlite:///{folder / 'kiosk.sqlite3'}", instance=folder)
    with browser_door(settings) as opened:
        opened.it_is(opened.begun)
        yield opened


def screen(browser: Browser, size: tuple[int, int]) -> tuple[BrowserContext, Page]:
    """A screen of this size with a profile of its own."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    return context, page


def phone_of(browser: Browser, door: BrowserDoor) -> tuple[BrowserContext, Page]:
    """A phone that is signed in, named, and whose PIN was typed."""
    with door.now():
        signed_in: PhoneBrowser = owner(door.app)
        choose_pin(signed_in)
    cookie = signed_in.client.get_cookie("m_session", path="/m")
    assert cookie is not None
    context, page = screen(browser, PHONE)
    context.add_cookies([{"name": "m_session", "value": cookie.value, "url": f"{door.origin}/m/"}])
    return context, page


def address_on(kiosk: Page) -> str:
    """What a camera reads off the terminal's screen."""
    found = zxingcpp.read_barcodes(Image.open(BytesIO(kiosk.screenshot())))
    assert len(found) == 1
    return str(found[0].text)


@pytest.mark.policy("P44")
def test_a_phone_scans_the_screen_and_takes_it_back(browser: Browser, door: BrowserDoor) -> None:
    """The same number on both, a touch on each: certificates open; "not me" closes the visit."""
    at_kiosk, kiosk = screen(browser, PORTRAIT)
    in_hand, phone = phone_of(browser, door)
    kiosk.route("**/device/v1/**", lambda route: route.fulfill(status=404, json={"code": "none"}))
    kiosk.goto(f"{door.origin}/kiosk/")
    kiosk.click('button[name="language"][value="zh"]')
    kiosk.goto(f"{door.origin}/kiosk/notice?errand=wallet")
    kiosk.click('form[action^="/kiosk/notice"] button')
    kiosk.wait_for_url("**/kiosk/one-code")
    keep_shot(kiosk, "one-code")
    scanned = address_on(kiosk)
    assert PATH in scanned

    phone.goto(door.origin + scanned[scanned.index(PATH) :])
    expect(phone.locator("main")).to_contain_text(door.terminal.id)
    keep_shot(phone, "phone-at-terminal")
    phone.get_by_role("button", name="我就在这台机器前").click()
    number = phone.locator(".m-number").inner_text()
    keep_shot(phone, "phone-number")
    expect(kiosk.locator(".code-figure")).to_have_text(number)
    phone.get_by_role("button", name="一样，是我").click()
    expect(kiosk.locator("h1")).to_contain_text("是您吗")
    assert number in kiosk.locator("main").inner_text()
    kiosk.locator('form[action="/kiosk/one-code/finish"] button').click()
    expect(kiosk.locator("h1")).to_contain_text("打印哪一份")

    expect(phone.locator("main")).to_contain_text("已经在这台机器上确认是您")
    keep_shot(phone, "phone-done")
    phone.get_by_role("button", name="不是我，马上停止").click()
    expect(phone.locator("main")).to_contain_text("已经停止")
    kiosk.goto(f"{door.origin}/kiosk/wallet")
    assert "/kiosk/wallet" not in kiosk.url or kiosk.locator("a.choice").count() == 0
    in_hand.close()
    at_kiosk.close()
