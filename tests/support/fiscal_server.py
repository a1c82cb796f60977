"""
The treasury's billing system on loopback, by the house's contract: checks and signs with one key,
keeps one bill a number, and lets red bills take back no more than there was.

`misbehave` is taken from the front: `lost`, `500` and `forged` do what was asked all the same;
`refuse`, `senseless` and `unsafe` do not, or tell it wrongly.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kiosk_server.core import clock
from kiosk_server.settings_payments import FiscalTerms
from tests.support import loopback_server
from tests.support.loopback_server import Drop, Heard, Said
from tests.support.signed_partner import believe, signed

KEY, UNIT = b"fiscal-bill-key-of-these-tests-1", "653001"
CODE = "65060126"
_BASE = "/fiscal/v1"


@dataclass
class FiscalServer:
    """What it has issued, what it was asked, how it misbehaves."""

    bills: dict[str, dict[str, Any]] = field(default_factory=dict)
    taken_back: dict[str, int] = field(default_factory=dict)
    """By the blue bill's own number, what red ones took back."""
    asked: list[str] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    misbehave: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def terms(self) -> FiscalTerms:
        """What a unit here is told."""
        return FiscalTerms(f"{self.url}{_BASE}", UNIT, KEY)

    def answer(self, heard: Heard) -> Said:
        """Check, do, sign."""
        believe(KEY, heard)
        wrong = self.misbehave.pop(0) if self.misbehave else ""
        if wrong == "refuse":
            told: dict[str, Any] = {"answer": "refused", "code": "unit_not_open"}
        else:
            told = self._do(heard.method, heard.target.removeprefix(_BASE), heard.body)
        if wrong == "senseless":
            told = {"answer": "perhaps"}
        if wrong == "unsafe":
            told = told | {"address": "javascript:alert(1)"}
        if wrong == "lost":
            raise Drop
        return signed(
            KEY, heard, told, status=500 if wrong == "500" else 200, forged=wrong == "forged"
        )

    def _do(self, method: str, path: str, sent: bytes) -> dict[str, Any]:
        body = json.loads(sent) if sent else {}
        match [method, *path.strip("/").split("/")]:
            case ["POST", "bills"]:
                self.asked.append("issue")
                self.told.append(body)
                assert body["unit"] == UNIT
                assert (
                    sum(row["unit_fen"] * row["quantity"] for row in body["lines"])
                    == (body["amount_fen"])
                )
                return self._issued(body["number"], body["amount_fen"])
            case ["POST", "red-bills"]:
                self.asked.append("red")
                self.told.append(body)
                return self._red(body)
            case ["GET", "bills", number]:
                self.asked.append("ask")
                return self.bills.get(number, {"answer": "none"})
        return {"answer": "nothing"}

    def _red(self, body: dict[str, Any]) -> dict[str, Any]:
        if body["number"] in self.bills:
            return self.bills[body["number"]]
        of = [row for row in self.bills.values() if row["number"] == body["of_number"]]
        gone = self.taken_back.get(body["of_number"], 0) + body["amount_fen"]
        if not of or gone > of[0]["amount_fen"]:
            return {"answer": "refused", "code": "too_much"}
        self.taken_back[body["of_number"]] = gone
        return self._issued(body["number"], body["amount_fen"])

    def _issued(self, number: str, amount_fen: int) -> dict[str, Any]:
        made = {
            "answer": "issued",
            "code": CODE,
            "number": f"{len(self.bills) + 1:010}",
            "check_code": "a1b2c3",
            "address": f"https://bills.example/{number}",
            "amount_fen": amount_fen,
            "at": clock.now().isoformat(),
        }
        return self.bills.setdefault(number, made)


@contextmanager
def serving() -> Iterator[FiscalServer]:
    """Serve on loopback while the block runs."""
    state = FiscalServer()
    with loopback_server.serving(state.answer) as url:
        state.url = url
        yield state
