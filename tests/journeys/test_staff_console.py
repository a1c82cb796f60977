"""The console in a real browser: signing in, finding who wants a person, on a desk and a phone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from kiosk_server.app import create_app
from kiosk_server.assets.seed import SAMPLE_BANK, demo_keeper
from kiosk_server.core import clock
from kiosk_server.settings import Settings
from kiosk_server.upkeep.evaluator import watch
from tests.support.browser import chromium, keep_shot
from tests.support.schema import build_schema
from tests.support.staff_browser import account, code_of, database_of, seed
from tests.support.terminal_client import API, SignedTerminal
from tests.support.wire_samples import exchange

pytestmark = pytest.mark.browser

DESK, PHONE = (1280, 800), (390, 844)
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A server with three terminals: one well, one out of paper, one that never spoke."""
    folder: Path = tmp_path_factory.mktemp("console")
    app = create_app(Settings(database_url=f"sqlite:///{folder / 'k.sqlite3'}", instance=folder))
    build_schema(database_of(app).engine)
    seed(app)
    for sample in exchange("heartbeats").requests:
        SignedTerminal(app).post(f"{API}/heartbeats", json_body=sample.body)
    SignedTerminal(app, site_id="songtake")
    # What is wrong has lasted: as if the worker looked half a minute later.
    with clock.frozen(clock.now() + timedelta(seconds=30)):
        watch(database_of(app))
    return app


@pytest.fixture(scope="module")
def origin(app: Flask) -> Iterator[str]:
    """The address at which the server answers."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for this file."""
    with chromium() as browser:
        yield browser


def sign_in(page: Page, origin: str, login: str) -> None:
    """Walk through both steps as a person does; a code works once, so each test has its own."""
    known = account(login)
    page.goto(f"{origin}/staff/")
    page.get_by_label("账号").fill(known.login)
    page.get_by_label("密码").fill(known.password)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("手机验证器上的 6 位数字").fill(code_of(known))
    page.get_by_role("button", name="登录").click()
    page.get_by_role("heading", name="终端", exact=True).wait_for()


def test_technician_finds_who_wants_a_person(browser: Browser, origin: str) -> None:
    """Signed in, the worst is first; each page is accessible and fits desk and phone."""
    page = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}).new_page()
    inline: list[str] = []
    page.on("console", lambda m: inline.append(m.text) if "Content Security" in m.text else None)
    sign_in(page, origin, "weihu")
    assert page.locator("tbody tr").first.get_by_text("停用").is_visible()
    paths = ("/staff/", "/staff/terminals/AT-0002", "/staff/terminals/new",
             "/staff/terminals/AT-0002/revoke", "/staff/alerts", "/staff/on-call",
             "/staff/fleet?host=bank&q=AT", "/staff/fleet/use", "/staff/fleet/AT-0002/book",
             "/staff/fleet/AT-0002/card", "/staff/fleet/AT-0002/move", "/staff/keepers",
             "/staff/fleet/AT-0002/retire", "/staff/fleet/AT-0002/replace/confirm")  # fmt: skip
    for width, height in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        for path in paths:
            page.goto(origin + path)
            keep_shot(page, f"console-{width}{path.replace('/', '-')}")
            assert page.evaluate(OVERFLOW) <= 0, f"{path} at {width}"
    assert inline == []
    for path in paths:
        page.goto(origin + path)
        assert Axe().run(page).response["violations"] == [], path
    take_an_alert_on(page, origin)


def take_an_alert_on(page: Page, origin: str) -> None:
    """From the list to the alert, a reason, a length: it is his, and wants nobody else."""
    page.goto(f"{origin}/staff/alerts")
    page.get_by_role("link", name="A4 打印机：纸用完了").click()
    for width, height in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        keep_shot(page, f"console-{width}-alert")
        assert page.evaluate(OVERFLOW) <= 0
    assert Axe().run(page).response["violations"] == []
    page.get_by_label("我在路上").check()
    page.get_by_role("button", name="静默告警").click()
    page.get_by_text("测试·维护负责：我在路上").first.wait_for()
    page.goto(f"{origin}/staff/alerts")
    assert page.get_by_role("link", name="A4 打印机：纸用完了").count() == 0


def test_code_made_in_the_browser_enrols(browser: Browser, origin: str, app: Flask) -> None:
    """The code that the page shows admits a machine under the number that the page names."""
    page = browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}).new_page()
    sign_in(page, origin, "songtake")
    page.goto(f"{origin}/staff/terminals/new")
    page.get_by_label("放在哪个服务场所").select_option("songtake")
    page.get_by_role("button", name="生成登记码").click()
    code = page.locator(".code-large").inner_text()
    answer = app.test_client().post(
        f"{API}/enrolments",
        json={
            "code": code,
            "public_key": "XX0H7dYBlHEdZ3zFsnCoaQCElOQoC/UMUcVYtL/pQW8=",
            "model": "m",
        },
    )
    assert answer.status_code == 201
    assert answer.get_json()["terminal"] in page.get_by_role("heading", level=1).inner_text()


def test_keeper_goes_round_with_a_phone(browser: Browser, origin: str, app: Flask) -> None:
    """From the sign-in to the daily check, in Uyghur and in Chinese; accessible on a phone."""
    with database_of(app).unit_of_work() as session:
        demo_keeper(session, SAMPLE_BANK)
    own = SignedTerminal(app, site_id="xingfulu", host_place_id="sample-bank")
    own.post(f"{API}/heartbeats", json_body=exchange("heartbeats").requests[1].body)
    page = browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}).new_page()
    known = account("guanliyuan")
    page.goto(f"{origin}/staff/")
    page.get_by_label("账号").fill(known.login)
    page.get_by_label("密码").fill(known.password)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("手机验证器上的 6 位数字").fill(code_of(known))
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/staff/mine")
    assert page.locator("html").get_attribute("dir") == "rtl"
    for path in ("", f"/{own.id}", f"/{own.id}/how/load_a4", f"/{own.id}/check"):
        page.goto(f"{origin}/staff/mine{path}")
        keep_shot(page, f"keeper{path.replace('/', '-')}")
        assert page.evaluate(OVERFLOW) <= 0, path
        assert Axe().run(page).response["violations"] == [], path
    page.get_by_role("button", name="中文").click()
    page.goto(f"{origin}/staff/mine/{own.id}/check")
    for point in page.get_by_role("radiogroup").all():
        point.get_by_label("好", exact=True).check()
    page.get_by_role("button", name="检查完了").click()
    page.get_by_text("已记下，谢谢").wait_for()
    assert page.get_by_text("今天的检查").count() == 0
