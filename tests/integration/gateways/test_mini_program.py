"""The messenger's sign-in, against a server that keeps to its published contract."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from kiosk_server.gateways.mini_program_wechat import PATH, WechatMiniProgram
from kiosk_server.residents.ports import MessengerRefused, MessengerUser

APP, SECRET = "wx-of-the-test", "a-secret-of-the-test"
SESSION_KEY = "c2Vzc2lvbi1rZXktb2YtdGhlLXRlc3Q="


@dataclass
class Messenger:
    """What the messenger knows: codes that were given to its users, and those that are used."""

    users: dict[str, str] = field(default_factory=lambda: {"code-of-aygul": "openid-aygul"})
    used: set[str] = field(default_factory=set)
    says: dict[str, object] | bytes | None = None
    """Said in place of the true answer."""
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def answer(self, query: dict[str, str]) -> dict[str, object] | bytes:
        """Return what the contract says to *query*."""
        self.asked.append(query.get("js_code", ""))
        if self.says is not None:
            return self.says
        if query.get("appid") != APP or query.get("secret") != SECRET:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        if query.get("grant_type") != "authorization_code":
            return {"errcode": 40002, "errmsg": "invalid grant_type"}
        code = query.get("js_code", "")
        if code in self.used:
            return {"errcode": 40163, "errmsg": "code been used"}
        if code not in self.users:
            return {"errcode": 40029, "errmsg": "invalid code"}
        self.used.add(code)
        return {"openid": self.users[code], "session_key": SESSION_KEY}


@contextmanager
def messenger() -> Iterator[Messenger]:
    """Serve on a free port of loopback while the block runs."""
    state = Messenger()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            said = state.answer(query) if parts.path == PATH else {"errcode": 404}
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(200)
            # The messenger says text/plain although it sends JSON.
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *values: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def far_end() -> Iterator[Messenger]:
    """The messenger, for all tests of this file."""
    with messenger() as running:
        yield running


@pytest.fixture
def wechat(far_end: Messenger) -> Messenger:
    """The messenger as it was at the beginning."""
    far_end.used.clear()
    far_end.asked.clear()
    far_end.says = None
    return far_end


def program(far: Messenger, secret: str = SECRET) -> WechatMiniProgram:
    """Return the adapter for the messenger of the test."""
    return WechatMiniProgram(far.address, app=APP, secret=secret)


def test_a_code_becomes_a_user_once(wechat: Messenger) -> None:
    """The first exchange names the user; the same code again is used."""
    ours = program(wechat)
    assert ours.identify("code-of-aygul") == MessengerUser("openid-aygul")
    assert ours.identify("code-of-aygul") == MessengerRefused("code_used")


def test_the_session_key_goes_no_further(
    wechat: Messenger, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither in what the adapter returns nor in what it logs nor in itself."""
    ours = program(wechat)
    user = ours.identify("code-of-aygul")
    held = json.dumps([repr(user), repr(vars(ours))])
    assert SESSION_KEY not in held + "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"errcode": 40029, "errmsg": "invalid code"}, "code_bad"),
        ({"errcode": 40163, "errmsg": "code been used"}, "code_used"),
        ({"errcode": 45011, "errmsg": "api minute-quota reach limit"}, "too_often"),
        ({"errcode": -1, "errmsg": "system error"}, "silent"),
        ({"errcode": 40226, "errmsg": "code blocked"}, "code_bad"),
        ({"session_key": SESSION_KEY}, "code_bad"),
        ({"openid": "x" * 65}, "code_bad"),
        ({"openid": 7}, "code_bad"),
        (b"<html>", "silent"),
        (b"[]", "silent"),
    ],
)
def test_what_the_messenger_refuses_is_a_refusal(
    wechat: Messenger, said: dict[str, object] | bytes, code: str
) -> None:
    """Each of its numbers, and every answer that is none, names nobody."""
    wechat.says = said
    assert program(wechat).identify("code-of-aygul") == MessengerRefused(code)


def test_a_lost_answer_is_not_asked_for_again(wechat: Messenger) -> None:
    """A code serves once: a second try would only find it used."""
    wechat.says = b""
    assert program(wechat).identify("code-of-aygul") == MessengerRefused("silent")
    assert wechat.asked == ["code-of-aygul"]


def test_a_wrong_secret_names_nobody_and_is_not_told(
    wechat: Messenger, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake of the settings is no user's, and the secret is in no log."""
    refused = program(wechat, secret="wrong-secret-here").identify("code-of-aygul")
    assert refused == MessengerRefused("code_bad")
    assert "wrong-secret-here" not in "".join(capsys.readouterr())


def test_a_messenger_that_is_away_is_left_alone() -> None:
    """After five failures nothing is asked for half a minute."""
    away = WechatMiniProgram("http://127.0.0.1:9", app=APP, secret=SECRET)
    assert [away.identify("x") for _ in range(6)] == [MessengerRefused("silent")] * 6
