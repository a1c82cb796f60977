"""The line to the server: signatures that others verify, a clock that heals, no traces."""

import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from devices.agent import identity as identities
from devices.agent.clock import ServerClock
from devices.agent.command import enrol as enrol_command
from devices.agent.counter import ServerCounter
from devices.agent.enrolment import enrol
from devices.agent.identity import Identity, IdentityError
from devices.agent.line import ServerLine
from devices.agent.signing import Signer
from devices.host.ports import LineDead, Refused, Reply
from tests.support.counter_server import Asked, Counter, Page, counter_server

CODE = "7K3M-9QXT-2WHP"


@pytest.fixture
def counter() -> Iterator[Counter]:
    with counter_server() as found:
        found.codes.add(CODE)
        yield found


def _enrolled(counter: Counter, state: Path) -> Identity:
    counter.codes.add(CODE)
    found = enrol(origin=counter.origin, code=CODE, model="bench", state=state)
    assert isinstance(found, Identity)
    return found


def _line(counter: Counter, state: Path, clock: ServerClock | None = None) -> ServerLine:
    clock = clock or ServerClock()
    return ServerLine(counter.origin, Signer(_enrolled(counter, state), clock), clock)


def _asked(counter: Counter) -> Asked:
    return counter.asked[-1]


def test_a_key_is_made_on_the_terminal_for_its_owner_alone(tmp_path: Path) -> None:
    """The private key is a file that nobody else may read, and stays the same."""
    first = identities.private_key(tmp_path / "state")
    again = identities.private_key(tmp_path / "state")
    assert identities.public_bytes(first) == identities.public_bytes(again)
    (key_file,) = (tmp_path / "state").glob("*.pem")
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    """A key file opened to others is refused by name."""
    identities.private_key(tmp_path)
    (key_file,) = tmp_path.glob("*.pem")
    key_file.chmod(0o644)
    with pytest.raises(IdentityError, match="open to others"):
        identities.private_key(tmp_path)


def test_enrolment_keeps_an_identity_and_a_code_serves_once(
    counter: Counter, tmp_path: Path
) -> None:
    """What the server gave is on disk; the same code is refused to the next terminal."""
    admitted = _enrolled(counter, tmp_path / "one")
    kept = identities.load(tmp_path / "one")
    assert kept is not None
    assert (kept.terminal, kept.key_id) == ("AT-0001", admitted.key_id)
    second = enrol(origin=counter.origin, code=CODE, model="bench", state=tmp_path / "two")
    assert second == Refused("enrolment_refused", 403)
    assert identities.load(tmp_path / "two") is None


def test_a_damaged_identity_is_named(tmp_path: Path) -> None:
    """Half an identity is an error and not an unenrolled terminal."""
    (tmp_path / "identity.json").write_text("{", encoding="utf-8")
    with pytest.raises(IdentityError, match="damaged"):
        identities.load(tmp_path)


