"""
A counter for a browser in one process: pages of the kiosk reach the server signed, as the device
host would pass them on; pages of staff reach it as they are. Its day begins when the story says.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from kiosk_server.app import create_app
from kiosk_server.cli.seed import seed
from kiosk_server.core import clock
from kiosk_server.settings import Settings
from tests.support.kiosk_person import READY, ready_terminal
from tests.support.staff_browser import seed as seed_staff
from tests.support.terminal_client import SignedTerminal, database_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_PASSED_ON = ("Cookie", "Content-Type", "Accept-Language", "If-None-Match")


@dataclass
class BrowserDoor:
    """What a browser asks; `origin` is where, `it_is` moves the day to another moment."""

    app: Flask
    settings: Settings
    terminal: SignedTerminal
    origin: str = ""
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    day: datetime = field(default_factory=lambda: datetime.now(UTC))

    def it_is(self, day: datetime, devices: object = READY) -> None:
        """Let it be *day* (aware) from now on, at a terminal whose *devices* have just spoken."""
        self.begun, self.day = datetime.now(UTC), day
        with self.now():
            ready_terminal(self.terminal, devices)

    @contextmanager
    def now(self) -> Iterator[None]:
        """Let the block see the time of the story, which goes on as it does for the browser."""
        with clock.frozen(self.day + (datetime.now(UTC) - self.begun)):
            yield

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        with self.now():
            asked = environ["PATH_INFO"]
            if not asked.startswith("/kiosk/") or asked.startswith("/kiosk/static/"):
                return self.app.wsgi_app(environ, start_response)
            request = Request(environ)
            path = request.full_path if request.query_string else request.path
            headers = {
                name: request.headers[name] for name in _PASSED_ON if name in request.headers
            }
            answer = self.terminal.send(request.method, path, request.get_data(), headers=headers)
            passed = Response(answer.data, answer.status, answer.headers)
            return passed(environ, start_response)


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def browser_door(settings: Settings) -> Iterator[BrowserDoor]:
    """Serve the sample city and its staff on a loopback port for the length of the block."""
    app = create_app(settings)
    seed(database_of(app), settings)
    seed_staff(app)
    terminal = SignedTerminal(app)
    # Each browser keeps its own cookies: the client that signs holds none.
    terminal.client = app.test_client(use_cookies=False)
    door = BrowserDoor(app, settings, terminal)
    server = make_server("127.0.0.1", 0, door, threaded=True, request_handler=_Quiet)
    door.origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield door
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
        database_of(app).dispose()
