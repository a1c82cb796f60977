"""
The region's public payment (统一公共支付平台, 缴款码), by our own contract until theirs is known.

    POST BASE/payment-codes           {number, amount_fen, title, expires_at, notify_url, unit}
    GET  BASE/payment-codes/NUMBER    POST BASE/payment-codes/NUMBER/close
    POST BASE/refunds                 GET  BASE/refunds/NUMBER
    GET  BASE/bills/DAY

Answers are `{"answer": "code", "code"}`, `waiting`, `closed`, `unknown`, `{"paid", "reference",
"amount_fen", "at"}`, `{"returned", …}`, `accepted`, `{"declined", "code"}`, `{"bill", "lines"}`,
`not_yet`. Both sides sign as for records (`gateways/region_signature.py`), notices too.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

from kiosk_server.gateways import region_signature as signature
from kiosk_server.gateways.pay_wire import LARGEST_BILL, NoAnswer, Wire, baffled, lost_for
from kiosk_server.payments.ports import (
    AskedPayment,
    AskedRefund,
    Bill,
    BillAnswer,
    CloseAnswer,
    CodeGiven,
    CreateAnswer,
    Dead,
    Declined,
    NoBillYet,
    Notice,
    NoticeForged,
    NoticeOfNothing,
    NoticeOfPayment,
    NoticeOfRefund,
    NotKnown,
    NotPaid,
    Paid,
    QueryAnswer,
    RefundAccepted,
    RefundAnswer,
    RefundDone,
    RefundQueryAnswer,
)
from kiosk_server.payments.rules import Channel, Moved, Movement
from kiosk_server.settings_payments import PublicPaymentTerms

CALLBACK_PATH = "/callbacks/public-payment"
"""What a notice signs as its path, whatever stands before it."""
_FAULTS = (NoAnswer, KeyError, TypeError, ValueError)


class PublicPayment:
    """The region's platform, with the key that both sides hold."""

    channel = Channel.PUBLIC_PAYMENT
    simulated = False

    def __init__(self, terms: PublicPaymentTerms, *, wire: Wire | None = None) -> None:
        self._terms = terms
        self._path = urlsplit(terms.address).path
        self._wire = wire or Wire()

    def create(self, asked: AskedPayment) -> CreateAnswer:
        """Ask for 缴款码."""
        body = {
            "number": asked.number,
            "amount_fen": asked.amount_fen,
            "title": asked.title,
            "expires_at": asked.expires_at.isoformat(),
            "notify_url": asked.notify_url,
            "unit": self._terms.unit,
        }
        try:
            told = self._ask("POST", "/payment-codes", body)
            if told["answer"] == "code":
                return CodeGiven(str(told["code"]))
            if told["answer"] == "declined":
                return Declined(str(told["code"]))
            standing = _standing(told)
            return standing if isinstance(standing, Paid | Dead) else baffled("unreadable")
        except _FAULTS as fault:
            return lost_for(fault)

    def query(self, number: str) -> QueryAnswer:
        """Ask how an order stands."""
        try:
            return _standing(self._ask("GET", f"/payment-codes/{quote(number)}"))
        except _FAULTS as fault:
            return lost_for(fault)

    def close(self, number: str) -> CloseAnswer:
        """Ask that nobody may pay an order any more."""
        try:
            standing = _standing(self._ask("POST", f"/payment-codes/{quote(number)}/close", {}))
        except _FAULTS as fault:
            return lost_for(fault)
        return baffled("still_open") if isinstance(standing, NotPaid) else standing

    def refund(self, asked: AskedRefund) -> RefundAnswer:
        """Give money back."""
        body = {
            "number": asked.number,
            "payment": asked.attempt,
            "amount_fen": asked.amount_fen,
            "notify_url": asked.notify_url,
        }
        try:
            found = _refund_told(self._ask("POST", "/refunds", body))
        except _FAULTS as fault:
            return lost_for(fault)
        return baffled("unknown") if isinstance(found, NotKnown) else found

    def query_refund(self, number: str, attempt: str) -> RefundQueryAnswer:
        """Ask what became of a refund."""
        try:
            return _refund_told(self._ask("GET", f"/refunds/{quote(number)}"))
        except _FAULTS as fault:
            return lost_for(fault)

    def bill(self, day: date) -> BillAnswer:
        """Fetch one day's bill."""
        try:
            told = self._ask("GET", f"/bills/{day.isoformat()}", largest=LARGEST_BILL)
            if told["answer"] != "bill":
                return NoBillYet()
            return Bill(
                tuple(
                    Moved(Movement(line["movement"]), str(line["number"]), int(line["amount_fen"]))
                    for line in told["lines"]
                )
            )
        except _FAULTS as fault:
            return lost_for(fault)

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Return what a notice says."""
        fault = signature.fault_of_call(
            self._terms.key, method="POST", path=CALLBACK_PATH, headers=headers, body=body
        )
        if fault is not None:
            return NoticeForged(fault)
        try:
            told = json.loads(body)
            number = str(told["number"])
            if told["kind"] == "refund":
                outcome = _refund_told(told)
                if isinstance(outcome, RefundDone | Declined):
                    return NoticeOfRefund(number, outcome)
                return NoticeOfNothing()
            standing = _standing(told)
        except (KeyError, TypeError, ValueError):
            return NoticeForged("unreadable")
        return (
            NoticeOfPayment(number, standing) if isinstance(standing, Paid) else (NoticeOfNothing())
        )

    def _ask(
        self, method: str, path: str, body: Mapping[str, object] | None = None, **terms: int
    ) -> Mapping[str, Any]:
        sent = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = signature.signed_headers(
            self._terms.key, method=method, path=self._path + path, body=sent
        )
        answer = self._wire.ask(
            method, f"{self._terms.address}{path}", headers=headers, body=sent, **terms
        )
        try:
            told = signature.believed(
                self._terms.key,
                nonce=headers[signature.NONCE],
                status=answer.status,
                headers=answer.headers,
                content=answer.content,
            )
        except signature.Unreadable:
            raise ValueError("unreadable") from None
        except signature.NotBelieved as fault:
            raise NoAnswer(str(fault)) from None
        if answer.status != HTTPStatus.OK:
            raise NoAnswer(f"http_{answer.status}")
        return told


def _standing(told: Mapping[str, Any]) -> Paid | NotPaid | Dead | NotKnown:
    match told["answer"]:
        case "paid":
            return Paid(
                str(told["reference"]),
                int(told["amount_fen"]),
                _moment(told["at"]),
            )
        case "waiting":
            return NotPaid()
        case "closed":
            return Dead()
        case "unknown":
            return NotKnown()
        case _:
            raise ValueError("no such answer")


def _refund_told(
    told: Mapping[str, Any],
) -> RefundDone | RefundAccepted | Declined | NotKnown:
    match told["answer"]:
        case "returned":
            return RefundDone(
                str(told["reference"]),
                int(told["amount_fen"]),
                _moment(told["at"]),
            )
        case "accepted":
            return RefundAccepted()
        case "declined":
            return Declined(str(told["code"]))
        case "unknown":
            return NotKnown()
        case _:
            raise ValueError("no such answer")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    return moment
