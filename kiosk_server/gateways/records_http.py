"""
The departments' records over HTTP (政务数据共享): signed both ways, timed, retried, fused.

    GET  BASE/sources/SOURCE   {"answer": "awake" | "asleep", "until"?}
    POST BASE/contacts         {"source", "number", "item", "visit"}
    POST BASE/records          {"source", "number", "purpose", "item", "case"}

Answers are `{"answer": "found", "record"}`, `"nothing"`, `{"contact", "phone"}`, `no_contact`,
`{"asleep", "until"}`, `{"refused", "code"}`. A query changes nothing at the source, so it may be
sent again. An answer whose signature does not hold is no answer. After five failures in a row a
source is left alone for half a minute.
"""

import json
import random
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import quote, urlsplit

import requests
import structlog

from kiosk_server.cases.ports import (
    Answer,
    Awake,
    Contact,
    ContactAnswer,
    ContactQuery,
    Found,
    NoContact,
    NotFound,
    Readiness,
    RecordQuery,
    SourceAsleep,
    SourceDown,
    SourceRefused,
)
from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_token
from kiosk_server.gateways import records_signature as signature
from kiosk_server.gateways.fuse import Fuse

log = structlog.get_logger()

_PAUSES_SECONDS = (0.2, 0.6)
_RETRIED = frozenset({502, 503, 504})
_LARGEST_ANSWER = 2 * 1024 * 1024
READINESS_KEPT = timedelta(seconds=15)


class _NoAnswer(Exception):
    """The service did not answer, or its answer cannot be believed; `str` says which."""


class HttpRecords:
    """One records service at *base*, with the key that both sides hold."""

    simulated = False

    def __init__(
        self,
        base: str,
        key: bytes,
        *,
        timeout_seconds: float = 5.0,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base = base.rstrip("/")
        self._path = urlsplit(self._base).path
        self._key = key
        self._timeout = (min(2.0, timeout_seconds), timeout_seconds)
        self._pause = pause
        self._session = requests.Session()
        # A proxy or a password of the machine's environment has no say in where records come from.
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._fuses: dict[str, Fuse] = {}
        self._readiness: dict[str, tuple[datetime, Readiness]] = {}

    def awake(self, source: str, now: datetime) -> Readiness:
        """Ask whether *source* is open, at most every 15 seconds; one try, no repetition."""
        known = self._readiness.get(source)
        if known is not None and now - known[0] < READINESS_KEPT:
            return known[1]
        answer = self._ask(source, "GET", f"/sources/{quote(source)}", None, tries=1)
        readiness: Readiness = SourceDown()
        match answer:
            case {"answer": "awake"}:
                readiness = Awake()
            case {"answer": "asleep", "until": str(until)}:
                readiness = _asleep(until)
        self._readiness[source] = (now, readiness)
        return readiness

    def contact(self, query: ContactQuery) -> ContactAnswer:
        """Return the phone that the source holds."""
        body = {
            "source": query.source,
            "number": query.number,
            "item": query.item_code,
            "visit": query.visit_id,
        }
        match self._ask(query.source, "POST", "/contacts", body):
            case {"answer": "contact", "phone": str(phone)}:
                return Contact(phone)
            case {"answer": "no_contact"}:
                return NoContact()
            case other:
                return _trouble(other)

    def fetch(self, query: RecordQuery) -> Answer:
        """Return the record of one person."""
        body = {
            "source": query.source,
            "number": query.number,
            "purpose": query.purpose,
            "item": query.item_code,
            "case": query.case_number,
        }
        match self._ask(query.source, "POST", "/records", body):
            case {"answer": "found", "record": dict(record)}:
                return Found(record, clock.now())
            case {"answer": "nothing"}:
                return NotFound(clock.now())
            case other:
                return _trouble(other)

    def _ask(
        self,
        source: str,
        method: str,
        path: str,
        body: Mapping[str, str] | None,
        *,
        tries: int = 1 + len(_PAUSES_SECONDS),
    ) -> Mapping[str, Any] | None:
        fuse = self._fuses.setdefault(source, Fuse())
        if fuse.is_blown(clock.now()):
            return None
        sent = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        for attempt in range(tries):
            if attempt:
                self._pause(_PAUSES_SECONDS[attempt - 1] * random.uniform(0.5, 1.5))  # noqa: S311
            try:
                answer = self._once(method, path, sent)
            except _NoAnswer as fault:
                log.warning("records_no_answer", source=source, why=str(fault), attempt=attempt)
                continue
            fuse.mend()
            return answer
        fuse.strain(clock.now())
        return None

    def _once(self, method: str, path: str, sent: bytes) -> Mapping[str, Any]:
        nonce, timestamp = new_token(128), str(int(clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            signature.TIMESTAMP: timestamp,
            signature.NONCE: nonce,
            signature.SIGNATURE: signature.sign_request(
                self._key,
                method=method,
                path=self._path + path,
                timestamp=timestamp,
                nonce=nonce,
                body=sent,
            ),
        }
        try:
            with self._session.request(
                method,
                self._base + path,
                data=sent,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as answer:
                return self._believed(answer, _content(answer), nonce)
        except requests.Timeout:
            raise _NoAnswer("timeout") from None
        except (requests.RequestException, OSError):
            raise _NoAnswer("connection") from None

    def _believed(self, answer: requests.Response, content: bytes, nonce: str) -> Mapping[str, Any]:
        if answer.status_code in _RETRIED:
            raise _NoAnswer("gateway")
        timestamp = answer.headers.get(signature.TIMESTAMP)
        expected = signature.sign_answer(
            self._key,
            status=answer.status_code,
            nonce=nonce,
            timestamp=timestamp or "",
            body=content,
        )
        if not signature.is_fresh(timestamp, clock.now()) or not signature.holds(
            expected, answer.headers.get(signature.SIGNATURE)
        ):
            raise _NoAnswer("signature")
        try:
            told = json.loads(content)
        except ValueError:
            raise _NoAnswer("unreadable") from None
        if not isinstance(told, dict):
            raise _NoAnswer("unreadable")
        return told


def _content(answer: requests.Response) -> bytes:
    content = bytearray()
    for part in answer.iter_content(64 * 1024):
        content += part
        if len(content) > _LARGEST_ANSWER:
            raise _NoAnswer("too_large")
    return bytes(content)


def _trouble(answer: Mapping[str, Any] | None) -> SourceAsleep | SourceDown | SourceRefused:
    match answer:
        case {"answer": "asleep", "until": str(until)}:
            return _asleep(until)
        case {"answer": "refused", "code": str(code)}:
            return SourceRefused(code)
        case _:
            return SourceDown()


def _asleep(until: str) -> SourceAsleep | SourceDown:
    try:
        moment = datetime.fromisoformat(until)
    except ValueError:
        return SourceDown()
    return SourceAsleep(moment) if moment.tzinfo is not None else SourceDown()
