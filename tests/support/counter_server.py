"""A small counter for the device host to speak to: verifies signatures for real, hands out wants
and papers, and keeps what it was told. Runs on a loopback port in a thread of its own."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import HTTPMessageVerifier, InvalidSignature, algorithms
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from http_message_signatures.resolvers import MappingKeyResolver

from tests.support.commanding import CommandOffice

API = "/api/terminal/v1"
_LONGEST_HOLD_SECONDS = 20.0
COVERED = ("@method", "@authority", "@path", "@query", "content-digest")


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Page:
    """What the counter answers to a /kiosk/ request."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    body: bytes = b"<h1>kiosk</h1>"


@dataclass
class Paper:
    """A print job that waits."""

    kind: str
    document: bytes
    pages: int = 1
    over: bool = False


@dataclass
class Counter:
    """What the counter knows, holds and has been told."""

    clock_ahead_seconds: float = 0.0
    keys: dict[str, Ed25519PublicKey] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    papers: dict[str, Paper] = field(default_factory=dict)
    wants: list[dict[str, str]] = field(default_factory=list)
    pages: dict[str, Page] = field(default_factory=dict)
    read_refusal: str | None = None
    asked: list[Asked] = field(default_factory=list)
    reports: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    reads: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    check_papers: dict[str, bytes] = field(default_factory=dict)
    screen_key: bytes = bytes(range(32))
    refused: list[str] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    commands: CommandOffice = field(default_factory=CommandOffice)
    held_state: str | None = None
    """A command's answer of this state is heard and not confirmed until `let_go`: the terminal
    stands between what it has written down and what it is about to do."""
    let_go: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)
    port: int = 0

    @property
    def origin(self) -> str:
        """The counter's own origin, part of every signature."""
        return f"http://127.0.0.1:{self.port}"

    def now(self) -> float:
        """The counter's time, unix seconds."""
        return time.time() + self.clock_ahead_seconds

    def want(self, kind: str, job: str) -> None:
        """Want something of the terminal from now on."""
        self.wants.append({"kind": kind, "job": job})

    def states_of(self, job: str) -> list[str]:
        """The states reported for a job, in order of sequence, repetitions counted once."""
        by_sequence = {report["sequence"]: report["state"] for report in self.reports.get(job, [])}
        return [by_sequence[sequence] for sequence in sorted(by_sequence)]

    def command(self, command_id: str, kind: str, **changed: Any) -> None:
        """Order something of the terminal from now on."""
        self.commands.order(command_id, kind, **changed)
        self.want("command", command_id)

    def wait_for(self, reached: Callable[[], bool], seconds: float = 10.0) -> bool:
        """Wait until *reached()* holds; returns whether it does."""
        with self.changed:
            return self.changed.wait_for(reached, seconds)

    def verify(self, asked: Asked) -> str | None:
        """None for a good signature, else the code of the refusal."""
        verifier = HTTPMessageVerifier(
            signature_algorithm=algorithms.ED25519,
            key_resolver=MappingKeyResolver(public_keys=self.keys, private_keys={}),
        )
        created = _created(asked.headers.get("Signature-Input", ""))
        if created is None:
            return "signature_missing"
        if abs(created - self.now()) > 60:
            return "clock_skew"
        shifted = timedelta(seconds=60 + abs(self.clock_ahead_seconds))
        verifier.max_clock_skew = shifted
        try:
            (result,) = verifier.verify(
                asked,
                max_age=shifted,
                expect_tag="kiosk-terminal",
                require_components=COVERED,
                body=asked.body,
            )
        except (InvalidSignature, HTTPMessageSignaturesException, ValueError):
            return "signature_invalid"
        if not result.nonce or result.nonce in self.nonces:
            return "signature_replayed"
        self.nonces.add(result.nonce)
        return None


def _created(signature_input: str) -> int | None:
    for part in signature_input.split(";"):
        if part.startswith("created="):
            return int(part.removeprefix("created="))
    return None


@contextmanager
def counter_server() -> Iterator[Counter]:
    """Run a counter for the length of the block."""
    counter = Counter()
    server = _Server(("127.0.0.1", 0), _handler(counter))
    counter.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield counter
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


