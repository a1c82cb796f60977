"""
A biller's partner on loopback, by the house's contract: checks and signs with one key.

`misbehave` is taken from the front: `lost`, `500`, `forged` and `nonsense` do what was asked all
the same, `hang` sleeps before it goes silent.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kiosk_server.bills.ports import (
    AnswerLost,
    AskedBooking,
    Booked,
    Kept,
    Owed,
    Pending,
    Reversed,
    TurnedDown,
    UnknownAccount,
)
from kiosk_server.settings_billers import BillerTerms
from tests.support import loopback_server
from tests.support.biller_fake import FakeBiller
from tests.support.loopback_server import Drop, Heard, Said
from tests.support.signed_partner import believe, signed

KEY, UNIT = b"biller-key-of-this-test-32-bytes", "653001888"
_BASE = "/bills/v1"
_HANGS_SECONDS = 0.3


@dataclass
class BillerServer:
    """What it holds and how it misbehaves."""

    books: FakeBiller = field(default_factory=FakeBiller)
    misbehave: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def terms(self) -> BillerTerms:
        """What a house is told."""
        return BillerTerms(f"{self.url}{_BASE}", UNIT, KEY)

    def answer(self, heard: Heard) -> Said:
        """Check, do, sign."""
        believe(KEY, heard)
        path = heard.target.removeprefix(_BASE)
        self.heard.append(f"{heard.method} {path}")
        wrong = self.misbehave.pop(0) if self.misbehave else ""
        told = self._do(heard.method, path, heard.body)
        if wrong in ("lost", "hang"):
            raise Drop(_HANGS_SECONDS if wrong == "hang" else 0)
        if wrong == "nonsense":
            told = {"answer": "nonsense"}
        return signed(
            KEY, heard, told, status=503 if wrong == "500" else 200, forged=wrong == "forged"
        )

    def _do(self, method: str, path: str, sent: bytes) -> dict[str, Any]:
        body = json.loads(sent) if sent else {}
        match [method, *path.strip("/").split("/")]:
            case ["POST", "questions"]:
                return self._question(body)
            case ["POST", "write-offs"]:
                return self._write_off(body)
            case ["GET", "write-offs", number]:
                return _told(self.books.ask_write_off(number))
            case ["POST", "write-offs", number, "reverse"]:
                return _told(self.books.reverse(number))
        return {"answer": "nothing"}

    def _question(self, body: dict[str, Any]) -> dict[str, Any]:
        match self.books.query(body["biller"], body["account"]):
            case Owed(holder, bills):
                rows = [
                    {
                        "number": bill.number,
                        "period": bill.period,
                        "amount_fen": bill.amount_fen,
                        "due_on": bill.due_on.isoformat() if bill.due_on else None,
                    }
                    for bill in bills
                ]
                return {"answer": "owed", "holder": holder, "bills": rows}
            case UnknownAccount():
                return {"answer": "unknown_account"}
            case _:
                until = self.books.asleep_until
                return {"answer": "asleep", "until": until.isoformat() if until else None}

    def _write_off(self, body: dict[str, Any]) -> dict[str, Any]:
        assert body.pop("unit") == UNIT
        paid_at = datetime.fromisoformat(body.pop("paid_at"))
        return _told(self.books.write_off(AskedBooking(**body, paid_at=paid_at)))


def _told(answer: object) -> dict[str, Any]:
    match answer:
        case Booked(reference):
            return {"answer": "booked", "reference": reference}
        case Kept(reference):
            return {"answer": "kept", "reference": reference}
        case TurnedDown(code):
            return {"answer": "refused", "code": code}
        case Pending():
            return {"answer": "pending"}
        case Reversed():
            return {"answer": "reversed"}
        case AnswerLost():
            raise Drop
        case _:
            return {"answer": "unknown"}


@contextmanager
def serving() -> Iterator[BillerServer]:
    """Serve on loopback while the block runs."""
    state = BillerServer()
    with loopback_server.serving(state.answer) as url:
        state.url = url
        yield state
