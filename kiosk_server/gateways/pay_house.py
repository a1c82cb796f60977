"""
Asking for money by the house's own contract: JSON, signed both ways, until a partner has one.

`{"answer": …}` says `waiting`, `closed`, `unknown`, `paid` and `returned` with `reference`,
`amount_fen` and `at`, `accepted`, or `declined` with `code`. See `region_signature.py` for how
both sides sign.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from kiosk_server.gateways import region_signature as signature
from kiosk_server.gateways.pay_wire import NoAnswer, Wire
from kiosk_server.payments.ports import (
    Dead,
    Declined,
    Notice,
    NoticeForged,
    NoticeOfNothing,
    NoticeOfPayment,
    NoticeOfRefund,
    NotKnown,
    NotPaid,
    Paid,
    RefundAccepted,
    RefundDone,
)
from kiosk_server.payments.rules import Moved, Movement

FAULTS = (NoAnswer, KeyError, TypeError, ValueError)
"""What goes wrong where an answer is asked for and read."""


class HouseLine:
    """One partner at *address*, with the key that both sides hold."""

    def __init__(self, address: str, key: bytes, wire: Wire) -> None:
        self._address = address
        self._path = urlsplit(address).path
        self._key = key
        self._wire = wire

    def ask(
        self, method: str, path: str, body: Mapping[str, object] | None = None, **terms: int
    ) -> Mapping[str, Any]:
        """Return what the partner answers; raises `NoAnswer`, or `ValueError` for no JSON."""
        sent = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = signature.signed_headers(
            self._key, method=method, path=self._path + path, body=sent
        )
        answer = self._wire.ask(
            method, f"{self._address}{path}", headers=headers, body=sent, **terms
        )
        try:
            told = signature.believed(
                self._key,
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

    def read_notice(self, path: str, headers: Mapping[str, str], body: bytes) -> Notice:
        """Return what a notice says that came to *path*; header names in lower case."""
        fault = signature.fault_of_call(
            self._key, method="POST", path=path, headers=headers, body=body
        )
        if fault is not None:
            return NoticeForged(fault)
        try:
            told = json.loads(body)
            number = str(told["number"])
            if told["kind"] == "refund":
                outcome = refund_told(told)
                if isinstance(outcome, RefundDone | Declined):
                    return NoticeOfRefund(number, outcome)
                return NoticeOfNothing()
            standing = standing_told(told)
        except (KeyError, TypeError, ValueError):
            return NoticeForged("unreadable")
        return (
            NoticeOfPayment(number, standing) if isinstance(standing, Paid) else NoticeOfNothing()
        )


def standing_told(told: Mapping[str, Any]) -> Paid | NotPaid | Dead | NotKnown:
    """Return how a payment stands; raises `KeyError` and `ValueError` for what makes no sense."""
    match told["answer"]:
        case "paid":
            return Paid(str(told["reference"]), int(told["amount_fen"]), _moment(told["at"]))
        case "waiting":
            return NotPaid()
        case "closed":
            return Dead()
        case "unknown":
            return NotKnown()
        case _:
            raise ValueError("no such answer")


def refund_told(
    told: Mapping[str, Any],
) -> RefundDone | RefundAccepted | Declined | NotKnown:
    """Return how a refund stands; raises `KeyError` and `ValueError` for what makes no sense."""
    match told["answer"]:
        case "returned":
            return RefundDone(str(told["reference"]), int(told["amount_fen"]), _moment(told["at"]))
        case "accepted":
            return RefundAccepted()
        case "declined":
            return Declined(str(told["code"]))
        case "unknown":
            return NotKnown()
        case _:
            raise ValueError("no such answer")


def lines_told(told: Mapping[str, Any]) -> tuple[Moved, ...]:
    """Return the movements of a day's bill; raises `KeyError` and `ValueError`."""
    return tuple(
        Moved(Movement(line["movement"]), str(line["number"]), int(line["amount_fen"]))
        for line in told["lines"]
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    return moment
