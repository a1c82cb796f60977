"""The inspection of pages sees what it is for."""

import pytest

from tests.support.inspect_page import faults_of

POLICY = "script-src 'self' 'nonce-abc'"
GOOD = """<!doctype html><html lang="ug" dir="rtl"><head><title>t</title>
<script nonce="abc" src="/a.mjs"></script></head><body><svg><title>icon</title></svg>
<h1>words</h1><p>12345</p>
<form method="post" action="/x"><input type="hidden" name="csrf_token" value="k">
<label for="code">code</label><input id="code" name="code"></form></body></html>"""


def test_a_good_page_has_no_faults() -> None:
    """A page that has everything passes, icons with titles of their own included."""
    assert faults_of(GOOD, POLICY) == []


@pytest.mark.parametrize(
    ("there", "instead", "fault"),
    [
        ("<h1>words</h1>", "", "0 h1"),
        ("<h1>words</h1>", "<h1>a</h1><h1>b</h1>", "2 h1"),
        ("<head><title>t</title>", "<head>", "no title"),
        ('dir="rtl"', 'dir="ltr"', "language ug, direction ltr"),
        ('nonce="abc"', 'nonce="old"', "script without nonce: /a.mjs"),
        ("<p>", '<p style="color:red">', "inline p style"),
        ("<p>", '<p onclick="x()">', "inline p onclick"),
        ("<p>12345</p>", "", "no phone number for help"),
        ("<p>12345", "<p>12345 653001199003070022", "an identity number in clear"),
        ('value="k"', 'value=""', "form without token: /x"),
        ('<label for="code">code</label>', "", "no label for code"),
    ],
)
def test_each_fault_is_seen(there: str, instead: str, fault: str) -> None:
    """Each thing that a page must have or not have is named when it is wrong."""
    assert fault in faults_of(GOOD.replace(there, instead), POLICY)
