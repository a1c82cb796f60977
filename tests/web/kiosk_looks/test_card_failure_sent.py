"""The card page in a browser: what fails is sent to the server; the keypad takes the X."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route

from tests.support.looking import PORTRAIT, browser, page_of
from tests.support.render_pages import served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with served() as at:
        yield at


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


def _fails(route: Route) -> None:
    begun = route.request.method == "POST"
    told = {"id": "1", "state": "failed", "code": "card_moved", "masked_name": None}
    route.fulfill(status=202 if begun else 200, json=told)


def test_a_failure_of_the_reader_is_sent(origin: str, chromium: Browser) -> None:
    """The page sends the host's code by a form of its own, with its token, and asks nothing."""
    with page_of(chromium, PORTRAIT) as page:
        page.route("**/device/v1/**", _fails)
        with page.expect_request(
            lambda sent: "/page/card" in sent.url and sent.method == "POST"
        ) as sent:
            page.goto(f"{origin}/page/card?language=zh", wait_until="commit")
        assert "code=card_moved" in (sent.value.post_data or "")
        assert "csrf_token=token" in (sent.value.post_data or "")


def test_the_keypad_of_a_number_takes_an_x(origin: str, chromium: Browser) -> None:
    """The last sign of a number may be an X; what else is typed on a keyboard is dropped."""
    with page_of(chromium, PORTRAIT) as page:
        page.goto(f"{origin}/page/number?language=zh")
        for key in ("6", "5", "X"):
            page.click(f'[data-key="{key}"]')
        page.locator("#number").press_sequentially("ab7")
        assert page.input_value("#number") == "65X7"
