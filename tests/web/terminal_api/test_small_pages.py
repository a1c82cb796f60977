"""Pages for a terminal are compressed, and nothing that others could measure is."""

import gzip
import re

import pytest
from flask import Flask

from kiosk_server.web.compression import PADDING_BYTES, compressed
from tests.support.kiosk_person import ready_terminal
from tests.support.terminal_client import SignedTerminal

GZIP = {"Accept-Encoding": "gzip, deflate"}


@pytest.fixture
def terminal(app: Flask) -> SignedTerminal:
    return ready_terminal(SignedTerminal(app))


def test_a_page_for_a_terminal_is_small(terminal: SignedTerminal) -> None:
    """A kiosk page comes with gzip in a third of its size, and reads the same."""
    answer = terminal.get("/kiosk/", headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    page = gzip.decompress(answer.data)
    assert b"/kiosk/start" in page
    assert len(answer.data) < len(page) / 3
    assert answer.headers["Content-Length"] == str(len(answer.data))


def test_who_does_not_ask_for_gzip_gets_the_page(terminal: SignedTerminal) -> None:
    """Without Accept-Encoding the page comes as it is."""
    answer = terminal.get("/kiosk/")
    assert "Content-Encoding" not in answer.headers
    assert "/kiosk/start" in answer.text


def test_a_browser_of_its_own_gets_nothing_compressed(app: Flask) -> None:
    """A page that anybody's browser can be made to ask for tells nothing by its length."""
    browser = app.test_client()
    for path in ("/kiosk/", "/staff/sign-in", "/v/"):
        assert "Content-Encoding" not in browser.get(path, headers=GZIP).headers


def test_a_versioned_style_is_small_for_everybody(app: Flask, terminal: SignedTerminal) -> None:
    """Styles hold no secret; fonts, which are small already, are left as they are."""
    page = terminal.get("/kiosk/").text
    found = re.search(r'href="(/kiosk/static/[^"]+/)styles/kiosk.css"', page)
    assert found
    browser = app.test_client()
    style = browser.get(found.group(1) + "styles/skeleton.css", headers=GZIP)
    assert style.headers["Content-Encoding"] == "gzip"
    assert style.headers["ETag"].startswith("W/")
    assert b"{" in gzip.decompress(style.data)
    font = browser.get(found.group(1) + "fonts/UKIJEkran.woff2", headers=GZIP)
    assert "Content-Encoding" not in font.headers


def test_the_length_of_a_page_is_blurred() -> None:
    """One and the same page has many lengths, within the padding that is agreed on."""
    lengths = {len(compressed(b"page " * 200)) for _ in range(64)}
    assert len(lengths) > 8
    assert max(lengths) - min(lengths) <= PADDING_BYTES
    assert gzip.decompress(compressed(b"page " * 200)) == b"page " * 200
