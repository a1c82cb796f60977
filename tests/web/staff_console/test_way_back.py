"""A page that says what went wrong leads back to the one before, and to no other house."""

import pytest
from flask import Flask

from tests.support.staff_browser import StaffBrowser, seed

OWN = "http://localhost"


@pytest.fixture
def browser(app: Flask) -> StaffBrowser:
    """One browser of whoever maintains the terminals."""
    seed(app)
    return StaffBrowser(app).sign_in("weihu")


def _shown(browser: StaffBrowser, came_from: str) -> str:
    answer = browser.client.get("/staff/terminals/none", headers={"Referer": came_from})
    assert answer.status_code == 404
    return answer.get_data(as_text=True)


def test_it_leads_to_the_page_before(browser: StaffBrowser) -> None:
    """With what was asked for there, as the browser tells it."""
    shown = _shown(browser, f"{OWN}/staff/alerts?kind=x&page=2")
    assert 'href="/staff/alerts?kind=x&amp;page=2"' in shown
    assert "回到刚才的页面" in shown


@pytest.mark.parametrize(
    "came_from",
    [
        "",
        "http://elsewhere.test/staff/alerts",
        "http://localhost.elsewhere.test/staff/alerts",
        f"{OWN}//elsewhere.test/staff/alerts",
        f"{OWN}/m/",
        f"{OWN}/staff/language",
        f"{OWN}/staff/terminals/none",
    ],
)
def test_it_leads_nowhere_else(browser: StaffBrowser, came_from: str) -> None:
    """Not to another house, another surface, what can only be posted to, or to itself."""
    shown = _shown(browser, came_from)
    assert "回到刚才的页面" not in shown
    assert 'href="/staff/"' in shown
