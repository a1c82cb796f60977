"""The way through to the server: what passes, what is dropped, and what never gets signed."""

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.api.door import may_pass, page_answer, server_headers
from devices.host.ports import Reply
from tests.support.door_client import said, stand

HTML = ("Content-Type", "text/html; charset=utf-8")


def _reply(*headers: tuple[str, str], status: int = 200, body: bytes = b"page") -> Reply:
    return Reply(status, (HTML, *headers), body)


def test_the_start_is_the_kiosk() -> None:
    """Whoever opens the door's address is sent to the kiosk's first page."""
    answer = stand().browser.ask("GET", "/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/kiosk/")


def test_a_form_passes_with_its_body_and_cookie() -> None:
    """Method, raw target, body and cookies arrive as the browser sent them."""
    door = stand()
    door.server.answer = _reply()
    door.browser.ask(
        "POST",
        "/kiosk/visits/7?step=a%2Fb",
        headers={"Cookie": "kiosk_visit=abc", "Content-Type": "application/x-www-form-urlencoded"},
        data=b"purpose=1&csrf_token=2",
    )
    ((method, target, headers, body),) = door.server.sent
    assert (method, target) == ("POST", "/kiosk/visits/7?step=a%2Fb")
    assert body == b"purpose=1&csrf_token=2"
    assert headers["Cookie"] == "kiosk_visit=abc"
    assert headers["Origin"] == "http://127.0.0.1:8731"


def test_several_cookies_and_a_redirect_come_back_line_for_line() -> None:
    """Two Set-Cookie lines stay two, and a 303 is left to the browser with its own Location."""
    door = stand()
    door.server.answer = _reply(
        ("Set-Cookie", "kiosk_visit=a; HttpOnly; Secure; SameSite=Strict; Path=/kiosk/"),
        ("Set-Cookie", "kiosk_language=ug; Path=/kiosk/"),
        ("Location", "/kiosk/next"),
        status=303,
    )
    answer = door.browser.ask("POST", "/kiosk/go", data=b"")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kiosk/next")
    assert len(answer.headers.getlist("Set-Cookie")) == 2
    assert "Content-Security-Policy" not in answer.headers


def test_headers_of_one_connection_and_claims_do_not_pass() -> None:
    """Hop-by-hop headers, those that Connection names, and others' claims are dropped."""
    passed = server_headers(
        [
            ("Host", "127.0.0.1:8731"),
            ("Connection", "keep-alive, X-Private"),
            ("X-Private", "1"),
            ("Content-Length", "3"),
            ("Transfer-Encoding", "chunked"),
            ("Upgrade", "websocket"),
            ("X-Forwarded-For", "10.0.0.1"),
            ("X-Forwarded-Host", "evil.test"),
            ("Forwarded", "for=1"),
            ("Signature", "kiosk=:AA==:"),
            ("Signature-Input", 'kiosk=("@method")'),
            ("Content-Digest", "sha-256=:x:"),
            ("Kiosk-Server-Time", "1"),
            ("X-Kiosk-Token", "secret"),
            ("Accept-Language", "ug"),
            ("Cookie", "a=1"),
            ("Cookie", "b=2"),
        ]
    )
    assert passed == {"Accept-Language": "ug", "Cookie": "a=1; b=2"}


def test_the_server_s_call_is_kept_from_the_page_and_wakes_the_agent() -> None:
    """`Kiosk-Wanted` means: fetch wants at once; the page never sees it."""
    door = stand()
    door.server.answer = _reply(("Kiosk-Wanted", "1"), ("Connection", "close"))
    answer = door.browser.ask("GET", "/kiosk/printing")
    assert door.woken == [True]
    assert "Kiosk-Wanted" not in answer.headers
    assert "Connection" not in answer.headers


@pytest.mark.parametrize(
    "target",
    [
        "/kiosk/../api/terminal/v1/card-reads",
        "/kiosk/%2e%2e/api/terminal/v1/card-reads",
        "/kiosk/%2E./api/terminal/v1/card-reads",
        "/kiosk/%252e%252e/api/terminal/v1/card-reads",
        "/kiosk/a%2f..%2f..%2fapi/terminal/v1/card-reads",
        "/kiosk/..%5capi/terminal/v1/card-reads",
        "/kiosk/./x",
        "/kiosk//api",
        "/kiosk",
        "//kiosk/",
        "http://127.0.0.1:8000/api/terminal/v1/card-reads",
        "/api/terminal/v1/card-reads",
        "/kiosk/\u00e9",
        "/kiosk/a\r\nX: 1",
    ],
)
def test_no_other_room_is_reached_under_this_terminal_s_signature(target: str) -> None:
    """A page cannot make the host sign a call to the terminal API, however it spells the path."""
    assert not may_pass(target)


@given(st.text("/.%2efFcC5\\kiosk?#", max_size=24))
def test_what_passes_stays_in_the_kiosk_under_any_reading(tail: str) -> None:
    """Whatever the spelling, a path that passes has no way up in it once or twice decoded."""
    target = "/kiosk/" + tail
    if may_pass(target):
        for read_as in (unquote(urlsplit(target).path), unquote(unquote(urlsplit(target).path))):
            assert read_as.startswith("/kiosk/")
            assert ".." not in read_as.replace("\\", "/").split("/")


@pytest.mark.parametrize(
    "path", ["/api/terminal/v1/card-reads", "/staff/", "/v/x", "/healthz", "/kiosk/%2e%2e/staff/"]
)
def test_only_kiosk_pages_have_a_way_through(path: str) -> None:
    """No other surface of the server is reached through the terminal."""
    door = stand()
    door.server.answer = _reply()
    answer = door.browser.ask("POST", path, json={"nonce": "n", "fields": {"name": "x"}})
    assert answer.status_code in {404, 405}
    assert door.server.sent == []


def test_at_most_a_mebibyte_passes() -> None:
    """A larger body is refused before the server is bothered."""
    door = stand()
    door.server.answer = _reply()
    assert door.browser.ask("POST", "/kiosk/f", data=b"x" * 1024 * 1024).status_code == 200
    answer = door.browser.ask("POST", "/kiosk/f", data=b"x" * (1024 * 1024 + 1))
    assert (answer.status_code, said(answer)["code"]) == (413, "too_large")
    assert len(door.server.sent) == 1


def test_an_encoded_body_comes_back_as_it_was() -> None:
    """Compressed bytes are passed on with their Content-Encoding, not unpacked."""
    answer = page_answer(_reply(("Content-Encoding", "br"), body=b"\x0b\x02"))
    assert (answer.data, answer.headers["Content-Encoding"]) == (b"\x0b\x02", "br")
