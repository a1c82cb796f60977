"""The door of the console in a browser: cookies, form tokens, languages."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.core import clock
from kiosk_server.staff.models import StaffSession
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, account, code_of, database_of, seed


@pytest.fixture
def browser(app: Flask) -> StaffBrowser:
    """A browser in front of a seeded server."""
    seed(app)
    return StaffBrowser(app)


def test_nobody_comes_in_unsigned(browser: StaffBrowser) -> None:
    """Every page leads to the sign-in, which leads back to the page afterwards."""
    answer = browser.get("/staff/terminals/AT-0001")
    assert answer.status_code == 303
    assert answer.location == "/staff/sign-in?next=%2Fstaff%2Fterminals%2FAT-0001"
    known = account("weihu")
    page = browser.get(answer.location).text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    form = {"csrf_token": token, "login": known.login, "password": known.password}
    step = browser.client.post("/staff/sign-in", data={**form, "next": "/staff/terminals/AT-0001"})
    page = browser.get(step.location).text
    assert 'name="next" value="/staff/terminals/AT-0001"' in page


@pytest.mark.parametrize(
    "next_page", ["https://evil.example/", "//evil.example", "/staff/../v/", "/v/", "/staff/\\evil"]
)
def test_sign_in_leads_nowhere_else(browser: StaffBrowser, next_page: str) -> None:
    """An address from outside never becomes the place to go on to."""
    page = browser.client.get("/staff/sign-in", query_string={"next": next_page}).text
    assert 'name="next" value="/staff/"' in page


def test_two_steps_lead_in(browser: StaffBrowser) -> None:
    """Password and code lead to the terminals; no script and no other path sees the cookie."""
    known = account("weihu")
    first = browser.give_password(known.login, known.password)
    assert first.location.startswith("/staff/sign-in/code")
    answer = browser.give_code(code_of(known))
    assert (answer.status_code, answer.location) == (303, "/staff/")
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("staff_session"))
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/staff" in cookie
    assert browser.get("/staff/").status_code == 200


def test_password_alone_opens_nothing(browser: StaffBrowser) -> None:
    """After the first step every page still asks to sign in."""
    known = account("weihu")
    browser.give_password(known.login, known.password)
    assert browser.get("/staff/").status_code == 303


def test_wrong_answers_are_told_without_detail(browser: StaffBrowser) -> None:
    """A wrong password and an unknown login are told in the same words."""
    wrong = browser.give_password("weihu", "not the password")
    unknown = browser.give_password("nobody", "not the password")
    assert wrong.status_code == unknown.status_code == 403
    told = [
        re.search(r'role="status".*?</div></div>', page.text, re.S) for page in (wrong, unknown)
    ]
    assert told[0] is not None
    assert told[1] is not None
    assert told[0].group() == told[1].group()


def test_locked_login_is_told_to_wait(browser: StaffBrowser) -> None:
    """The fifth wrong password says that the login is locked, and the right one then waits too."""
    for _ in range(5):
        answer = browser.give_password("weihu", "not the password")
    assert "15 分钟" in answer.text
    right = browser.give_password("weihu", account("weihu").password)
    assert right.status_code == 403


def test_used_code_is_refused(browser: StaffBrowser) -> None:
    """A code that has let somebody in lets nobody else in."""
    with clock.frozen(clock.now()):
        browser.sign_in("weihu")
        other = StaffBrowser(browser.app)
        other.give_password("weihu", account("weihu").password)
        assert other.give_code(code_of(account("weihu"))).status_code == 403
        assert other.get("/staff/").status_code == 303


@pytest.mark.parametrize(
    "path", ["/staff/sign-in", "/staff/sign-in/code", "/staff/sign-out", "/staff/language"]
)
def test_form_without_token_is_refused(browser: StaffBrowser, path: str) -> None:
    """No form of the door works from another site's page."""
    browser.sign_in("weihu")
    answer = browser.client.post(path, data={"login": "weihu", "language": "en"})
    assert answer.status_code == 400
    assert browser.get("/staff/").status_code == 200


def test_sign_out_ends_the_session(browser: StaffBrowser) -> None:
    """After signing out a copied cookie opens nothing."""
    browser.sign_in("weihu")
    cookie = browser.client.get_cookie("staff_session", path="/staff")
    assert cookie is not None
    assert browser.post("/staff/sign-out", "/staff/").status_code == 303
    thief = StaffBrowser(browser.app)
    thief.client.set_cookie("staff_session", cookie.value, path="/staff")
    assert thief.get("/staff/").status_code == 303


def test_revoked_session_is_out_at_once(app: Flask, browser: StaffBrowser) -> None:
    """A session that is ended in the database is over with the next request."""
    browser.sign_in("weihu")
    with database_of(app).unit_of_work() as session:
        for row in session.scalars(select(StaffSession)):
            row.revoked_at = clock.now()
    assert browser.get("/staff/").status_code == 303


def test_work_keeps_the_session(app: Flask, browser: StaffBrowser) -> None:
    """Pages within half an hour of each other keep a session; a pause of half an hour ends it."""
    start = clock.now()
    with clock.frozen(start):
        browser.sign_in("weihu")
    for minutes, status in ((20, 200), (40, 200), (70, 303)):
        with clock.frozen(start + timedelta(minutes=minutes)):
            assert browser.get("/staff/").status_code == status


def test_language_is_chosen_and_kept(browser: StaffBrowser) -> None:
    """The console speaks Chinese, and English by choice, before and after signing in."""
    assert '<html lang="zh-CN"' in browser.get("/staff/sign-in").text
    browser.post("/staff/language", "/staff/sign-in", language="en")
    assert '<html lang="en"' in browser.get("/staff/sign-in").text
    assert "Terminals</h1>" in browser.sign_in("weihu").get("/staff/").text
    assert browser.post("/staff/language", "/staff/", language="xx").status_code == 422


def test_door_has_proper_pages(browser: StaffBrowser) -> None:
    """The door's pages have what every page has: heading, labels, tokens, a strict policy."""
    known = account("weihu")
    first = browser.get("/staff/sign-in")
    second = browser.get(browser.give_password(known.login, known.password).location)
    for answer in (first, second):
        policy = answer.headers["Content-Security-Policy"]
        assert faults_of(answer.text, policy, help_phone="") == []
        assert answer.headers["Cache-Control"] == "no-store"
