"""
A sharing service for e-certificates on loopback: it checks head, cause and holder as the real one
does, answers with certData encrypted by SM2, and misbehaves when told to.
"""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from kiosk_server.gateways import sm2

ACCESS_ID, TOKEN = "kiosk-test", "token-of-this-test-alone-0123456789"
PRIVATE_KEY = b"private-key-of-this-test-alone-1"
GENERATOR = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
_PREFIX = "/province/main/CertShare/"


@cache
def encrypt(text: bytes, *, private_key: bytes = PRIVATE_KEY) -> bytes:
    """Encrypt for the owner of *private_key*: 04‖C1‖C3‖C2 (GB/T 32918.4), with one fixed k."""
    k = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
    public = sm2.multiply(int.from_bytes(private_key), GENERATOR)
    first, shared = sm2.multiply(k, GENERATOR), sm2.multiply(k, public)
    assert first is not None
    assert shared is not None
    x, y = shared[0].to_bytes(32), shared[1].to_bytes(32)
    stream = sm2.key_stream(x + y, len(text))
    hidden = bytes(one ^ other for one, other in zip(text, stream, strict=True))
    point = first[0].to_bytes(32) + first[1].to_bytes(32)
    return b"\x04" + point + sm2._sm3(x + text + y) + hidden


@dataclass
class SharingService:
    """What it holds, what it was asked, how it misbehaves."""

    held: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    """(holder's code, type code) -> certificates by their tags."""
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    """(identifier, kind) -> bytes."""
    misbehave: list[str] = field(default_factory=list)
    """Taken from the front, one for each question."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    slow_seconds: float = 0.6

    def answer(self, operation: str, data: dict[str, Any]) -> dict[str, Any]:
        """Return the data of an honest answer."""
        match operation:
            case "queryCertInfoByHolderCode":
                rows = self.held.get((data["holderCode"], data["certTypeCode"]), [])
                text = json.dumps(rows, ensure_ascii=False).encode()
                return {"certData": encrypt(text).hex()} if rows else {"certData": ""}
            case "DownloadFile":
                file = self.files.get((data["certIdentifier"], data["fileType"]), b"")
                return {"fileData": base64.b64encode(file).decode()}
            case "VerifyFile":
                known = base64.b64decode(data["fileData"]) in self.files.values()
                return {"result": "1" if known else "0"}
            case _:
                return {}


@contextmanager
def serving() -> Iterator[SharingService]:
    """Serve on a free port of loopback while the block runs."""
    state = SharingService()

    class Handler(_Handler):
        service = state

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/province"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    service: SharingService
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        operation = self.path.removeprefix(_PREFIX)
        self.service.asked.append({"operation": operation, **sent["data"]})
        wrong = self.service.misbehave.pop(0) if self.service.misbehave else None
        refusal = _refusal(sent)
        if wrong in _MISDEEDS:
            _MISDEEDS[wrong](self)
        elif refusal:
            self.say({"head": {"status": refusal, "message": "refused"}})
        else:
            told = self.service.answer(operation, sent["data"])
            self.say({"head": {"status": "0", "message": ""}, "data": told})

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002
        """Say nothing."""

    def say(self, told: object = None, *, status: int = 200, raw: bytes | None = None) -> None:
        """Answer with JSON, or with *raw* bytes."""
        body = json.dumps(told, ensure_ascii=False).encode() if raw is None else raw
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _refusal(sent: dict[str, Any]) -> str | None:
    if sent["head"] != {"accessId": ACCESS_ID, "accessToken": TOKEN}:
        return "401"
    # The cause has to be given, in 200 characters at most.
    return None if 0 < len(sent["data"].get("useCause", "")) <= 200 else "4001"


def _slow(handler: _Handler) -> None:
    time.sleep(handler.service.slow_seconds)
    handler.close_connection = True


def _told(data: object) -> dict[str, object]:
    return {"head": {"status": "0", "message": ""}, "data": data}


_MISDEEDS: dict[str, Callable[[_Handler], None]] = {
    "gateway": lambda handler: handler.say({}, status=503),
    "slow": _slow,
    "no_json": lambda handler: handler.say(raw=b"<html>"),
    "list": lambda handler: handler.say([]),
    "data_list": lambda handler: handler.say(_told(["found"])),
    "no_hex": lambda handler: handler.say(_told({"certData": "not hexadecimal"})),
    "other_key": lambda handler: handler.say(
        _told({"certData": encrypt(b"[]", private_key=b"another-private-key-not-of-ours1").hex()})
    ),
    "altered": lambda handler: handler.say(_told({"certData": _altered()})),
    "off_curve": lambda handler: handler.say(_told({"certData": "04" + "11" * 128})),
    "short": lambda handler: handler.say(_told({"certData": "04"})),
    "nonsense": lambda handler: handler.say(_told({"certData": encrypt(b'["x"]').hex()})),
    "no_issuer": lambda handler: handler.say(
        _told({"certData": encrypt(b'{"ZZBFRQ": "2020-01-01"}').hex()})
    ),
}


def _altered() -> str:
    sealed = bytearray(encrypt(b'[{"ZZBFJG": "x", "ZZBFRQ": "2020-01-01"}]'))
    sealed[-1] ^= 1
    return sealed.hex()