def _handler(counter: Counter) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(self.command, counter.origin + self.path, dict(self.headers), body)
            with counter.changed:
                page = _answer(counter, asked, self.path)
                counter.changed.notify_all()
            if counter.held_state is not None and _said(asked) == counter.held_state:
                counter.let_go.wait(_LONGEST_HOLD_SECONDS)
            self.send_response(page.status)
            for name, value in page.headers:
                self.send_header(name, value)
            self.send_header("Kiosk-Server-Time", f"{counter.now():.3f}")
            self.send_header("Content-Length", str(len(page.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(page.body)

        do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = _serve

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep quiet."""

    return Handler


def _answer(counter: Counter, asked: Asked, target: str) -> Page:
    counter.asked.append(asked)
    path = target.partition("?")[0]
    if path == f"{API}/enrolments":
        return _enrol(counter, json.loads(asked.body))
    refusal = counter.verify(asked)
    if refusal is not None:
        counter.refused.append(refusal)
        return _problem(401, refusal)
    if path.startswith("/kiosk/"):
        return counter.pages.get(target, Page())
    return _api(counter, path.removeprefix(API), asked)


def _api(counter: Counter, path: str, asked: Asked) -> Page:
    match path.strip("/").split("/"):
        case ["heartbeats"]:
            return _json({"server_time": counter.now(), "wants": counter.wants, "terminal": {}})
        case ["states"] | ["wants"]:
            return _json({"wants": counter.wants})
        case ["card-reads"]:
            if counter.read_refusal is not None:
                return _problem(422, counter.read_refusal)
            counter.reads.append(json.loads(asked.body))
            return _json({"read": "01read", "masked_name": "阿***·测试"}, 201)
        case ["command-keys"]:
            return _json(counter.commands.key_list())
        case ["commands", command, *rest] if command in counter.commands.envelopes:
            return _command(counter, command, rest, asked)
        case ["print-jobs", job, *rest] if job in counter.papers:
            return _paper(counter, job, rest, asked)
        case ["checks"]:
            counter.checks.append(json.loads(asked.body))
            return _json({"check": counter.checks[-1]["id"]})
        case ["checks", check_id, "paper"]:
            counter.check_papers[check_id] = base64.b64decode(json.loads(asked.body)["document"])
            return _json({"check": check_id})
        case ["screen-key"]:
            key = base64.b64encode(counter.screen_key).decode()
            return _json({"key": key, "key_id": "bench"})
    return _problem(404, "print_job_not_found")


def _said(asked: Asked) -> str | None:
    if not asked.url.endswith("/answers"):
        return None
    said: str = json.loads(asked.body)["state"]
    return said


def _command(counter: Counter, command: str, rest: list[str], asked: Asked) -> Page:
    if rest != ["answers"]:
        return _json(counter.commands.envelopes[command])
    answer = json.loads(asked.body)
    counter.commands.answers.setdefault(command, []).append(answer)
    counter.wants = [want for want in counter.wants if want["job"] != command]
    return _json({"state": answer["state"]})


def _paper(counter: Counter, job: str, rest: list[str], asked: Asked) -> Page:
    paper = counter.papers[job]
    if rest == ["reports"]:
        report = json.loads(asked.body)
        counter.reports.setdefault(job, []).append(report)
        if report["state"] in {"printed", "not_printed", "unknown"}:
            counter.wants = [want for want in counter.wants if want["job"] != job]
        return _json({"state": report["state"]})
    if paper.over:
        return _problem(409, "print_job_over")
    if rest == ["document"]:
        return Page(200, (("Content-Type", "application/pdf"),), paper.document)
    return _json(
        {
            "id": job,
            "kind": paper.kind,
            "title": "社会保险个人参保证明",
            "media_type": "application/pdf",
            "digest": hashlib.sha256(paper.document).hexdigest(),
            "pages": paper.pages,
            "copies": 1,
            "reprint": False,
        }
    )


def _enrol(counter: Counter, body: dict[str, str]) -> Page:
    if body["code"] not in counter.codes:
        return _problem(403, "enrolment_refused")
    counter.codes.remove(body["code"])
    key_id = f"key-{len(counter.keys) + 1}"
    raw = base64.b64decode(body["public_key"])
    counter.keys[key_id] = Ed25519PublicKey.from_public_bytes(raw)
    site = {"name": "阿图什市政务服务中心", "place": "一楼"}
    given = {"terminal": "AT-0001", "key_id": key_id, "site": site, "server_time": counter.now()}
    given["command_keys"] = counter.commands.public_keys
    return _json(given, 201)


def _json(body: object, status: int = 200) -> Page:
    data = json.dumps(body, ensure_ascii=False).encode()
    return Page(status, (("Content-Type", "application/json"),), data)


def _problem(status: int, code: str) -> Page:
    data = json.dumps({"title": code, "status": status, "code": code}).encode()
    return Page(status, (("Content-Type", "application/problem+json"),), data)
