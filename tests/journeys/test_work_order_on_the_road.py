"""A work order in a real browser: opened at a desk, worked at with a phone; both fit and speak."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from werkzeug.serving import make_server

from kiosk_server.app import create_app
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


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[str]:
    """A server whose terminal has had no paper for a while."""
    app = create_app(
        Settings(database_url=f"sqlite:///{tmp_path / 'k.sqlite3'}", instance=tmp_path)
    )
    build_schema(database_of(app).engine)
    seed(app)
    for sample in exchange("heartbeats").requests:
        SignedTerminal(app).post(f"{API}/heartbeats", json_body=sample.body)
    with clock.frozen(clock.now() + timedelta(seconds=30)):
        watch(database_of(app))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def fits(page: Page, name: str) -> None:
    """The page fits a desk and a phone, and axe finds nothing wrong with it; it stays a phone."""
    for width, height in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        keep_shot(page, f"work-{width}-{name}")
        assert page.evaluate(OVERFLOW) <= 0, f"{name} at {width}"
    assert Axe().run(page).response["violations"] == [], name


def test_from_the_alert_to_the_figures(origin: str) -> None:
    """The technician opens the order, takes it, goes, works, fits a part and says what it was."""
    known = account("weihu")
    with chromium() as browser:
        page = browser.new_context().new_page()
        page.goto(f"{origin}/staff/alerts")
        page.get_by_label("账号").fill(known.login)
        page.get_by_label("密码").fill(known.password)
        page.get_by_role("button", name="下一步").click()
        page.get_by_label("手机验证器上的 6 位数字").fill(code_of(known))
        page.get_by_role("button", name="登录").click()
        page.goto(f"{origin}/staff/alerts")
        page.get_by_role("link", name="A4 打印机：纸用完了").first.click()
        page.get_by_role("button", name="开工单").click()
        page.get_by_role("button", name="我来接").click()
        fits(page, "taken")
        order = page.url
        for path in ("/staff/work-orders", "/staff/work-orders/mine"):
            page.goto(origin + path)
            fits(page, path.rpartition("/")[2])
        page.goto(order)
        page.get_by_role("button", name="我出发了").click()
        page.get_by_label("手工登记到场").select_option("line_dead")
        page.get_by_role("button", name="我到了").click()
        page.get_by_role("button", name="开始处理").click()
        page.locator("#code").select_option("feed_roller")
        page.get_by_role("button", name="记下配件").click()
        fits(page, "working")
        for box in page.locator("select[name^='point.']").all():
            box.select_option("good")
        page.get_by_label("故障原因").select_option("worn_out")
        page.get_by_role("button", name="报完工").click()
        page.get_by_text("已完工，等复核").first.wait_for()
        fits(page, "done")
        terminal = page.locator(".crumb a.num").inner_text()
        for path in ("work-orders/figures", f"terminals/{terminal}/work-order"):
            page.goto(f"{origin}/staff/{path}")
            fits(page, path.replace("/", "-"))
        page.goto(order)
        told = page.locator("main").inner_text()
        assert [word for word in ("已完工，等复核", "磨损老化", "搓纸轮") if word not in told] == []
