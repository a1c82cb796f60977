"""
WeChat Pay v3 on loopback: checks the merchant's signature, signs what it says, keeps the truth.

`misbehave` is taken from the front, one word a request: what was asked is done all the same where
the word is `lost`, `500`, `unsigned`, `forged` or `stale`; `hang` and `down` do nothing.
"""

import base64
import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from kiosk_server.core import clock
from kiosk_server.settings_payments import WechatPayTerms
from tests.support import loopback_server
from tests.support.loopback_server import Drop, Heard, Said
from tests.support.pay_keys import key, private_pem, public_pem

APP, MERCHANT, SERIAL = "wx-app-of-the-test", "1900000001", "5157F09EFDC096DE15EBE81A47057A72"
API_KEY = b"an-apiv3-key-of-this-test-alone!"
PLATFORM_KEY_ID = "PUB_KEY_ID_0119000000012026"
_AUTHORIZATION = re.compile(r'(\w+)="([^"]*)"')
_SLOW_SECONDS = 0.4


def _now() -> str:
    return clock.to_beijing(clock.now()).isoformat(timespec="seconds")


@dataclass
class WechatPayServer:
    """What it holds, what it was asked, how it misbehaves."""

    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    misbehave: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    payments: Iterator[int] = field(default_factory=count)
    refund_state: str = "SUCCESS"
    bill_missing: bool = False
    by_certificate: bool = False
    url: str = ""

    @property
    def terms(self) -> WechatPayTerms:
        """What a merchant here is told."""
        keys = {} if self.by_certificate else {PLATFORM_KEY_ID: public_pem("wechat-platform")}
        return WechatPayTerms(
            self.url, APP, MERCHANT, SERIAL, private_pem("wechat-merchant"), API_KEY, keys
        )

    def pay(self, number: str, *, amount_fen: int | None = None) -> None:
        """Let somebody pay an order."""
        order = self.orders[number]
        assert order["trade_state"] == "NOTPAY", order["trade_state"]
        order |= {
            "trade_state": "SUCCESS",
            "transaction_id": f"42000{next(self.payments):027}",
            "success_time": _now(),
        }
        if amount_fen is not None:
            order["amount"] = {"total": amount_fen, "currency": "CNY"}

    def notice(self, number: str, **edits: Any) -> tuple[dict[str, str], bytes]:
        """Return a signed notice of a payment: headers and body."""
        told = {name: value for name, value in self.orders[number].items() if name != "code_url"}
        return self._notice("TRANSACTION.SUCCESS", told | edits)

    def refund_notice(self, number: str) -> tuple[dict[str, str], bytes]:
        """Return a signed notice of a refund."""
        told = dict(self.refunds[number])
        told["refund_status"] = told.pop("status")
        return self._notice("REFUND.SUCCESS", told | {"mchid": MERCHANT})

    def _notice(self, kind: str, told: dict[str, Any]) -> tuple[dict[str, str], bytes]:
        body = json.dumps(
            {
                "id": f"notice-{kind}",
                "create_time": _now(),
                "resource_type": "encrypt-resource",
                "event_type": kind,
                "summary": "测试",
                "resource": {"original_type": "transaction", **_sealed(json.dumps(told).encode())},
            }
        ).encode()
        return self.signed(body), body

    def signed(self, body: bytes, *, stamp: int | None = None, by: str = "") -> dict[str, str]:
        """Return the headers that make *body* ours."""
        at = str(int(clock.now().timestamp()) if stamp is None else stamp)
        nonce = "nonce-of-the-platform"
        message = f"{at}\n{nonce}\n".encode() + body + b"\n"
        signature = key(by or "wechat-platform").sign(message, PKCS1v15(), hashes.SHA256())
        serial = f"{_certificate().serial_number:X}" if self.by_certificate else PLATFORM_KEY_ID
        return {
            "Wechatpay-Timestamp": at,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": serial,
            "Wechatpay-Signature": base64.b64encode(signature).decode(),
        }

    def answer(self, heard: Heard) -> Said:
        """Check who asks, do what he asks, sign what is said."""
        fault = self._fault(heard)
        if fault is not None:
            self.refused.append(fault)
            return Said(401, json.dumps({"code": "SIGN_ERROR", "message": fault}).encode())
        self.asked.append(f"{heard.method} {urlsplit(heard.target).path}")
        wrong = self.misbehave.pop(0) if self.misbehave else ""
        if wrong in ("hang", "down"):
            raise Drop(_SLOW_SECONDS if wrong == "hang" else 0)
        status, told = self._do(heard)
        if wrong == "lost":
            raise Drop
        if wrong == "500":
            return Said(500, b"{}", self.signed(b"{}"))
        body = told if isinstance(told, bytes) else json.dumps(told).encode() if told else b""
        stamp = 1_500_000_000 if wrong == "stale" else None
        headers = self.signed(body, stamp=stamp, by="somebody" if wrong == "forged" else "")
        return Said(status, body, {} if wrong == "unsigned" else headers)

    def _fault(self, heard: Heard) -> str | None:
        sent = heard.headers.get("authorization", "")
        if not sent.startswith("WECHATPAY2-SHA256-RSA2048 "):
            return "scheme"
        told = dict(_AUTHORIZATION.findall(sent))
        if (told["mchid"], told["serial_no"]) != (MERCHANT, SERIAL):
            return "merchant"
        if told["nonce_str"] in self.nonces:
            return "replayed"
        self.nonces.add(told["nonce_str"])
        message = "\n".join((heard.method, heard.target, told["timestamp"], told["nonce_str"], ""))
        key("wechat-merchant").public_key().verify(
            base64.b64decode(told["signature"]),
            message.encode() + heard.body + b"\n",
            PKCS1v15(),
            hashes.SHA256(),
        )
        return None

    def _do(self, heard: Heard) -> tuple[int, Any]:
        path = urlsplit(heard.target).path
        body = json.loads(heard.body) if heard.body else {}
        match [heard.method, *path.strip("/").split("/")]:
            case ["GET", "v3", "certificates"]:
                return 200, {"data": [_listed()]}
            case ["POST", "v3", "pay", "transactions", "native"]:
                return self._create(body)
            case ["GET", "v3", "pay", "transactions", "out-trade-no", number]:
                assert parse_qs(urlsplit(heard.target).query) == {"mchid": [MERCHANT]}
                found = self.orders.get(number)
                return (200, found) if found else _no("ORDER_NOT_EXIST", 404)
            case ["POST", "v3", "pay", "transactions", "out-trade-no", number, "close"]:
                return self._close(number, body)
            case ["POST", "v3", "refund", "domestic", "refunds"]:
                return self._refund(body)
            case ["GET", "v3", "refund", "domestic", "refunds", number]:
                done = self.refunds.get(number)
                return (200, done) if done else _no("RESOURCE_NOT_EXISTS", 404)
            case ["GET", "v3", "bill", "tradebill"]:
                return self._bill(_asked(heard, "bill_date"))
            case ["GET", "v3", "billdownload", "file"]:
                return 200, self.bill_text(_asked(heard, "token"))
        return _no("NOT_FOUND", 404)

    def _create(self, body: dict[str, Any]) -> tuple[int, Any]:
        assert set(body) == {
            "appid",
            "mchid",
            "description",
            "out_trade_no",
            "time_expire",
            "notify_url",
            "amount",
        }
        number = body["out_trade_no"]
        assert re.fullmatch(r"[0-9A-Za-z_\-|*]{6,32}", number)
        assert isinstance(body["amount"]["total"], int)
        assert datetime.fromisoformat(body["time_expire"]).tzinfo is not None
        if (body["appid"], body["mchid"]) != (APP, MERCHANT):
            return _no("APPID_MCHID_NOT_MATCH", 400)
        order = self.orders.setdefault(
            number,
            {
                "appid": APP,
                "mchid": MERCHANT,
                "out_trade_no": number,
                "trade_state": "NOTPAY",
                "amount": body["amount"],
                "code_url": f"weixin://wxpay/bizpayurl?pr={number[-8:]}",
            },
        )
        if order["trade_state"] != "NOTPAY":
            return _no("ORDER_CLOSED" if order["trade_state"] == "CLOSED" else "ORDERPAID", 403)
        if order["amount"] != body["amount"]:
            return _no("INVALID_REQUEST", 400)
        return 200, {"code_url": order["code_url"]}

    def _close(self, number: str, body: dict[str, Any]) -> tuple[int, Any]:
        assert body == {"mchid": MERCHANT}
        order = self.orders.get(number)
        if order is None:
            return _no("ORDER_NOT_EXIST", 404)
        if order["trade_state"] not in ("NOTPAY", "CLOSED"):
            return _no("ORDERPAID", 400)
        order["trade_state"] = "CLOSED"
        return 204, None

    def _refund(self, body: dict[str, Any]) -> tuple[int, Any]:
        assert set(body) == {"out_trade_no", "out_refund_no", "notify_url", "amount"}
        number, order = body["out_refund_no"], self.orders.get(body["out_trade_no"])
        if number in self.refunds:
            return 200, self.refunds[number]
        if order is None or "transaction_id" not in order:
            return _no("RESOURCE_NOT_EXISTS", 404)
        gone = sum(
            each["amount"]["refund"]
            for each in self.refunds.values()
            if each["out_trade_no"] == body["out_trade_no"]
        )
        total = order["amount"]["total"]
        if body["amount"]["total"] != total or gone + body["amount"]["refund"] > total:
            return _no("INVALID_REQUEST", 400)
        order["trade_state"] = "REFUND"
        self.refunds[number] = {
            "refund_id": f"50000{len(self.refunds):020}",
            "out_refund_no": number,
            "out_trade_no": body["out_trade_no"],
            "status": self.refund_state,
            "success_time": _now(),
            "amount": body["amount"],
        }
        return 200, self.refunds[number]

    def _bill(self, day: str) -> tuple[int, Any]:
        if self.bill_missing:
            return _no("NO_STATEMENT_EXIST", 400)
        digest = hashlib.sha1(self.bill_text(day), usedforsecurity=False).hexdigest()
        address = f"{self.url}/v3/billdownload/file?token={day}"
        return 200, {"hash_type": "SHA1", "hash_value": digest, "download_url": address}

    def bill_text(self, day: str) -> bytes:
        """The bill of a day as the platform writes it."""
        heads = "交易时间,商户号,商户订单号,交易状态,商户退款单号,申请退款金额,退款状态,订单金额"
        out = io.StringIO()
        out.write(heads + "\r\n")
        write = csv.writer(out)
        rows = 0
        for order in self.orders.values():
            if "transaction_id" in order and order["success_time"].startswith(day):
                total = f"{order['amount']['total'] / 100:.2f}"
                values = (order["success_time"], MERCHANT, order["out_trade_no"], "SUCCESS")
                write.writerow([f"`{value}" for value in (*values, "0", "0.00", "", total)])
                rows += 1
        for done in self.refunds.values():
            if not done["success_time"].startswith(day):
                continue
            back = f"{done['amount']['refund'] / 100:.2f}"
            values = (done["success_time"], MERCHANT, done["out_trade_no"], "REFUND")
            more = (done["out_refund_no"], back, done["status"], "0.00")
            write.writerow([f"`{value}" for value in (*values, *more)])
            rows += 1
        out.write(f"总交易单数,应结订单总金额\r\n`{rows},`0.00\r\n")
        return out.getvalue().encode()


