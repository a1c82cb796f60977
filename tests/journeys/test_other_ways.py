"""Who shows no card, in a real browser: by the phone, with a slip to the window, by a clerk."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from kiosk_server.core.clock import BEIJING
from kiosk_server.settings import Settings
from tests.support.browser import PATIENCE_MS, PORTRAIT, chromium, keep_shot
from tests.support.browser_door import BrowserDoor, browser_door
from tests.support.kiosk_person import AYGUL, Person, ready_terminal
from tests.support.ladder import counted, let_worker_work
from tests.support.staff_browser import account, code_of
from tests.support.terminal_client import SignedTerminal

pytestmark = pytest.mark.browser

INSURANCE, FUND = "SAMPLE-RS-01", "SAMPLE-GJJ-01"
BEFORE_NOON = datetime(2026, 11, 20, 11, 0, tzinfo=BEIJING)
AT_NIGHT = datetime(2026, 11, 20, 23, 0, tzinfo=BEIJING)
PHONE = (390, 844)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all stories of this file."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[BrowserDoor]:
    """One counter with staff for all stories of this file."""
    folder = tmp_path_factory.mktemp("other-ways")
    (folder / "kiosk.sqlite3").write_bytes(sqlite_template.read_bytes())
    settings = Settings(database_url=f"sqlite:///{folder / 'kiosk.sqlite3'}", instance=folder)
    with browser_door(settings) as opened:
        yield opened


def reader_fails(route: Route) -> None:
    """A device host whose reader finds every card unreadable."""
    path = route.request.url.partition("/device/v1")[2].partition("?")[0]
    if path == "/token":
        route.fulfill(json={"token": "t"})
    elif path == "/card-reads":
        route.fulfill(status=202, json={"id": "read-1"})
    elif path.startswith("/card-reads/") and route.request.method == "GET":
        route.fulfill(json={"state": "failed", "code": "card_unreadable"})
    else:
        route.fulfill(status=404, json={"code": "not_found"})


@contextmanager
def kiosk(browser: Browser, door: BrowserDoor, item: str) -> Iterator[Page]:
    """The screen of one visit that has agreed to *item*; it ends with nothing left in it."""
    context = browser.new_context(viewport={"width": PORTRAIT[0], "height": PORTRAIT[1]})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.route("**/device/v1/**", reader_fails)
    page.goto(f"{door.origin}/kiosk/")
    page.click('button[name="language"][value="zh"]')
    page.click(f'a[href="/kiosk/guides/{item}"]')
    page.click(f'a[href="/kiosk/notice?item={item}"]')
    page.click('form[action^="/kiosk/notice"] button')
    yield page
    page.locator('form[action="/kiosk/end"] button').first.click()
    page.wait_for_url("**/kiosk/ended**")
    left = page.evaluate("[localStorage.length, sessionStorage.length]")
    assert (left, [one["name"] for one in context.cookies() if one["name"] == "kiosk_visit"]) == (
        [0, 0],
        [],
    )
    context.close()


def type_on_keypad(page: Page, digits: str) -> None:
    """Touch the keys one by one, once they do something: the count of what is missing says so."""
    expect(page.locator("[data-count-for]")).not_to_be_empty()
    for digit in digits:
        page.click(f'[data-key="{digit}"]')
    expect(page.locator("input.field-value")).to_have_value(digits)


def test_an_unreadable_card_and_a_phone(browser: Browser, door: BrowserDoor) -> None:
    """The reader fails three times; number and code lead to the decision all the same."""
    door.it_is(BEFORE_NOON)
    seen_before(door)
    with kiosk(browser, door, INSURANCE) as page:
        for failure in range(3):
            expect(page.locator("h1")).to_contain_text("身份证没有读出来")
            if failure < 2:
                page.click('a.choice[href="/kiosk/card"]')
        assert page.locator('a.choice[href="/kiosk/card"]').count() == 0
        keep_shot(page, "ladder-three-failures")
        page.click('a.choice[href="/kiosk/number"]')
        page.fill("#number", AYGUL["number"])
        page.click('button[form="number-form"]')
        page.wait_for_url("**/kiosk/number/code")
        assert AYGUL["number"] not in page.content()
        with door.now():
            let_worker_work(door.app, door.settings)
        told = page.get_by_text("模拟短信，不是真的：")
        told.wait_for()
        type_on_keypad(page, told.inner_text().rpartition("：")[2])
        page.click('button[form="code-form"]')
        expect(page.locator("h1")).to_contain_text("查到了")
    assert counted(door.app)["card", "card_unreadable"] == 3


def test_at_night_a_slip_leads_to_the_window(browser: Browser, door: BrowserDoor) -> None:
    """Nobody is there and no code goes out for this item: the slip names place and hours."""
    door.it_is(AT_NIGHT)
    with kiosk(browser, door, FUND) as page:
        page.wait_for_url("**/kiosk/card/failed**")
        assert page.locator("a.choice").all_inner_texts()[-1].startswith("去窗口办")
        page.click('a.choice[href^="/kiosk/window"]')
        expect(page.locator("main")).to_contain_text("阿图什市政务服务中心")
        page.click('form[action="/kiosk/window/slip"] button')
        expect(page.locator("main")).to_contain_text("凭条出来了")
        with door.now():
            wants = door.terminal.get("/api/terminal/v1/wants").get_json()["wants"]
        assert [want["kind"] for want in wants] == ["print_slip"]


def test_a_clerk_on_his_own_phone(browser: Browser, door: BrowserDoor) -> None:
    """Number on the screen, document in the clerk's hand, the person's own yes: a decision."""
    door.it_is(BEFORE_NOON)
    clerk = signed_in(browser, door)
    with kiosk(browser, door, FUND) as page:
        page.click('a.choice[href^="/kiosk/helper"]')
        page.click('form[action="/kiosk/helper"] button')
        code = page.locator(".code-figure").inner_text()
        clerk.fill("#code", code)
        clerk.click('form[action="/staff/help"] button')
        expect(page.locator("h1")).to_contain_text("工作人员正在核对")
        clerk.fill("#name", AYGUL["name"])
        clerk.fill("#number", AYGUL["number"])
        clerk.check('input[name="valid"]')
        assert clerk.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        keep_shot(clerk, "ladder-clerk")
        clerk.click('form[action$="/confirm"] button')
        expect(page.locator("h1")).to_contain_text("是您吗")
        keep_shot(page, "ladder-named")
        assert AYGUL["number"] not in page.content()
        page.click('form[action="/kiosk/helper/agree"] button')
        expect(page.locator("h1")).to_contain_text("查到了")
    clerk.context.close()


def seen_before(door: BrowserDoor) -> None:
    """The person's card was read here once, at another terminal."""
    with door.now():
        before = Person(SignedTerminal(door.app))
        ready_terminal(before.terminal)
        before.start().agree(INSURANCE).place_card(AYGUL).touch("/kiosk/end")


def signed_in(browser: Browser, door: BrowserDoor) -> Page:
    """A clerk at the page of help, on his phone."""
    known = account("chuangkou")
    page = browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}).new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{door.origin}/staff/help")
    page.get_by_label("账号").fill(known.login)
    page.get_by_label("密码").fill(known.password)
    page.get_by_role("button", name="下一步").click()
    with door.now():
        code = code_of(known)
    page.get_by_label("手机验证器上的 6 位数字").fill(code)
    page.get_by_role("button", name="登录").click()
    page.goto(f"{door.origin}/staff/help")
    return page
