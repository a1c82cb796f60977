"""
A records service on loopback that keeps to the contract, and breaks it when told to.

It checks every signature, nonce and time itself and signs its answers; `misbehave` names what goes
wrong with the next questions.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from kiosk_server.core import clock
from kiosk_server.gateways import region_signature as signature

KEY = b"for-development-only-records-key"
BASE_PATH = "/share/v1"


@dataclass
class RecordsServer:
    """What the service knows, what it was asked, and how it misbehaves."""

    answers: dict[str, Any] = field(default_factory=dict)
    """Path beneath the base -> the answer's JSON."""
    misbehave: list[str] = field(default_factory=list)
    """Taken from the front, one for each question: see `_Handler`."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    url: str = ""
    slow_seconds: float = 0.6
    now: Callable[[], datetime] = clock.now
    """Its own clock: a test that stands still in time lets it stand still too."""


@contextmanager
def serving() -> Iterator[RecordsServer]:
    """Serve on a free port of loopback while the block runs."""
    state = RecordsServer()

    class Handler(_Handler):
        service = state

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}{BASE_PATH}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    service: RecordsServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002
        """Say nothing."""

    def _serve(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self._fault(method, body)
        if fault is not None:
            self.service.refused.append(fault)
            self._answer(401, {"answer": "refused", "code": fault}, signed=False)
            return
        path = self.path.removeprefix(BASE_PATH)
        self.service.asked.append({"path": path, **(json.loads(body) if body else {})})
        wrong = self.service.misbehave.pop(0) if self.service.misbehave else None
        if wrong in _MISDEEDS:
            _MISDEEDS[wrong](self, path)
        else:
            self._answer(200, self.service.answers.get(path, {"answer": "nothing"}))

    def _fault(self, method: str, body: bytes) -> str | None:
        timestamp = self.headers.get(signature.TIMESTAMP)
        nonce = self.headers.get(signature.NONCE) or ""
        expected = signature.sign_request(
            KEY, method=method, path=self.path, timestamp=timestamp or "", nonce=nonce, body=body
        )
        if not signature.holds(expected, self.headers.get(signature.SIGNATURE)):
            return "signature_wrong"
        if not signature.is_fresh(timestamp, self.service.now()):
            return "stale"
        if nonce in self.service.nonces:
            return "replayed"
        self.service.nonces.add(nonce)
        return None

    def _answer(
        self,
        status: int,
        told: Any,
        *,
        signed: bool = True,
        nonce: str | None = None,
        raw: bytes | None = None,
        timestamp: int | None = None,
        spoil: bool = False,
    ) -> None:
        body = raw if raw is not None else json.dumps(told, ensure_ascii=False).encode()
        stamp = str(int(self.service.now().timestamp()) if timestamp is None else timestamp)
        answers_to = self.headers.get(signature.NONCE) or "" if nonce is None else nonce
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if signed:
            given = signature.sign_answer(
                KEY, status=status, nonce=answers_to, timestamp=stamp, body=body
            )
            self.send_header(signature.TIMESTAMP, stamp)
            self.send_header(signature.SIGNATURE, given)
        self.end_headers()
        self.wfile.write(body.replace(b"177", b"999") if spoil else body)

    def told(self, path: str) -> Any:
        """What an honest answer would say."""
        return self.service.answers.get(path, {"answer": "nothing"})


def _slow(handler: _Handler, path: str) -> None:
    time.sleep(handler.service.slow_seconds)
    handler.close_connection = True


def _cut(handler: _Handler, path: str) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"answer":')
    handler.close_connection = True


_MISDEEDS: dict[str, Callable[[_Handler, str], None]] = {
    "gateway": lambda handler, path: handler._answer(503, {}, signed=False),
    "slow": _slow,
    "cut": _cut,
    "unsigned": lambda handler, path: handler._answer(200, handler.told(path), signed=False),
    "edited": lambda handler, path: handler._answer(200, handler.told(path), spoil=True),
    "another": lambda handler, path: handler._answer(200, handler.told(path), nonce="another"),
    "old": lambda handler, path: handler._answer(
        200, handler.told(path), timestamp=int(handler.service.now().timestamp()) - 600
    ),
    "no_json": lambda handler, path: handler._answer(200, None, raw=b"<html>"),
    "list": lambda handler, path: handler._answer(200, ["found"]),
}
