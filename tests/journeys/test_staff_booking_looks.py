"""The console's booking pages in a real browser: accessible in both languages, no wider than it."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from kiosk_server.bookings import first_data
from kiosk_server.bookings.slots import fit_ahead
from kiosk_server.bookings.terms import booking_terms
from kiosk_server.settings import Settings
from tests.support.browser import PATIENCE_MS, chromium
from tests.support.served_app import Served, served
from tests.support.staff_browser import StaffBrowser, database_of, seed

pytestmark = pytest.mark.browser

SITE = "/staff/sites/atushi-centre"
CLERK = (
    f"{SITE}/slots",
    f"{SITE}/green",
    "/staff/bookings/new?site=atushi-centre&services=insurance-record",
    "/staff/bookings/visits?site=atushi-centre",
)
WIDTHS = {"desk": (1280, 900), "phone": (390, 844)}
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with the sample week at every site."""
    with served(tmp_path_factory.mktemp("console")) as found:
        seed(found.app)
        database = database_of(found.app)
        with database.unit_of_work() as session:
            first_data.enter(session)
            fit_ahead(session, "atushi-centre", terms=booking_terms(Settings()))
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for this file."""
    with chromium() as browser:
        yield browser


def session_of(console: Served, login: str) -> str:
    """The session of somebody who has signed in; a code works once, so each person does so once."""
    kept = (
        StaffBrowser(console.app).sign_in(login).client.get_cookie("staff_session", path="/staff")
    )
    assert kept is not None
    return kept.value


def page_of(browser: Browser, console: Served, session: str, language: str, width: str) -> Page:
    """A page of who has that session."""
    size = WIDTHS[width]
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    url = f"{console.origin}/staff/"
    context.add_cookies(
        [
            {"name": "staff_session", "value": session, "url": url},
            {"name": "staff_language", "value": language, "url": url},
        ]
    )
    context.set_default_timeout(PATIENCE_MS)
    return context.new_page()


def looks(page: Page, address: str) -> None:
    """The page that is shown is accessible and fits."""
    assert Axe().run(page).response["violations"] == [], address
    assert page.evaluate(OVERFLOW) <= 0, address


def test_a_clerks_pages_are_accessible_and_fit(browser: Browser, console: Served) -> None:
    """The week, the green channel, booking for somebody, visits; and what a change would do."""
    session = session_of(console, "chuangkou")
    for language, width in (("zh", "desk"), ("en", "phone")):
        page = page_of(browser, console, session, language, width)
        for address in CLERK:
            page.goto(f"{console.origin}{address}")
            looks(page, address)
        page.goto(f"{console.origin}{SITE}/slots?group=general&weekday=3&opens=10:00")
        page.locator("#capacity").fill("3")
        page.locator("#change button").click()
        page.locator("input[name=looked_at]").wait_for(state="attached")
        looks(page, "preview")
        page.context.close()


def test_the_calendar_is_accessible_and_fits(browser: Browser, console: Served) -> None:
    """A year to enter."""
    session = session_of(console, "guanli")
    for language, width in (("zh", "phone"), ("en", "desk")):
        page = page_of(browser, console, session, language, width)
        page.goto(f"{console.origin}/staff/calendar")
        looks(page, "/staff/calendar")
        page.context.close()