def test_the_enrol_command_speaks_in_codes(
    counter: Counter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Enrolled is 0 and prints the terminal; refused and unreachable have their own codes."""
    where = ["--server", counter.origin, "--state", str(tmp_path / "s")]
    assert enrol_command([*where, "--code", CODE]) == 0
    assert "AT-0001" in capsys.readouterr().out
    assert enrol_command([*where, "--code", CODE]) == 1
    assert "already_enrolled" in capsys.readouterr().err
    assert enrol_command([*where, "--code", "nonsense", "--again"]) == 1
    assert "enrolment_refused" in capsys.readouterr().err
    nobody = ["--server", "http://127.0.0.1:9", "--state", str(tmp_path / "t"), "--code", CODE]
    assert enrol_command(nobody) == 2
    assert "line_dead" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("GET", "/kiosk/", b""),
        ("GET", "/kiosk/a%2Fb?x=%E9%98%BF&x=&y", b""),
        ("POST", "/kiosk/form?step=2", b"a=1&b=2"),
    ],
)
def test_requests_are_signed_so_that_the_server_believes_them(
    counter: Counter, tmp_path: Path, method: str, target: str, body: bytes
) -> None:
    """Method, authority, path, query and body are covered, under the agreed label and tag."""
    line = _line(counter, tmp_path)
    reply = line.send(method, target, headers={}, body=body)
    assert isinstance(reply, Reply)
    assert (reply.status, counter.refused) == (200, [])
    asked = _asked(counter)
    assert asked.headers["Signature-Input"].startswith(
        'kiosk=("@method" "@authority" "@path" "@query" "content-digest");created='
    )
    assert 'tag="kiosk-terminal"' in asked.headers["Signature-Input"]
    assert asked.body == body


@pytest.mark.parametrize("part", ["method", "url", "body", "replay", "key"])
def test_an_altered_or_repeated_request_is_not_believed(
    counter: Counter, tmp_path: Path, part: str
) -> None:
    """Whatever is changed on the way breaks the signature, and nothing is believed twice."""
    line = _line(counter, tmp_path)
    line.send("POST", "/kiosk/form", headers={}, body=b"a=1")
    asked = _asked(counter)
    copy = Asked(asked.method, asked.url, dict(asked.headers), asked.body)
    if part == "replay":
        assert counter.verify(copy) == "signature_replayed"
        return
    counter.nonces.clear()
    if part == "method":
        copy.method = "PUT"
    elif part == "url":
        copy.url += "?x=1"
    elif part == "body":
        copy.body = b"a=2"
    else:
        counter.keys.clear()
    assert counter.verify(copy) == "signature_invalid"


@pytest.mark.parametrize("ahead_seconds", [7200.0, -86400.0])
def test_a_wrong_clock_heals_by_the_server_s_word(
    counter: Counter, tmp_path: Path, ahead_seconds: float
) -> None:
    """The first answer corrects the offset, the same request succeeds, later ones at once."""
    counter.clock_ahead_seconds = ahead_seconds
    clock = ServerClock()
    line = _line(counter, tmp_path, clock)
    first = line.send("GET", "/kiosk/", headers={})
    assert isinstance(first, Reply)
    assert (first.status, counter.refused) == (200, ["clock_skew"])
    assert clock.offset_seconds == pytest.approx(ahead_seconds, abs=2)
    second = line.send("GET", "/kiosk/", headers={})
    assert isinstance(second, Reply)
    assert (second.status, counter.refused) == (200, ["clock_skew"])


@pytest.mark.parametrize("nonsense", [None, "", "soon", "nan", "-5", "inf"])
def test_a_senseless_server_time_changes_nothing(nonsense: str | None) -> None:
    """The offset stays when the header says nothing usable."""
    clock = ServerClock()
    assert not clock.heal(nonsense)
    assert clock.offset_seconds == 0


@pytest.mark.policy("P37")
def test_the_line_keeps_no_cookie_between_requests(counter: Counter, tmp_path: Path) -> None:
    """A cookie set for one person is not sent with the next request by the line itself."""
    counter.pages["/kiosk/"] = Page(200, (("Set-Cookie", "kiosk_visit=secret; Path=/"),), b"")
    line = _line(counter, tmp_path)
    line.send("GET", "/kiosk/", headers={})
    line.send("GET", "/kiosk/", headers={})
    assert "Cookie" not in _asked(counter).headers


def test_redirects_are_passed_back_and_not_followed(counter: Counter, tmp_path: Path) -> None:
    """A 303 is an answer for the browser."""
    counter.pages["/kiosk/go"] = Page(303, (("Location", "/kiosk/next"),), b"")
    reply = _line(counter, tmp_path).send("POST", "/kiosk/go", headers={}, body=b"")
    assert isinstance(reply, Reply)
    assert (reply.status, reply.header("location")) == (303, "/kiosk/next")


def test_a_dead_line_is_an_outcome_and_told(tmp_path: Path) -> None:
    """Nobody listening is no exception; the watch hears of it."""
    told: list[bool] = []
    line = ServerLine("http://127.0.0.1:9", None, ServerClock(), told=told.append)
    assert isinstance(line.send("GET", "/kiosk/", headers={}), LineDead)
    assert told == [False]


@contextmanager
def _stranger(status: int, body: bytes) -> Iterator[str]:
    """Another program on the server's address; yields its origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_s_word_is_not_the_server_s(status: int) -> None:
    """A 502 to 504 that does not carry the server's time is a dead line."""
    with _stranger(status, b"<h1>nginx</h1>") as origin:
        outcome = ServerLine(origin, None, ServerClock()).send("GET", "/kiosk/", headers={})
    assert outcome == LineDead(f"gateway {status}")


def test_the_server_s_own_503_reaches_the_page(counter: Counter, tmp_path: Path) -> None:
    """Out of service is the server's to say, in its own words."""
    counter.pages["/kiosk/"] = Page(503, (), b"closed for an hour")
    reply = _line(counter, tmp_path).send("GET", "/kiosk/", headers={})
    assert isinstance(reply, Reply)
    assert (reply.status, reply.body) == (503, b"closed for an hour")


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"wants": 3}'])
def test_another_program_s_answer_is_a_dead_line(body: bytes) -> None:
    """What is not the wire is never taken for the server's word."""
    clock = ServerClock()
    with _stranger(200, body) as origin:
        line = ServerLine(origin, None, clock)
        assert isinstance(ServerCounter(line, clock, "AT-0001").wants(), LineDead)
