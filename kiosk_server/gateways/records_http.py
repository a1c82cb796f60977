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

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

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
from kiosk_server.gateways.exchanges import Heard
from kiosk_server.gateways.signed_line import SignedLine

READINESS_KEPT = timedelta(seconds=15)


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
        heard: Heard | None = None,
    ) -> None:
        self._line = SignedLine(
            base,
            key,
            event="records_no_answer",
            timeout_seconds=timeout_seconds,
            pause=pause,
            heard=heard,
        )
        self._readiness: dict[str, tuple[datetime, Readiness]] = {}

    def awake(self, source: str, now: datetime) -> Readiness:
        """Ask whether *source* is open, at most every 15 seconds; one try, no repetition."""
        known = self._readiness.get(source)
        if known is not None and now - known[0] < READINESS_KEPT:
            return known[1]
        answer = self._line.ask(source, "GET", f"/sources/{quote(source)}", None, tries=1)
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
        match self._line.ask(query.source, "POST", "/contacts", body):
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
        match self._line.ask(query.source, "POST", "/records", body):
            case {"answer": "found", "record": dict(record)}:
                return Found(record, clock.now())
            case {"answer": "nothing"}:
                return NotFound(clock.now())
            case other:
                return _trouble(other)


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
