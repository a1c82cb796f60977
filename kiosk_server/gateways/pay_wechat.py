"""
WeChat Pay v3 Native (微信支付): one code for one order number, paid from the payer's own app.

    POST /v3/pay/transactions/native                              create -> code_url
    GET  /v3/pay/transactions/out-trade-no/NO?mchid=…             query
    POST /v3/pay/transactions/out-trade-no/NO/close               close, 204
    POST /v3/refund/domestic/refunds, GET …/refunds/NO            refund, query_refund
    GET  /v3/bill/tradebill?bill_date=…                           bill of a day

An answer is believed behind the platform's signature alone, an error's too. The same order number
with the same amount gives the same order, so that all of it may be asked again.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

from kiosk_server.core import clock
from kiosk_server.gateways import pay_rsa
from kiosk_server.gateways.pay_wechat_bill import bill_lines
from kiosk_server.gateways.pay_wechat_keys import (
    CannotOpen,
    PlatformKeys,
    authorization,
    open_resource,
)
from kiosk_server.gateways.pay_wire import LARGEST_BILL, Answered, NoAnswer, Wire, baffled, lost_for
from kiosk_server.payments.ports import (
    AnswerLost,
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
from kiosk_server.payments.rules import Channel
from kiosk_server.settings_payments import WechatPayTerms

_ASK_AGAIN = frozenset({"SYSTEM_ERROR", "SYSTEMERROR", "FREQUENCY_LIMITED", "BANKERROR"})
_UNKNOWN = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
_CLOSED = frozenset({"ORDER_CLOSED", "ORDERCLOSED"})
_PAID = frozenset({"ORDERPAID", "TRADE_STATE_ERROR"})
_NO_BILL = frozenset({"NO_STATEMENT_EXIST", "STATEMENT_CREATING"})
_TRANSACTIONS = "/v3/pay/transactions"
_REFUNDS = "/v3/refund/domestic/refunds"


class _Refused(Exception):
    """The channel says no; `str` is its code."""


class WechatPay:
    """One merchant at WeChat Pay."""

    channel = Channel.WECHAT_PAY
    simulated = False

    def __init__(self, terms: WechatPayTerms, *, wire: Wire | None = None) -> None:
        self._terms = terms
        self._key = pay_rsa.private_key(terms.private_key)
        known = {serial: pay_rsa.public_key(pem) for serial, pem in terms.platform_keys.items()}
        self._platform = PlatformKeys(known, terms.api_v3_key, self._certificates)
        self._wire = wire or Wire()

    def create(self, asked: AskedPayment) -> CreateAnswer:
        """Ask for a code; an order that was paid or closed meanwhile says so."""
        body = {
            "appid": self._terms.app_id,
            "mchid": self._terms.merchant_id,
            "description": asked.title,
            "out_trade_no": asked.number,
            "time_expire": clock.to_beijing(asked.expires_at).isoformat(timespec="seconds"),
            "notify_url": asked.notify_url,
            "amount": {"total": asked.amount_fen, "currency": "CNY"},
        }
        try:
            told = self._ask("POST", f"{_TRANSACTIONS}/native", body)
            return CodeGiven(str(told["code_url"]))
        except _Refused as refused:
            code = str(refused)
            if code in _CLOSED:
                return Dead()
            if code in _PAID:
                found = self.query(asked.number)
                return found if isinstance(found, Paid | Dead) else baffled("state")
            return Declined(code)
        except (NoAnswer, KeyError) as fault:
            return lost_for(fault)

    def query(self, number: str) -> QueryAnswer:
        """Ask how an order stands."""
        try:
            told = self._ask("GET", f"{self._order(number)}?mchid={self._terms.merchant_id}")
            return self._standing(number, told)
        except _Refused as refused:
            return NotKnown() if str(refused) in _UNKNOWN else baffled("refused")
        except (NoAnswer, KeyError, TypeError, ValueError) as fault:
            return lost_for(fault)

    def close(self, number: str) -> CloseAnswer:
        """Ask that nobody may pay an order any more; a paid one says that it was."""
        try:
            self._ask("POST", f"{self._order(number)}/close", {"mchid": self._terms.merchant_id})
        except _Refused as refused:
            return self._not_closed(number, str(refused))
        except NoAnswer as fault:
            return lost_for(fault)
        return Dead()

    def refund(self, asked: AskedRefund) -> RefundAnswer:
        """Give money back."""
        body = {
            "out_trade_no": asked.attempt,
            "out_refund_no": asked.number,
            "notify_url": asked.notify_url,
            "amount": {"refund": asked.amount_fen, "total": asked.paid_fen, "currency": "CNY"},
        }
        try:
            return _refund_told(self._ask("POST", _REFUNDS, body), "status", asked.number)
        except _Refused as refused:
            return Declined(str(refused))
        except (NoAnswer, KeyError, TypeError, ValueError) as fault:
            return lost_for(fault)

    def query_refund(self, number: str, attempt: str) -> RefundQueryAnswer:
        """Ask what became of a refund."""
        try:
            told = self._ask("GET", f"{_REFUNDS}/{quote(number)}")
            return _refund_told(told, "status", number)
        except _Refused as refused:
            return NotKnown() if str(refused) in _UNKNOWN else baffled("refused")
        except (NoAnswer, KeyError, TypeError, ValueError) as fault:
            return lost_for(fault)

    def bill(self, day: date) -> BillAnswer:
        """Fetch one day's bill; it is believed if its digest is the one that was signed."""
        try:
            told = self._ask("GET", f"/v3/bill/tradebill?bill_date={day.isoformat()}&bill_type=ALL")
            address = str(told["download_url"])
            # What we sign is for this platform: another host would collect signatures.
            if urlsplit(address).netloc != urlsplit(self._terms.address).netloc:
                return baffled("other_host")
            text = self._send("GET", address, b"", largest=LARGEST_BILL).content
            digest = hashlib.sha1(text, usedforsecurity=False).hexdigest()
            if digest != str(told["hash_value"]).lower():
                return AnswerLost("digest")
            return Bill(bill_lines(text.decode("utf-8-sig")))
        except _Refused as refused:
            return NoBillYet() if str(refused) in _NO_BILL else baffled("refused")
        except (NoAnswer, KeyError, ValueError) as fault:
            return lost_for(fault)

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Return what a notice says; its resource opens with the APIv3 key alone."""
        fault = self._platform.fault_of(headers, body)
        if fault is not None:
            return NoticeForged(fault)
        try:
            sent = json.loads(body)
            kind = str(sent["event_type"])
            told = json.loads(open_resource(self._terms.api_v3_key, sent["resource"]))
            if told["mchid"] != self._terms.merchant_id:
                return NoticeForged("merchant")
            return self._notice(kind, told)
        except (CannotOpen, KeyError, TypeError, ValueError):
            return NoticeForged("unreadable")

    def _notice(self, kind: str, told: Mapping[str, Any]) -> Notice:
        if kind == "TRANSACTION.SUCCESS":
            number = str(told["out_trade_no"])
            standing = self._standing(number, told)
            if isinstance(standing, Paid):
                return NoticeOfPayment(number, standing)
        if kind.startswith("REFUND."):
            number = str(told["out_refund_no"])
            outcome = _refund_told(told, "refund_status", number)
            if not isinstance(outcome, RefundAccepted):
                return NoticeOfRefund(number, outcome)
        return NoticeOfNothing()

    def _standing(self, number: str, told: Mapping[str, Any]) -> Paid | NotPaid | Dead:
        if (told["mchid"], told["out_trade_no"]) != (self._terms.merchant_id, number):
            raise ValueError("of another order")
        match told["trade_state"]:
            case "SUCCESS" | "REFUND":
                amount = told["amount"]
                if amount.get("currency", "CNY") != "CNY":
                    raise ValueError("another currency")
                return Paid(
                    str(told["transaction_id"]),
                    int(amount["total"]),
                    _moment(told["success_time"]),
                )
            case "CLOSED" | "REVOKED":
                return Dead()
            case _:
                return NotPaid()

    def _not_closed(self, number: str, code: str) -> CloseAnswer:
        if code in _CLOSED:
            return Dead()
        if code in _UNKNOWN:
            return NotKnown()
        found = self.query(number)
        return found if isinstance(found, Paid | Dead | NotKnown) else baffled("state")

    def _order(self, number: str) -> str:
        return f"{_TRANSACTIONS}/out-trade-no/{quote(number)}"

    def _ask(
        self, method: str, target: str, body: Mapping[str, object] | None = None
    ) -> Mapping[str, Any]:
        sent = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        answer = self._send(method, f"{self._terms.address}{target}", sent)
        fault = self._platform.fault_of(answer.headers, answer.content)
        if fault is not None:
            raise NoAnswer(fault)
        if answer.status == HTTPStatus.NO_CONTENT:
            return {}
        try:
            told = json.loads(answer.content)
        except ValueError:
            raise NoAnswer("unreadable") from None
        if not isinstance(told, dict):
            raise NoAnswer("unreadable")
        if answer.status == HTTPStatus.OK:
            return told
        code = str(told.get("code", ""))
        if not code or code in _ASK_AGAIN:
            raise NoAnswer("channel")
        raise _Refused(code)

    def _send(self, method: str, url: str, body: bytes, **terms: int) -> Answered:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {
            "Authorization": authorization(
                self._key,
                merchant=self._terms.merchant_id,
                serial=self._terms.serial,
                method=method,
                target=target,
                body=body,
            ),
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": "city-self-service",
        }
        return self._wire.ask(method, url, headers=headers, body=body, **terms)

    def _certificates(self) -> tuple[Mapping[str, str], bytes] | None:
        try:
            answer = self._send("GET", f"{self._terms.address}/v3/certificates", b"")
        except NoAnswer:
            return None
        return (answer.headers, answer.content) if answer.status == HTTPStatus.OK else None


def _refund_told(
    told: Mapping[str, Any], state: str, number: str
) -> RefundDone | RefundAccepted | Declined:
    if told["out_refund_no"] != number:
        raise ValueError("of another refund")
    match told[state]:
        case "SUCCESS":
            return RefundDone(
                str(told["refund_id"]),
                int(told["amount"]["refund"]),
                _moment(told["success_time"]),
            )
        case "PROCESSING":
            return RefundAccepted()
        case other:
            return Declined(str(other))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    return moment
