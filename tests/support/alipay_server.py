"""
Alipay's gateway on loopback: checks RSA2 over sorted parameters, signs its node, keeps the truth.

A trade begins when somebody scans the code: until `scan`, Alipay knows none. `misbehave` is taken
from the front: `lost` and `forged` do what was asked all the same, `hang`, `down`, `500`, `busy` do
nothing.
"""

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from kiosk_server.core import clock
from kiosk_server.settings_payments import AlipayTerms
from tests.support import loopback_server
from tests.support.loopback_server import Drop, Heard, Said
from tests.support.pay_keys import key, private_pem, public_pem

APP = "2026000000000001"
_SLOW_SECONDS = 0.4
_UNKNOWN = {"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.TRADE_NOT_EXIST"}


def _now() -> str:
    return clock.to_beijing(clock.now()).strftime("%Y-%m-%d %H:%M:%S")


def signed_text(sent: dict[str, str]) -> bytes:
    """What Alipay signs of parameters."""
    return "&".join(f"{name}={value}" for name, value in sorted(sent.items()) if value).encode()


def sign(text: bytes, by: str = "alipay") -> str:
    """Alipay's signature."""
    return base64.b64encode(key(by).sign(text, PKCS1v15(), hashes.SHA256())).decode()


@dataclass
class AlipayServer:
    """What it holds, what it was asked, how it misbehaves."""

    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    trades: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    misbehave: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    scans: Iterator[int] = field(default_factory=count)
    url: str = ""

    @property
    def terms(self) -> AlipayTerms:
        """What an application here is told."""
        address = f"{self.url}/gateway.do"
        return AlipayTerms(address, APP, private_pem("alipay-app"), public_pem("alipay"))

    def scan(self, number: str) -> None:
        """Let somebody scan the code: now there is a trade."""
        self.trades[number] = {
            "out_trade_no": number,
            "trade_no": f"20261123220014{next(self.scans):014}",
            "trade_status": "WAIT_BUYER_PAY",
            "total_amount": self.codes[number]["total_amount"],
        }

    def pay(self, number: str, **edits: str) -> None:
        """Let somebody scan and pay."""
        self.scan(number)
        self.trades[number] |= {"trade_status": "TRADE_SUCCESS", "send_pay_date": _now()} | edits

    def notice(self, number: str, *, by: str = "alipay", **edits: str) -> bytes:
        """Return a signed notice of a payment, as its form's body."""
        trade = self.trades[number]
        sent = {
            "app_id": APP,
            "notify_id": "n1",
            "notify_type": "trade_status_sync",
            "charset": "utf-8",
            "out_trade_no": number,
            "trade_no": trade["trade_no"],
            "trade_status": trade["trade_status"],
            "total_amount": trade["total_amount"],
            "gmt_payment": trade.get("send_pay_date", ""),
            "subject": "测试费 & 手续",
        } | edits
        return urlencode(sent | {"sign": sign(signed_text(sent), by), "sign_type": "RSA2"}).encode()

    def answer(self, heard: Heard) -> Said:
        """Check who asks, do what he asks, sign what is said."""
        if heard.target.startswith("/bill"):
            return Said(200, self.bill_file(heard.target.partition("?day=")[2]))
        sent = dict(parse_qsl(heard.body.decode(), strict_parsing=True))
        signature = sent.pop("sign")
        key("alipay-app").public_key().verify(
            base64.b64decode(signature), signed_text(sent), PKCS1v15(), hashes.SHA256()
        )
        assert sent["app_id"] == APP
        assert (sent["sign_type"], sent["version"], sent["charset"]) == ("RSA2", "1.0", "utf-8")
        method = sent["method"]
        self.asked.append(method)
        wrong = self.misbehave.pop(0) if self.misbehave else ""
        if wrong in ("hang", "down"):
            raise Drop(_SLOW_SECONDS if wrong == "hang" else 0)
        if wrong == "500":
            return Said(500)
        told = _busy() if wrong == "busy" else self._do(method, json.loads(sent["biz_content"]))
        if wrong == "lost":
            raise Drop
        told = {"code": "10000", "msg": "Success"} | told
        # Escaped slashes: a parsed copy of this would be other characters than were signed.
        node = json.dumps(told, ensure_ascii=False).replace("/", "\\/")
        name = method.replace(".", "_")
        by = "somebody" if wrong == "forged" else "alipay"
        return Said(
            200,
            f'{{"{name}_response":{node},"sign":"{sign(node.encode(), by)}"}}'.encode(),
        )

    def _do(self, method: str, content: dict[str, Any]) -> dict[str, Any]:
        number = str(content.get("out_trade_no", ""))
        trade = self.trades.get(number)
        match method:
            case "alipay.trade.precreate":
                assert set(content) == {"out_trade_no", "total_amount", "subject", "time_expire"}
                if trade is not None and trade["trade_status"] != "WAIT_BUYER_PAY":
                    return _no("ACQ.TRADE_HAS_SUCCESS")
                self.codes.setdefault(number, content)
                return {"out_trade_no": number, "qr_code": f"https://qr.alipay.com/{number[-8:]}"}
            case "alipay.trade.query":
                return dict(trade) if trade else _UNKNOWN
            case "alipay.trade.close":
                return self._close(trade)
            case "alipay.trade.refund":
                return self._refund(trade, content)
            case "alipay.trade.fastpay.refund.query":
                return self.refunds.get(content["out_request_no"], {})
            case "alipay.data.dataservice.bill.downloadurl.query":
                return {"bill_download_url": f"{self.url}/bill.csv.zip?day={content['bill_date']}"}
        return _no("isv.invalid-method")

    def _close(self, trade: dict[str, Any] | None) -> dict[str, Any]:
        if trade is None:
            return _UNKNOWN
        if trade["trade_status"] not in ("WAIT_BUYER_PAY", "TRADE_CLOSED"):
            return _no("ACQ.TRADE_STATUS_ERROR")
        trade["trade_status"] = "TRADE_CLOSED"
        return {"out_trade_no": trade["out_trade_no"], "trade_no": trade["trade_no"]}

    def _refund(self, trade: dict[str, Any] | None, content: dict[str, Any]) -> dict[str, Any]:
        if trade is None or "send_pay_date" not in trade:
            return _UNKNOWN
        number, number_of = content["out_request_no"], content["out_trade_no"]
        fresh = number not in self.refunds
        gone = sum(
            float(done["refund_amount"])
            for done in self.refunds.values()
            if done["out_trade_no"] == number_of
        )
        if fresh:
            if gone + float(content["refund_amount"]) > float(trade["total_amount"]) + 0.001:
                return _no("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
            gone += float(content["refund_amount"])
            self.refunds[number] = {
                "out_trade_no": number_of,
                "out_request_no": number,
                "trade_no": trade["trade_no"],
                "refund_amount": content["refund_amount"],
                "refund_status": "REFUND_SUCCESS",
                "gmt_refund_pay": _now(),
            }
        return {
            "out_trade_no": number_of,
            "trade_no": trade["trade_no"],
            "fund_change": "Y" if fresh else "N",
            "refund_fee": f"{gone:.2f}",
        }

    def bill_file(self, day: str) -> bytes:
        """The bill of a day as Alipay packs it."""
        heads = "支付宝交易号,商户订单号,业务类型,商品名称,订单金额（元）,退款批次号/请求号,备注"
        rows = [
            f"{trade['trade_no']}\t,{number}\t,交易,费,{trade['total_amount']},\t,"
            for number, trade in self.trades.items()
            if "send_pay_date" in trade and trade["send_pay_date"].startswith(day)
        ]
        back = [
            f"{done['trade_no']}\t,{done['out_trade_no']}\t,退款,费,-{done['refund_amount']},"
            f"{number}\t,"
            for number, done in self.refunds.items()
            if done["gmt_refund_pay"].startswith(day)
        ]
        lines = ["#支付宝业务明细查询", "#-----业务明细列表-----", heads, *rows, *back]
        lines += ["#-----业务明细列表结束-----", f"#交易合计：{len(rows)}笔，商家实收共0.00元"]
        lines += [f"#退款合计：{len(back)}笔，商家实收退款共-0.00元"]
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as folder:
            folder.writestr("20880000_20261123_业务明细(汇总).csv", "#汇总\n门店编号".encode("gbk"))
            folder.writestr("20880000_20261123_业务明细.csv", "\r\n".join(lines).encode("gbk"))
        return packed.getvalue()


def _no(code: str) -> dict[str, str]:
    return {"code": "40004", "msg": "Business Failed", "sub_code": code}


def _busy() -> dict[str, str]:
    return {"code": "20000", "msg": "Service Currently Unavailable"}


@contextmanager
def serving() -> Iterator[AlipayServer]:
    """Serve on loopback while the block runs."""
    state = AlipayServer()
    with loopback_server.serving(state.answer) as url:
        state.url = url
        yield state
