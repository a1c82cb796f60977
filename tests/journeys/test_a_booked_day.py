"""A day at the window in real browsers: booked on a phone and moved, or with nothing at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from kiosk_server.bookings.capacity import miscounted
from kiosk_server.bookings.models import Booking
from kiosk_server.settings import Settings
from tests.support.booking_person import MORNING, opened
from tests.support.browser import LANDSCAPE, PATIENCE_MS, PORTRAIT, chromium, keep_shot
from tests.support.browser_door import BrowserDoor, browser_door
from tests.support.owner import owner
from tests.support.staff_browser import StaffBrowser, database_of

pytestmark = pytest.mark.browser

PHONE, HALL = (390, 844), (1920, 1080)
SITE, WINDOW = "atushi-centre", "atushi-centre-1"
SERVICE = "insurance-record"
TODAY, TOMORROW = "2026-11-25", "2026-11-26"
PLACES = [("zh", PORTRAIT), ("ug", LANDSCAPE)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for phone, terminal and board."""
    with chromium() as opened_browser:
        yield opened_browser


@pytest.fixture
def door(tmp_path: Path, sqlite_template: Path) -> Iterator[BrowserDoor]:
    """A Wednesday morning at the centre: a terminal in the hall, places to book, nobody there."""
    (tmp_path / "kiosk.sqlite3").write_bytes(sqlite_template.read_bytes())
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'kiosk.sqlite3'}", instance=tmp_path)
    with browser_door(settings) as found:
        found.it_is(MORNING)
        with found.now():
            opened(found.app, settings)
        yield found


@pytest.fixture
def clerk(door: BrowserDoor) -> StaffBrowser:
    """A clerk at the first window."""
    with door.now():
        clerk = StaffBrowser(door.app).sign_in("chuangkou")
        assert clerk.post("/staff/queue/window", "/staff/queue", window=WINDOW).status_code == 303
    return clerk


@pytest.fixture
def screens(browser: Browser) -> Iterator[list[BrowserContext]]:
    """What is open; closed in the end."""
    found: list[BrowserContext] = []
    yield found
    for context in found:
        context.close()


def screen(browser: Browser, screens: list[BrowserContext], size: tuple[int, int]) -> Page:
    """A screen of this size with a profile of its own."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
    )
    screens.append(context)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    return page


def phone_of(page: Page, door: BrowserDoor, language: str) -> Page:
    """The phone is signed in and named, and speaks *language*."""
    with door.now():
        cookie = owner(door.app).client.get_cookie("m_session", path="/m")
    assert cookie is not None
    page.context.add_cookies(
        [
            {"name": name, "value": value, "url": f"{door.origin}/m/"}
            for name, value in (("m_session", cookie.value), ("m_look", f"{language}.m.light"))
        ]
    )
    return page


def at_kiosk(page: Page, door: BrowserDoor, language: str) -> Page:
    """Somebody begins at the terminal and goes to what is done at windows."""
    page.route("**/device/v1/**", lambda route: route.fulfill(status=404, json={"code": "none"}))
    page.goto(f"{door.origin}/kiosk/")
    page.click(f'button[name="language"][value="{language}"]')
    page.click('a[href="/kiosk/at-window"]')
    page.wait_for_url("**/kiosk/at-window")
    return page


def take_time(phone: Page, day: str, at: int) -> str:
    """Choose a day and its time number *at*; return the time."""
    phone.click(f'a[href*="day={day}"]')
    chosen = phone.locator('button[name="slot_id"]').nth(at)
    time = chosen.inner_text()
    chosen.click()
    phone.wait_for_url("**/m/bookings/*")
    return time


def call(clerk: StaffBrowser, door: BrowserDoor) -> None:
    """The clerk presses "next"."""
    with door.now():
        assert clerk.post("/staff/queue/next", "/staff/queue", finish="").status_code == 303


def bookings(door: BrowserDoor) -> list[Booking]:
    """Every booking, the oldest first; no slot counts wrong."""
    with database_of(door.app).reading() as session:
        assert list(miscounted(session)) == []
        return list(session.scalars(select(Booking).order_by(Booking.id)))


@pytest.mark.policy("P41")
@pytest.mark.parametrize(("language", "panel"), PLACES, ids=["zh", "ug"])
def test_booked_on_the_phone_moved_and_called(
    browser: Browser,
    screens: list[BrowserContext],
    door: BrowserDoor,
    clerk: StaffBrowser,
    language: str,
    panel: tuple[int, int],
) -> None:
    """Tomorrow becomes today, the code opens the queue at the terminal, the board calls."""
    phone = phone_of(screen(browser, screens, PHONE), door, language)
    phone.goto(f"{door.origin}/m/book")
    phone.check(f'input[value="{SERVICE}"]')
    phone.click('main form button[type="submit"]')
    phone.click(f'main a[href*="{SITE}"]')
    first = take_time(phone, TOMORROW, 2)
    phone.click('form[action$="/confirm"] button')
    expect(phone.locator(".m-check-in-digits")).to_be_visible()
    phone.click('a[href*="moves="]')
    second = take_time(phone, TODAY, 0)
    expect(phone.locator("main")).to_contain_text(second)
    digits = phone.locator(".m-check-in-digits").inner_text()
    keep_shot(phone, f"booked-{language}")
    old, new = bookings(door)
    assert (old.state, new.state, new.moved_from) == ("moved", "confirmed", old.id)
    assert first != ""

    board = screen(browser, screens, HALL)
    board.goto(f"{door.origin}/board/{SITE}")
    kiosk = at_kiosk(screen(browser, screens, panel), door, language)
    kiosk.click('a[href="/kiosk/check-in"]')
    kiosk.fill("#code", digits.replace(" ", ""))
    kiosk.click('button[form="code-form"]')
    kiosk.wait_for_url("**/kiosk/ticket")
    label = kiosk.locator(".ticket-figure").first.inner_text()
    keep_shot(kiosk, f"checked-in-{language}")
    expect(phone.locator(".m-ticket-label")).to_have_text(label)

    call(clerk, door)
    expect(board.locator(".b-label")).to_have_text(label)
    expect(phone.locator(".m-ticket-window")).to_be_visible()
    keep_shot(board, f"called-{language}")
    assert [each.state for each in bookings(door)] == ["moved", "called"]


@pytest.mark.policy("P16")
@pytest.mark.parametrize(("language", "panel"), PLACES, ids=["zh", "ug"])
def test_with_no_phone_and_no_booking(
    browser: Browser,
    screens: list[BrowserContext],
    door: BrowserDoor,
    clerk: StaffBrowser,
    language: str,
    panel: tuple[int, int],
) -> None:
    """Three touches and a number, no name, no card; the board calls it like anybody's."""
    board = screen(browser, screens, HALL)
    board.goto(f"{door.origin}/board/{SITE}")
    kiosk = at_kiosk(screen(browser, screens, panel), door, language)
    kiosk.click('a[href="/kiosk/tickets"]')
    kiosk.click('button[name="group"][value="social-insurance"]')
    kiosk.wait_for_url("**/kiosk/ticket")
    label = kiosk.locator(".ticket-figure").first.inner_text()
    keep_shot(kiosk, f"walked-in-{language}")
    call(clerk, door)
    expect(board.locator(".b-label")).to_have_text(label)
    (here,) = bookings(door)
    assert (here.walk_in, here.resident_id, here.state) == (True, None, "called")
    kiosk.click("main .button-main")
    kiosk.wait_for_url("**/kiosk/")
