"""
A biller's partner over HTTP (收费单位), by our own contract until theirs is known.

    POST BASE/questions                 {"biller", "account"}
    POST BASE/write-offs                {"number", "biller", "account", "bill", "amount_fen",
                                        "paid_at", "unit"}
    GET  BASE/write-offs/NUMBER         POST BASE/write-offs/NUMBER/reverse   {}

Answers to a question: `{"answer": "owed", "holder", "bills": [{"number", "period", "amount_fen",
"due_on"}]}`, `unknown_account`, `{"asleep", "until"}`. To the others: `{"booked", "reference"}`,
`{"refused", "code"}`, `pending`, `unknown`, `reversed`, `{"kept", "reference"}`. A number that was
refused or reversed is never booked afterwards, one that was kept is never reversed. Both sides sign
as for records (`gateways/region_signature.py`); a POST that is sent twice is one.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from urllib.parse import quote

from kiosk_server.bills.ports import (
    AnswerLost,
    AskedBooking,
    Asleep,
    Booked,
    BookingAnswer,
    Kept,
    NotKnown,
    Owed,
    OwedBill,
    Pending,
    QueryAnswer,
    ReversalAnswer,
    Reversed,
    StandingAnswer,
    TurnedDown,
    UnknownAccount,
)
from kiosk_server.gateways.signed_line import SignedLine
from kiosk_server.payments.rules import LARGEST_ORDER_FEN
from kiosk_server.settings_billers import BillerTerms

_MOST_BILLS = 200
_WHILE_SOMEBODY_WAITS = 2
_LONGEST_HOLDER, _LONGEST_PERIOD, _LONGEST_NUMBER = 60, 40, 64
Read = TypeVar("Read")


class HttpBiller:
    """One partner, with the key that both sides hold."""

    simulated = False

    def __init__(self, terms: BillerTerms, *, timeout_seconds: float = 5.0) -> None:
        self._unit = terms.unit
        self._line = SignedLine(
            terms.address, terms.key, event="biller_no_answer", timeout_seconds=timeout_seconds
        )

    def query(self, biller: str, account: str) -> QueryAnswer:
        """Ask what an account owes."""
        body = {"biller": biller, "account": account}
        return self._asked(
            _owed, "question", "POST", "/questions", body, tries=_WHILE_SOMEBODY_WAITS
        )

    def write_off(self, asked: AskedBooking) -> BookingAnswer:
        """Ask to book a payment."""
        body = {
            "number": asked.number,
            "biller": asked.biller,
            "account": asked.account,
            "bill": asked.bill,
            "amount_fen": asked.amount_fen,
            "paid_at": asked.paid_at.isoformat(),
            "unit": self._unit,
        }
        return self._asked(_booking, "write_off", "POST", "/write-offs", body)

    def ask_write_off(self, number: str) -> StandingAnswer:
        """Ask how a payment stands."""
        return self._asked(_standing, "standing", "GET", f"/write-offs/{quote(number)}", None)

    def reverse(self, number: str) -> ReversalAnswer:
        """Ask to undo a payment."""
        path = f"/write-offs/{quote(number)}/reverse"
        return self._asked(_reversal, "reversal", "POST", path, {})

    def _asked(
        self,
        read: Callable[[Mapping[str, Any]], Read],
        about: str,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        *,
        tries: int = 1,
    ) -> Read | AnswerLost:
        told = self._line.ask(about, method, path, body, tries=tries)
        if told is None:
            return AnswerLost("no_answer")
        try:
            return read(told)
        except (KeyError, TypeError, ValueError):
            return AnswerLost("unreadable", baffling=True)


def _owed(told: Mapping[str, Any]) -> Owed | UnknownAccount | Asleep:
    match told["answer"]:
        case "owed":
            bills = tuple(_owed_bill(each) for each in told["bills"])
            if len(bills) > _MOST_BILLS or len({bill.number for bill in bills}) != len(bills):
                raise ValueError("bills")
            return Owed(_text(told["holder"], _LONGEST_HOLDER), bills)
        case "unknown_account":
            return UnknownAccount()
        case "asleep":
            return Asleep(_moment(told["until"]))
        case _:
            raise ValueError("no such answer")


def _owed_bill(told: Mapping[str, Any]) -> OwedBill:
    amount = told["amount_fen"]
    if type(amount) is not int or not 0 < amount <= LARGEST_ORDER_FEN:
        raise ValueError("amount")
    due_on = told.get("due_on")
    return OwedBill(
        _text(told["number"], _LONGEST_NUMBER),
        _text(told["period"], _LONGEST_PERIOD),
        amount,
        date.fromisoformat(due_on) if due_on is not None else None,
    )


def _booking(told: Mapping[str, Any]) -> Booked | TurnedDown | Pending | Reversed:
    match told["answer"]:
        case "booked":
            return Booked(_text(told["reference"], _LONGEST_NUMBER))
        case "refused":
            return TurnedDown(_text(told["code"], _LONGEST_NUMBER))
        case "pending":
            return Pending()
        case "reversed":
            return Reversed()
        case _:
            raise ValueError("no such answer")


def _standing(told: Mapping[str, Any]) -> Booked | TurnedDown | Pending | Reversed | NotKnown:
    return NotKnown() if told["answer"] == "unknown" else _booking(told)


def _reversal(told: Mapping[str, Any]) -> Reversed | TurnedDown | Kept:
    match told["answer"]:
        case "reversed":
            return Reversed()
        case "refused":
            return TurnedDown(_text(told["code"], _LONGEST_NUMBER))
        case "kept":
            return Kept(_text(told["reference"], _LONGEST_NUMBER))
        case _:
            raise ValueError("no such answer")


def _text(told: object, longest: int) -> str:
    if not isinstance(told, str) or not 0 < len(told.strip()) <= longest:
        raise ValueError("text")
    return told.strip()


def _moment(told: str) -> datetime:
    moment = datetime.fromisoformat(told)
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    return moment
