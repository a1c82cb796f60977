"""The page of a ticket in a browser: it tells of the call by itself, in both directions."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, Request, Route, expect

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.queue.tokens import token_of
from tests.support.booking import NOON, BookedSite
from tests.support.looking import Format, browser, page_of
from tests.support.queue_hall import Hall, at

pytestmark = pytest.mark.browser
PHONE = Format("phone", 390, 844, 4)
WINDOW = "atushi-centre-1"


@pytest.fixture
def hall(app: Flask, database: Database) -> Hall:
    """The centre on its day."""
    with clock.frozen(NOON):
        return Hall(BookedSite.open(database))


@pytest.fixture
def page(app: Flask) -> Iterator[Page]:
    """A phone's page that is answered by the application, at five past ten."""
    client = app.test_client()

    def answer(route: Route, request: Request) -> None:
        asked = urlsplit(request.url)
        with clock.frozen(at(5)):
            given = client.open(asked.path, method=request.method, query_string=asked.query)
        headers = {name: value for name, value in given.headers if name != "Content-Length"}
        route.fulfill(status=given.status_code, headers=headers, body=given.data)

    with browser() as opened, page_of(opened, PHONE) as shown:
        shown.route("**/*", answer)
        yield shown


def test_a_page_tells_of_the_call_by_itself(hall: Hall, page: Page) -> None:
    """In both directions without a fault; once called, the window stands there unasked."""
    hall.takes(0)
    mine = hall.takes(1)
    with hall.site.database.reading() as session:
        address = f"http://localhost/q/{token_of(session, mine)}"
    for language, direction in (("zh", "ltr"), ("ug", "rtl")):
        page.goto(f"{address}?lang={language}")
        expect(page.locator("html")).to_have_attribute("dir", direction)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE.width
        assert Axe().run(page).response["violations"] == []
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text("前面还有 1 人")
    first = hall.calls(2, WINDOW)
    assert first is not None
    hall.finishes(3, first)
    assert hall.calls(4, WINDOW) == mine
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("heading", level=1)).to_contain_text("请到 1 号窗口")
    expect(page).to_have_title("A002 请到 1 号窗口 · 政务自助服务")
    expect(page.get_by_text("不等了")).to_have_count(0)
