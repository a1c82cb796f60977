"""The console's menu: everybody sees what is his, and each line leads to a page."""

import re

import pytest
from flask import Flask

from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, seed

_LINE = re.compile(r'<li><a href="([^"]+)">')
_LATER = re.compile(r'<a href="([^"]+)" class="side-later')


@pytest.mark.parametrize(
    ("login", "first", "never"),
    [
        ("chuangkou", "/staff/queue", "/staff/partners"),
        ("weihu", "/staff/", "/staff/bookings"),
        ("guanli", "/staff/", "/staff/uses"),
    ],
)
def test_each_line_leads_to_a_page_of_ones_own(
    app: Flask, login: str, first: str, never: str
) -> None:
    """What stands in the menu may be opened; what is another's does not stand there."""
    seed(app)
    browser = StaffBrowser(app).sign_in(login)
    page = browser.get("/staff/menu")
    assert faults_of(page.text, page.headers["Content-Security-Policy"], help_phone="") == []
    lines = _LINE.findall(page.text)
    assert lines[0] == first
    assert never not in lines
    assert _LATER.findall(page.text) == lines[4:]
    for line in lines:
        assert browser.get(line).status_code == 200, line
