"""A member of staff at a browser: signs in for real, keeps cookies, sends form tokens."""

import re
from dataclasses import dataclass

import pyotp
from flask import Flask
from werkzeug.test import TestResponse

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.staff.seed import DEMO_ACCOUNTS, DemoAccount
from tests.support.first_rows import enter_staff

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def database_of(app: Flask) -> Database:
    """The database that *app* works on."""
    found: Database = app.extensions["kiosk_database"]
    return found


def seed(app: Flask) -> None:
    """Enter the sample places and the demo accounts."""
    enter_staff(database_of(app))


def account(login: str) -> DemoAccount:
    """The demo account called *login*."""
    return next(known for known in DEMO_ACCOUNTS if known.login == login)


def code_of(known: DemoAccount, step: int = 0) -> str:
    """What the phone's app shows now, or *step* half minutes later."""
    shown: str = pyotp.TOTP(known.totp_secret).at(int(clock.now().timestamp()) + 30 * step)
    return shown


@dataclass
class StaffBrowser:
    """One browser of one person."""

    app: Flask

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def post(self, path: str, form_page: str, **fields: str) -> TestResponse:
        """Send the form of *form_page* to *path*, with the token that the page carries."""
        page = self.client.get(form_page).get_data(as_text=True)
        found = _TOKEN.search(page)
        token = found.group(1) if found else ""
        return self.client.post(path, data={"csrf_token": token, **fields})

    def give_password(self, login: str, password: str) -> TestResponse:
        """Take the first step of signing in."""
        return self.post("/staff/sign-in", "/staff/sign-in", login=login, password=password)

    def give_code(self, code: str) -> TestResponse:
        """Take the second step."""
        return self.post("/staff/sign-in/code", "/staff/sign-in/code", code=code)

    def sign_in(self, login: str) -> "StaffBrowser":
        """Sign in as a demo account; fails the test if it is refused."""
        known = account(login)
        assert self.give_password(login, known.password).status_code == 303
        assert self.give_code(code_of(known)).status_code == 303
        return self
