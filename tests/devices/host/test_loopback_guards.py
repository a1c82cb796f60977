"""Who may knock at the loopback door: attacks from other pages, names and origins are refused."""

import pytest

from tests.support.door_client import ORIGIN, said, stand

ASK = {"nonce": "n", "needs": ["name"]}


@pytest.mark.parametrize(
    "host",
    [
        "evil.test:8731",
        "localhost:8731",
        "127.0.0.1",
        "127.0.0.1:8000",
        "127.0.0.1:8731.evil.test",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/", "/kiosk/", "/device/v1/token", "/device/v1/card", "/dock"])
def test_a_name_rebound_to_loopback_gets_nothing(host: str, path: str) -> None:
    """DNS rebinding arrives with its own Host and is misdirected (421), whatever it asks for."""
    door = stand()
    headers = {"Host": host, "Sec-Fetch-Site": "same-origin"}
    answer = door.browser.ask("GET", path, headers=headers)
    assert (answer.status_code, said(answer)["code"]) == (421, "wrong_host")
    assert door.server.sent == []


@pytest.mark.parametrize(
    "origin", ["https://evil.test", "null", "http://127.0.0.1:8000", ORIGIN + "/"]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/device/v1/card"), ("POST", "/device/v1/card-reads"), ("POST", "/kiosk/form")],
)
def test_a_foreign_page_is_refused(origin: str, method: str, path: str) -> None:
    """Another origin is refused before any route is looked at, even with the token."""
    door = stand()
    answer = door.browser.ask(method, path, headers={"Origin": origin}, json=ASK)
    assert (answer.status_code, said(answer)["code"]) == (403, "foreign_origin")
    assert door.server.sent == []


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_change_must_say_where_it_comes_from(method: str) -> None:
    """Whatever changes something and brings no Origin is refused; there is no preflight to win."""
    answer = stand().browser.ask(method, "/kiosk/form", headers={"Origin": None})
    assert (answer.status_code, said(answer)["code"]) == (403, "origin_missing")
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/device/v1/card"),
        ("POST", "/device/v1/card-reads"),
        ("GET", "/device/v1/card-reads/x"),
        ("DELETE", "/device/v1/card-reads/x"),
        ("POST", "/device/v1/event-tickets"),
        ("GET", "/device/v1/events"),
        ("GET", "/device/v1/anything"),
    ],
)
def test_the_device_api_wants_the_token_of_this_start(method: str, path: str) -> None:
    """Without the token 401, with one of an earlier start 403 (the stream says 401 for both)."""
    door = stand()
    missing = door.browser.ask(method, path, headers={"X-Kiosk-Token": None}, json=ASK)
    assert missing.status_code == 401
    stale = door.browser.ask(method, path, headers={"X-Kiosk-Token": "x" * 43}, json=ASK)
    assert stale.status_code == (401 if path.endswith("/events") else 403)


@pytest.mark.parametrize("site", [None, "none", "same-site", "cross-site"])
def test_only_a_page_of_the_door_gets_the_token(site: str | None) -> None:
    """The token is given to a same-origin fetch and to nobody else, typed addresses included."""
    door = stand()
    refused = door.browser.ask("GET", "/device/v1/token", headers={"Sec-Fetch-Site": site})
    assert (refused.status_code, said(refused)["code"]) == (403, "not_same_origin")
    given = door.browser.ask("GET", "/device/v1/token", headers={"Sec-Fetch-Site": "same-origin"})
    assert said(given) == {"token": door.browser.token.value}
    assert given.headers["Cache-Control"] == "no-store"


def test_every_start_has_its_own_token() -> None:
    """A token kept from yesterday opens nothing today."""
    assert stand().browser.token.value != stand().browser.token.value


def test_a_stream_ticket_serves_once() -> None:
    """EventSource is let in by a ticket that the token bought, one time."""
    door = stand()
    ticket = said(door.browser.ask("POST", "/device/v1/event-tickets"))["ticket"]
    path = f"/device/v1/events?ticket={ticket}"
    door.bus.close()
    first = door.browser.ask("GET", path, headers={"X-Kiosk-Token": None})
    assert first.status_code == 200
    assert first.mimetype == "text/event-stream"
    assert door.browser.ask("GET", path, headers={"X-Kiosk-Token": None}).status_code == 401


def test_own_answers_carry_the_hard_headers() -> None:
    """What the host itself says is never cached, never sniffed and runs no foreign script."""
    for path in ("/device/v1/health", "/device/v1/card", "/nothing"):
        headers = stand().browser.ask("GET", path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]


def test_health_tells_conditions_and_nothing_of_people() -> None:
    """A monitor without the token learns that the host lives, and no more."""
    answer = stand(enrolled=False).browser.ask("GET", "/device/v1/health")
    assert set(said(answer)) == {"status", "enrolled", "visit", "line", "devices"}
