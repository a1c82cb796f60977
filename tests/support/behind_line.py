"""
A terminal behind a line, in one process: the real door of the host, a line that can die at any
request, and behind it the real server on a loopback port.

A `StubbornPerson` does what a resident does who wants a proof and does not go away: takes the step
that the page offers, and when the host says that the line is dead, waits and goes on from there.
"""

import gzip
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape

from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import EnvironBuilder, TestResponse

from devices.agent.clock import ServerClock
from devices.agent.identity import Identity
from devices.agent.line import ServerLine
from devices.agent.signing import Signer
from devices.api.away_pages import AWAY
from devices.host.ports import LineDead
from kiosk_server.app import create_app
from kiosk_server.settings import Settings
from tests.support.door_client import ORIGIN, Stand, stand
from tests.support.first_rows import seed
from tests.support.kiosk_person import AYGUL, Person, ready_terminal
from tests.support.terminal_client import API, SignedTerminal, database_of
from tests.support.thin_line import ThinLine, thin_line

_REFRESH = re.compile(r'http-equiv="refresh" content="\d+; url=([^"]+)"')
MOST_STEPS = 60


@dataclass
class TerminalBehindLine(SignedTerminal):
    """A terminal that reaches the server over *line* alone, its pages through the host's door."""

    line: ThinLine = field(default_factory=ThinLine)
    door: Stand = field(init=False)
    browser: FlaskClient = field(init=False)
    at: str = "/kiosk/"

    def __post_init__(self) -> None:
        super().__post_init__()
        clock = ServerClock()
        identity = Identity(self.id, self.key_id, self.line.origin, "", "", self.key)
        signer = Signer(identity, clock)
        self.server = ServerLine(self.line.origin, signer, clock, told=self._told)
        self.door = stand(line=self.server)
        self.browser = self.door.app.test_client()

    def send(self, method: str, path: str, body: bytes, *, headers: object = None) -> TestResponse:
        """A page goes through the door, a call of the terminal straight over the line."""
        given = dict(headers) if isinstance(headers, dict) else {}
        if path.startswith(API):
            return self._call(method, path, body, given)
        given |= {"Sec-Fetch-User": "?1", "Referer": ORIGIN + self.at, "Origin": ORIGIN}
        given["Accept-Encoding"] = "gzip"
        answer = self.browser.open(path, method=method, base_url=ORIGIN, data=body, headers=given)
        if answer.headers.pop("Content-Encoding", None) == "gzip":
            answer.set_data(gzip.decompress(answer.data))
        return answer

    def _told(self, alive: bool) -> None:
        self.door.watch.tell(alive)

    def _call(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> TestResponse:
        reply = self.server.send(method, path, headers=headers, body=body)
        asked = EnvironBuilder(path=path).get_request()
        if isinstance(reply, LineDead):
            return TestResponse([], "503 LINE DEAD", Headers(), asked)
        return TestResponse([reply.body], f"{reply.status} TOLD", Headers(reply.headers), asked)


@dataclass
class StubbornPerson(Person):
    """One who takes step after step until the visit has ended; `said` are the host's own pages."""

    said: list[str] = field(default_factory=list)

    def walk(self, item: str) -> None:
        """Go the rest of the way for *item*, from wherever one is, whatever the line does."""
        if not self.path:
            self.open("/kiosk/")
        for _ in range(MOST_STEPS):
            if self.path.startswith("/kiosk/ended") or self.answer.status_code == 403:
                return
            self._step(item)
            if self.answer.status_code == 503:
                self._wait_for_the_line()
        raise AssertionError(f"no end in sight at {self.path}")

    def _step(self, item: str) -> None:
        match self.path.partition("?")[0].removeprefix("/kiosk/"):
            case "":
                self.touch("/kiosk/start", language="zh")
            case "services":
                self.open(f"/kiosk/guides/{item}")
            case path if path.startswith("guides/"):
                self.open(f"/kiosk/notice?item={item}")
            case "notice":
                self.touch("/kiosk/notice")
            case "card":
                self.read_card(AYGUL)
                # The page's script goes on, or offers another try after a dead line.
                self.open("/kiosk/card/read" if not self.line.cut else "/kiosk/card")
            case "proof":
                self.open("/kiosk/proof/face")
            case "proof/face":
                offered = [action for _, action in self.page.actions]
                begin = "/kiosk/proof/face/begin"
                self.touch(begin) if begin in offered else self.touch(
                    "/kiosk/proof/face", answer="same"
                )
            case "deciding":
                self.touch("/kiosk/deciding")
            case "purpose":
                chosen = re.search(r'name="purpose"[^>]*value="([^"]+)"', self.answer.text)
                assert chosen, "no purpose is offered"
                self.touch("/kiosk/purpose", purpose=chosen.group(1), promise="yes")
            case "decision":
                self.touch("/kiosk/decision/print")
            case "printing":
                self._take_paper()
            case "rating":
                self.touch("/kiosk/rating", level="5")
            case other:
                raise AssertionError(f"nobody taught me {other}")

    @property
    def line(self) -> ThinLine:
        """The line behind the screen."""
        assert isinstance(self.terminal, TerminalBehindLine)
        return self.terminal.line

    def _take_paper(self) -> None:
        if ("post", "/kiosk/printing/came-out") in self.page.actions:
            self.touch("/kiosk/printing/came-out", answer="yes")
            return
        wanted = [want["job"] for want in self.wants() if want["kind"] == "print_a4"]
        self.document(wanted[0])
        self.print_whole()
        self.open("/kiosk/printing")

    def _wait_for_the_line(self) -> None:
        page = self.answer.text
        self.said.append(page)
        found = _REFRESH.search(page)
        assert found, "the host's own page leads nowhere"
        self.line.mend()
        address = unescape(found.group(1))
        if address.startswith(AWAY):
            # With nobody's visit under way the heartbeat finds out that the line lives.
            self.wants()
        self.open(address)

    def _follow(self, answer: TestResponse, path: str) -> "StubbornPerson":
        """Follow where it leads, as far as the line goes; the host's own pages are no server's."""
        terminal = self.terminal
        assert isinstance(terminal, TerminalBehindLine)
        while answer.status_code == 303:
            path = answer.headers["Location"]
            answer = terminal.get(path)
        if answer.status_code == 503:
            self.answer, self.path = answer, path
        else:
            super()._follow(answer, path)
            terminal.at = self.path
        return self


class _KeepsConnections(WSGIRequestHandler):
    """As the product's own server does, and without a word for each request."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def terminal_behind_line(settings: Settings) -> Iterator[StubbornPerson]:
    """Lend a person before a ready terminal over the server of *settings*, for the block."""
    with thin_line() as line:
        app = create_app(Settings(**{**vars(settings), "public_origin": line.origin}))
        seed(database_of(app), settings)
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_KeepsConnections)
        line.far_port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        terminal = TerminalBehindLine(app, line=line)
        try:
            yield StubbornPerson(ready_terminal(terminal))
        finally:
            terminal.server.close()
            server.shutdown()
            server.server_close()
            thread.join(5)
            database_of(app).dispose()