def _sealed(text: bytes) -> dict[str, str]:
    nonce, data = "n1n2n3n4n5n6", "transaction"
    sealed = AESGCM(API_KEY).encrypt(nonce.encode(), text, data.encode())
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "nonce": nonce,
        "associated_data": data,
        "ciphertext": base64.b64encode(sealed).decode(),
    }


def _asked(heard: Heard, name: str) -> str:
    (value,) = parse_qs(urlsplit(heard.target).query)[name]
    return value


def _no(code: str, status: int) -> tuple[int, dict[str, str]]:
    return status, {"code": code, "message": code}


def _certificate() -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "platform of the test")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key("wechat-platform").public_key())
        .serial_number(0x7132D72A03E93CDDF8C03BBD1F37EEDF)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .sign(key("wechat-platform"), hashes.SHA256())
    )


def _listed() -> dict[str, Any]:
    certificate = _certificate()
    return {
        "serial_no": f"{certificate.serial_number:X}",
        "encrypt_certificate": _sealed(certificate.public_bytes(Encoding.PEM)),
    }


@contextmanager
def serving() -> Iterator[WechatPayServer]:
    """Serve on loopback while the block runs."""
    state = WechatPayServer()
    with loopback_server.serving(state.answer) as url:
        state.url = url
        yield state
