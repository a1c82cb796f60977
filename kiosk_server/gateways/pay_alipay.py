"""
Alipay precreate (支付宝当面付, 扫码支付): one code for one order number.

    alipay.trade.precreate / query / close          create, query, close
    alipay.trade.refund / fastpay.refund.query      refund, query_refund
    alipay.data.dataservice.bill.downloadurl.query  bill of a day

Everything is a POST to one gateway, signed with RSA2. An answer is believed behind Alipay's
signature over the very characters of its node. Until a payer scans the code Alipay knows no trade:
it is then neither found nor closed, and money that comes all the same goes back.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from kiosk_server.core import clock
from kiosk_server.gateways import pay_rsa
from kiosk_server.gateways.pay_alipay_bill import bill_lines
from kiosk_server.gateways.pay_wire import LARGEST_BILL, NoAnswer, Wire, baffled, lost_for
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
    NotKnown,
    NotPaid,
    Paid,
    QueryAnswer,
    RefundAnswer,
    RefundDone,
    RefundQueryAnswer,
)
from kiosk_server.payments.rules import Channel, as_fen, as_yuan
from kiosk_server.settings_payments import AlipayTerms

_OK, _NOT_AVAILABLE = "10000", "20000"
_ASK_AGAIN = frozenset({"ACQ.SYSTEM_ERROR", "AOP.SYSTEM_ERROR", "ISP.UNKNOW-ERROR"})
_UNKNOWN = "ACQ.TRADE_NOT_EXIST"
_NO_BILL = frozenset({"ISP.BILL_NOT_EXIST", "BILL_NOT_EXIST"})
_MOMENT = "%Y-%m-%d %H:%M:%S"
_BILL_HOSTS = ".alipay.com"


class _Refused(Exception):
    """Alipay says no; `str` is its sub code."""


class Alipay:
    """One application at Alipay."""

    channel = Channel.ALIPAY
    simulated = False

    def __init__(self, terms: AlipayTerms, *, wire: Wire | None = None) -> None:
        self._terms = terms
        self._key = pay_rsa.private_key(terms.private_key)
        self._theirs = pay_rsa.public_key(terms.alipay_key)
        self._wire = wire or Wire()

    def create(self, asked: AskedPayment) -> CreateAnswer:
        """Ask for a code."""
        content = {
            "out_trade_no": asked.number,
            "total_amount": as_yuan(asked.amount_fen),
            "subject": asked.title,
            "time_expire": clock.to_beijing(asked.expires_at).strftime(_MOMENT),
        }
        try:
            told = self._ask("alipay.trade.precreate", content, notify_url=asked.notify_url)
            _require_same(told, asked.number)
            return CodeGiven(str(told["qr_code"]))
        except _Refused as refused:
            return self._not_created(asked.number, str(refused))
        except (NoAnswer, KeyError, ValueError) as fault:
            return lost_for(fault)

    def query(self, number: str) -> QueryAnswer:
        """Ask how an order stands."""
        try:
            told = self._ask("alipay.trade.query", {"out_trade_no": number})
            _require_same(told, number)
            return _standing(told, paid_at="send_pay_date")
        except _Refused as refused:
            return NotKnown() if str(refused) == _UNKNOWN else baffled("refused")
        except (NoAnswer, KeyError, ValueError) as fault:
            return lost_for(fault)

    def close(self, number: str) -> CloseAnswer:
        """Ask that nobody may pay an order any more; a paid one says that it was."""
        try:
            _require_same(self._ask("alipay.trade.close", {"out_trade_no": number}), number)
        except _Refused as refused:
            if str(refused) == _UNKNOWN:
                return NotKnown()
            found = self.query(number)
            return found if isinstance(found, Paid | Dead | NotKnown) else baffled("state")
        except (NoAnswer, KeyError, ValueError) as fault:
            return lost_for(fault)
        return Dead()

    def refund(self, asked: AskedRefund) -> RefundAnswer:
        """Give money back; done by then, as Alipay does it at once."""
        content = {
            "out_trade_no": asked.attempt,
            "out_request_no": asked.number,
            "refund_amount": as_yuan(asked.amount_fen),
        }
        try:
            told = self._ask("alipay.trade.refund", content)
            _require_same(told, asked.attempt)
        except _Refused as refused:
            return Declined(str(refused))
        except (NoAnswer, KeyError, ValueError) as fault:
            return lost_for(fault)
        # `refund_fee` there is the sum of all refunds: what this one came to stands in the query.
        found = self.query_refund(asked.number, asked.attempt)
        return AnswerLost("not_yet") if isinstance(found, NotKnown) else found

    def query_refund(self, number: str, attempt: str) -> RefundQueryAnswer:
        """Ask what became of a refund; Alipay answers an unknown one without a status."""
        content = {
            "out_trade_no": attempt,
            "out_request_no": number,
            "query_options": ["gmt_refund_pay"],
        }
        try:
            told = self._ask("alipay.trade.fastpay.refund.query", content)
            if told.get("refund_status") != "REFUND_SUCCESS":
                return NotKnown()
            _require_same(told, attempt)
            if told["out_request_no"] != number:
                return baffled("other_refund")
            return RefundDone(
                f"{told['trade_no']}:{number}",
                as_fen(str(told["refund_amount"])),
                _moment(str(told["gmt_refund_pay"])),
            )
        except _Refused as refused:
            return NotKnown() if str(refused) == _UNKNOWN else baffled("refused")
        except (NoAnswer, KeyError, ValueError) as fault:
            return lost_for(fault)

    def bill(self, day: date) -> BillAnswer:
        """Fetch one day's bill, from Alipay's own hosts alone."""
        content = {"bill_type": "trade", "bill_date": day.isoformat()}
        try:
            told = self._ask("alipay.data.dataservice.bill.downloadurl.query", content)
            address = str(told["bill_download_url"])
            if not self._is_theirs(address):
                return baffled("other_host")
            packed = self._wire.ask("GET", address, headers={}, largest=LARGEST_BILL)
            if packed.status != HTTPStatus.OK:
                return AnswerLost(f"http_{packed.status}")
            return Bill(bill_lines(packed.content))
        except _Refused as refused:
            return NoBillYet() if str(refused).upper() in _NO_BILL else baffled("refused")
        except (NoAnswer, KeyError, ValueError) as fault:
            return lost_for(fault)

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Return what a notice says: signature first, then whose application, then what."""
        try:
            sent = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        except ValueError:
            return NoticeForged("unreadable")
        signature = sent.pop("sign", "")
        if sent.pop("sign_type", "") != "RSA2" or not signature:
            return NoticeForged("unsigned")
        if not pay_rsa.holds(self._theirs, to_be_signed(sent), signature):
            return NoticeForged("signature")
        if sent.get("app_id") != self._terms.app_id:
            return NoticeForged("application")
        # A refund is told by a notice of its trade, with the number of the refund in it.
        if "refund_fee" in sent or "out_biz_no" in sent:
            return NoticeOfNothing()
        try:
            standing = _standing(sent, paid_at="gmt_payment")
            if isinstance(standing, Paid):
                return NoticeOfPayment(sent["out_trade_no"], standing)
        except (KeyError, ValueError):
            return NoticeForged("unreadable")
        return NoticeOfNothing()

    def _not_created(self, number: str, code: str) -> CreateAnswer:
        if code in ("ACQ.TRADE_HAS_SUCCESS", "ACQ.TRADE_HAS_CLOSE"):
            found = self.query(number)
            return found if isinstance(found, Paid | Dead) else baffled("state")
        return Declined(code)

    def _ask(
        self, method: str, content: Mapping[str, object], *, notify_url: str | None = None
    ) -> Mapping[str, Any]:
        sent = {
            "app_id": self._terms.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": clock.to_beijing(clock.now()).strftime(_MOMENT),
            "version": "1.0",
            "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        }
        if notify_url is not None:
            sent["notify_url"] = notify_url
        sent["sign"] = pay_rsa.sign(self._key, to_be_signed(sent))
        answer = self._wire.ask(
            "POST",
            f"{self._terms.address}?charset=utf-8",
            headers={"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
            body=urlencode(sent).encode(),
        )
        if answer.status != HTTPStatus.OK:
            raise NoAnswer(f"http_{answer.status}")
        return self._believed(method, answer.content)

    def _believed(self, method: str, content: bytes) -> Mapping[str, Any]:
        node, signature = signed_node(content, f"{method.replace('.', '_')}_response")
        if not pay_rsa.holds(self._theirs, node.encode(), signature):
            raise NoAnswer("signature")
        told: Mapping[str, Any] = json.loads(node)
        if told.get("code") == _OK:
            return told
        code = str(told.get("sub_code") or told.get("code") or "")
        if not code or told.get("code") == _NOT_AVAILABLE or code.upper() in _ASK_AGAIN:
            raise NoAnswer("channel")
        raise _Refused(code)

    def _is_theirs(self, address: str) -> bool:
        parts, ours = urlsplit(address), urlsplit(self._terms.address)
        if parts.netloc == ours.netloc:
            return True
        # Their bills lie beside the gateway, on hosts whose addresses are http in part.
        return parts.scheme in ("http", "https") and (parts.hostname or "").endswith(_BILL_HOSTS)


def to_be_signed(sent: Mapping[str, str]) -> bytes:
    """Return what Alipay signs of parameters: sorted by name, those without a value left out."""
    return "&".join(f"{name}={sent[name]}" for name in sorted(sent) if sent[name]).encode()


def signed_node(content: bytes, name: str) -> tuple[str, str]:
    """Return the node *name* of an answer, character by character, and the signature over it.

    Raises `NoAnswer`: what was signed is the text, and a parsed copy would be another one.
    """
    try:
        text = content.decode()
        told = json.loads(text)
        signature = str(told["sign"])
        start = text.index("{", text.index(f'"{name}"') + len(name) + 2)
        _, end = json.JSONDecoder().raw_decode(text, start)
    except (KeyError, TypeError, ValueError):
        raise NoAnswer("unsigned") from None
    return text[start:end], signature


def _standing(told: Mapping[str, Any], *, paid_at: str) -> Paid | NotPaid | Dead:
    match told["trade_status"]:
        case "TRADE_SUCCESS" | "TRADE_FINISHED":
            return Paid(
                str(told["trade_no"]), as_fen(str(told["total_amount"])), _moment(told[paid_at])
            )
        case "TRADE_CLOSED":
            return Dead()
        case _:
            return NotPaid()


def _require_same(told: Mapping[str, Any], number: str) -> None:
    if told["out_trade_no"] != number:
        raise ValueError("of another order")


def _moment(text: str) -> datetime:
    """Return a moment that Alipay writes in Beijing time."""
    return datetime.strptime(text[:19], _MOMENT).replace(tzinfo=clock.BEIJING)
