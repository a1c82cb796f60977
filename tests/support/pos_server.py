"""
A bank's acquiring service on loopback, by the house's contract: checks and signs with one key.

`misbehave` is taken from the front: `lost`, `500` and `forged` do what was asked all the same.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kiosk_server.core import clock
from kiosk_server.settings_payments import BankPosTerms
from tests.support import loopback_server
from tests.support.loopback_server import Drop, Heard, Said
from tests.support.signed_partner import believe, notice_headers, signed

KEY, MERCHANT = b"bank-pos-key-of-these-few-tests!", "104653001"
WINDOW, MACHINE = "atushi-centre-1", "65300001"
_BASE = "/pos/v1"


@dataclass
class PosServer:
    """What it holds and how it misbehaves."""

    sales: dict[str, dict[str, Any]] = field(default_factory=dict)
    backs: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Each call that changed something, by verb: a sale twice would stand here twice."""
    reading: set[str] = field(default_factory=set)
    """Sales whose card is being read: they cannot be cancelled."""
    batch_closed: bool = False
    declines: str | None = None
    off_by: int = 0
    """Fen by which the stated sum of a day is wrong."""
    misbehave: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def terms(self) -> BankPosTerms:
        """What a house here is told."""
        return BankPosTerms(f"{self.url}{_BASE}", MERCHANT, KEY, {WINDOW: MACHINE})

    def pay(self, number: str) -> None:
        """Let somebody present a card."""
        self.sales[number] |= {
            "answer": "paid",
            "reference": f"pos-{number}",
            "at": clock.now().isoformat(),
        }

    def notice(self, number: str, **edits: Any) -> tuple[dict[str, str], bytes]:
        """Return a signed notice of a sale."""
        body = json.dumps({"kind": "payment", "number": number, **self.sales[number], **edits})
        return notice_headers(KEY, "/callbacks/bank-pos", body.encode()), body.encode()

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
            case ["POST", "sales"]:
                return self._sale(body)
            case ["GET", "sales", number]:
                return self.sales.get(number, {"answer": "unknown"})
            case ["POST", "sales", number, "cancel"]:
                sale = self.sales.get(number, {"answer": "unknown"})
                if sale["answer"] == "waiting" and number not in self.reading:
                    sale["answer"] = "closed"
                return sale
            case ["POST", "sales", number, "void"]:
                if body["number"] not in self.backs and self.batch_closed:
                    return {"answer": "declined", "code": "settled"}
                return self._back("void", body["number"], number, self._sum(number))
            case ["POST", "returns"]:
                return self._back("return", body["number"], body["sale"], body["amount_fen"])
            case ["GET", "returns", number]:
                return self.backs.get(number, {"answer": "unknown"})
            case ["GET", "days", _]:
                return self._day()
        return {"answer": "nothing"}

    def _sale(self, body: dict[str, Any]) -> dict[str, Any]:
        assert (body["merchant"], body["machine"]) == (MERCHANT, MACHINE)
        if self.declines is not None:
            return {"answer": "declined", "code": self.declines}
        if body["number"] not in self.sales:
            self.asked.append("sale")
            made = {"answer": "waiting", "amount_fen": body["amount_fen"]}
            self.sales[body["number"]] = made
        sale = self.sales[body["number"]]
        return {"answer": "shown"} if sale["answer"] == "waiting" else sale

    def _back(self, verb: str, number: str, sale: str, amount_fen: int) -> dict[str, Any]:
        if number in self.backs:
            return self.backs[number]
        gone = sum(each["amount_fen"] for each in self.backs.values() if each["sale"] == sale)
        if gone + amount_fen > self._sum(sale):
            return {"answer": "declined", "code": "too_much"}
        self.asked.append(verb)
        self.backs[number] = {
            "answer": "returned",
            "sale": sale,
            "reference": f"back-{number}",
            "amount_fen": amount_fen,
            "at": clock.now().isoformat(),
        }
        return self.backs[number]

    def _sum(self, sale: str) -> int:
        paid = self.sales.get(sale, {"answer": "unknown"})
        return int(paid["amount_fen"]) if paid["answer"] == "paid" else 0

    def _day(self) -> dict[str, Any]:
        paid = {no: row for no, row in self.sales.items() if row["answer"] == "paid"}
        return {
            "answer": "day",
            "lines": [
                {"movement": movement, "number": number, "amount_fen": row["amount_fen"]}
                for movement, rows in (("received", paid), ("returned", self.backs))
                for number, row in rows.items()
            ],
            "received_fen": sum(row["amount_fen"] for row in paid.values()) + self.off_by,
            "returned_fen": sum(row["amount_fen"] for row in self.backs.values()),
        }


@contextmanager
def serving() -> Iterator[PosServer]:
    """Serve on loopback while the block runs."""
    state = PosServer()
    with loopback_server.serving(state.answer) as url:
        state.url = url
        yield state
