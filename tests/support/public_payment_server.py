"""
The region's public payment on loopback, by the house's contract: checks and signs with one key.

`misbehave` is taken from the front: `lost`, `500` and `forged` do what was asked all the same.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kiosk_server.core import clock
from kiosk_server.settings_payments import PublicPaymentTerms
from tests.support import loopback_server
from tests.support.loopback_server import Drop, Heard, Said
from tests.support.signed_partner import believe, notice_headers, signed

KEY, UNIT = b"public-payment-key-of-this-test!", "653001999"
_BASE = "/pay/v1"
_NOTICES = "/callbacks/public-payment"


@dataclass
class PublicPaymentServer:
    """What it holds and how it misbehaves."""

    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    payments: dict[str, str] = field(default_factory=dict)
    """Of which payment each refund is."""
    misbehave: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def terms(self) -> PublicPaymentTerms:
        """What a unit here is told."""
        return PublicPaymentTerms(f"{self.url}{_BASE}", UNIT, KEY)

    def pay(self, number: str) -> None:
        """Let somebody pay."""
        self.orders[number] |= {
            "answer": "paid",
            "reference": f"gp-{number}",
            "at": clock.now().isoformat(),
        }

    def notice(self, number: str, **edits: Any) -> tuple[dict[str, str], bytes]:
        """Return a signed notice of a payment."""
        body = json.dumps({"kind": "payment", "number": number, **self.orders[number], **edits})
        return notice_headers(KEY, _NOTICES, body.encode()), body.encode()

    def refund_notice(self, number: str) -> tuple[dict[str, str], bytes]:
        """Return a signed notice of a refund."""
        body = json.dumps({"kind": "refund", "number": number, **self.refunds[number]})
        return notice_headers(KEY, _NOTICES, body.encode()), body.encode()

    def answer(self, heard: Heard) -> Said:
        """Check, do, sign."""
        believe(KEY, heard)
        wrong = self.misbehave.pop(0) if self.misbehave else ""
        told = self._do(heard.method, heard.target.removeprefix(_BASE), heard.body)
        if wrong == "lost":
            raise Drop
        return signed(
            KEY, heard, told, status=500 if wrong == "500" else 200, forged=wrong == "forged"
        )

    def _do(self, method: str, path: str, sent: bytes) -> dict[str, Any]:
        body = json.loads(sent) if sent else {}
        match [method, *path.strip("/").split("/")]:
            case ["POST", "payment-codes"]:
                assert body["unit"] == UNIT
                made = {"answer": "waiting", "amount_fen": body["amount_fen"]}
                order = self.orders.setdefault(body["number"], made)
                code = {"answer": "code", "code": f"6530{body['number'][-12:]}"}
                return code if order["answer"] == "waiting" else order
            case ["GET", "payment-codes", number]:
                return self.orders.get(number, {"answer": "unknown"})
            case ["POST", "payment-codes", number, "close"]:
                order = self.orders.get(number, {"answer": "unknown"})
                if order["answer"] == "waiting":
                    order["answer"] = "closed"
                return order
            case ["POST", "refunds"]:
                if body["amount_fen"] > self.orders[body["payment"]]["amount_fen"]:
                    return {"answer": "declined", "code": "too_much"}
                self.payments[body["number"]] = body["payment"]
                return self.refunds.setdefault(
                    body["number"],
                    {
                        "answer": "returned",
                        "reference": f"gr-{body['number']}",
                        "amount_fen": body["amount_fen"],
                        "at": clock.now().isoformat(),
                    },
                )
            case ["GET", "refunds", number]:
                return self.refunds.get(number, {"answer": "unknown"})
            case ["GET", "bills", day]:
                return {"answer": "bill", "lines": self._lines(date.fromisoformat(day))}
        return {"answer": "nothing"}

    def _lines(self, day: date) -> list[dict[str, Any]]:
        paid = {no: row for no, row in self.orders.items() if row["answer"] == "paid"}
        return [
            {"movement": movement, "number": number, "amount_fen": row["amount_fen"]}
            for movement, rows in (("received", paid), ("returned", self.refunds))
            for number, row in rows.items()
            if clock.to_beijing(datetime.fromisoformat(row["at"])).date() == day
        ]


@contextmanager
def serving() -> Iterator[PublicPaymentServer]:
    """Serve on loopback while the block runs."""
    state = PublicPaymentServer()
    with loopback_server.serving(state.answer) as url:
        state.url = url
        yield state
