"""
The treasury's billing system (财政电子票据), by our own contract: nobody publishes the region's.

    POST BASE/bills           {number, unit, payer, amount_fen, lines, paid_at, receipt}
    POST BASE/red-bills       {number, unit, of_code, of_number, amount_fen, reason}
    GET  BASE/bills/NUMBER    either of them, by our number

A line is `{code, name, basis, unit_fen, quantity}`; amounts are fen. The answer is
`{"answer": "issued", "code", "number", "check_code", "address"?, "amount_fen", "at"}`,
`{"answer": "refused", "code"}`, and for a number that it never heard `{"answer": "none"}`. A number
is the key: sent twice, it is one bill. A red bill takes back a part of its blue one or all of it,
and together they take back no more than there was. Both sides sign as for records
(`region_signature.py`).
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import structlog

from kiosk_server.fiscal.ports import (
    AnswerLost,
    AskAnswer,
    AskedBill,
    AskedRed,
    IssueAnswer,
    Issued,
    NotIssued,
    WouldNot,
)
from kiosk_server.gateways.pay_house import FAULTS, HouseLine
from kiosk_server.gateways.pay_wire import NoAnswer, Wire
from kiosk_server.settings_payments import FiscalTerms

_LONGEST = 20
_LONGEST_ADDRESS = 300
log = structlog.get_logger()


class TreasuryOverHttp:
    """The treasury's system, with the key that both sides hold."""

    simulated = False

    def __init__(self, terms: FiscalTerms, *, wire: Wire | None = None) -> None:
        self._unit = terms.unit
        self._line = HouseLine(terms.address, terms.key, wire or Wire())

    def issue(self, asked: AskedBill) -> IssueAnswer:
        """Ask for a blue bill."""
        told = asdict(asked) | {"paid_at": asked.paid_at.isoformat(), "unit": self._unit}
        return self._made("/bills", told)

    def red(self, asked: AskedRed) -> IssueAnswer:
        """Ask for a red bill."""
        return self._made("/red-bills", asdict(asked) | {"unit": self._unit})

    def ask(self, number: str) -> AskAnswer:
        """Ask what became of a bill."""
        try:
            return _told(self._line.ask("GET", f"/bills/{quote(number)}"))
        except FAULTS as fault:
            return _lost(fault)

    def _made(self, path: str, told: Mapping[str, object]) -> IssueAnswer:
        try:
            answer = _told(self._line.ask("POST", path, told))
        except FAULTS as fault:
            return _lost(fault)
        return AnswerLost("unreadable") if isinstance(answer, NotIssued) else answer


def _told(told: Mapping[str, Any]) -> Issued | WouldNot | NotIssued:
    match told["answer"]:
        case "issued":
            return Issued(
                _short(told["code"]),
                _short(told["number"]),
                _short(told["check_code"]),
                _address(told.get("address")),
                int(told["amount_fen"]),
                _moment(told["at"]),
            )
        case "refused":
            return WouldNot(str(told["code"]))
        case "none":
            return NotIssued()
        case _:
            raise ValueError("no such answer")


def _short(value: object) -> str:
    text = str(value)
    if not 0 < len(text) <= _LONGEST or not text.isalnum():
        raise ValueError("no number of a bill")
    return text


def _address(value: object) -> str | None:
    """Return an address that may stand as a link; what is none is left out, the bill stays."""
    text = str(value or "")
    parts = urlsplit(text)
    safe = parts.scheme == "https" and parts.hostname and len(text) <= _LONGEST_ADDRESS
    return text if safe else None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    return moment


def _lost(fault: Exception) -> AnswerLost:
    why = str(fault) if isinstance(fault, NoAnswer) else "unreadable"
    log.warning("fiscal_answer_lost", why=why)
    return AnswerLost(why)
