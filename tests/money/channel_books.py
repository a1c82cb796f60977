"""How each faithful channel keeps its books, and words its notices: read here, and only here."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from kiosk_server.gateways import region_signature
from kiosk_server.payments.rules import Channel, as_fen, as_yuan
from tests.support.alipay_server import AlipayServer
from tests.support.public_payment_server import PublicPaymentServer
from tests.support.wechat_pay_server import WechatPayServer

Told = tuple[dict[str, str], bytes]
"""A notice: headers and body."""
_JSON = {"Content-Type": "application/json"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Manner(StrEnum):
    """How a notice is told."""

    TRUE = "true"
    WRONG = "wrong"
    """Signed by the channel, and of an amount that nobody asked for."""
    FORGED = "forged"
    """Signed by somebody else."""


class Books(Protocol):
    """One channel's books, as a story looks into them."""

    channel: ClassVar[Channel]
    server: Any

    def knows(self, number: str) -> bool:
        """Whether it was asked for a code under *number*."""
        ...

    def payable(self, number: str) -> bool:
        """Whether somebody can pay by the code of *number*."""
        ...

    def is_paid(self, number: str) -> bool:
        """Whether somebody did."""
        ...

    def pay(self, number: str, amount_fen: int | None) -> None:
        """Let somebody pay by the code of *number*: what was asked, or *amount_fen*."""
        ...

    def notice(self, number: str, manner: Manner) -> Told:
        """Return the notice of a payment."""
        ...

    def refund_notice(self, number: str) -> Told | None:
        """Return the notice of a refund, or None where it sends none."""
        ...

    def received(self) -> dict[str, int]:
        """What came, in fen, by our number."""
        ...

    def returned(self) -> list[tuple[str, int]]:
        """What went back, in fen, each with our number of the payment."""
        ...


@dataclass
class WechatBooks:
    """Transactions and refunds of WeChat Pay."""

    server: WechatPayServer
    channel: ClassVar[Channel] = Channel.WECHAT_PAY

    def knows(self, number: str) -> bool:
        """Orders are made when a code is asked for."""
        return number in self.server.orders

    def payable(self, number: str) -> bool:
        """Until it is paid or closed."""
        return self.knows(number) and self.server.orders[number]["trade_state"] == "NOTPAY"

    def is_paid(self, number: str) -> bool:
        """Then it has a transaction."""
        return "transaction_id" in self.server.orders.get(number, {})

    def pay(self, number: str, amount_fen: int | None) -> None:
        """It has a transaction from now on."""
        self.server.pay(number, amount_fen=amount_fen)

    def notice(self, number: str, manner: Manner) -> Told:
        """A sealed resource under a signature."""
        edits: dict[str, Any] = {"trade_state": "SUCCESS"}
        if manner is Manner.WRONG:
            edits["amount"] = {"total": 1, "currency": "CNY"}
        headers, body = self.server.notice(number, **edits)
        if manner is Manner.FORGED:
            headers = self.server.signed(body, by="somebody")
        return headers | _JSON, body

    def refund_notice(self, number: str) -> Told | None:
        """Likewise."""
        headers, body = self.server.refund_notice(number)
        return headers | _JSON, body

    def received(self) -> dict[str, int]:
        """Orders that have a transaction."""
        paid = {no: row for no, row in self.server.orders.items() if "transaction_id" in row}
        return {number: row["amount"]["total"] for number, row in paid.items()}

    def returned(self) -> list[tuple[str, int]]:
        """Every refund is done at once."""
        rows = self.server.refunds.values()
        return [(row["out_trade_no"], row["amount"]["refund"]) for row in rows]


@dataclass
class AlipayBooks:
    """Trades of Alipay, which begin when somebody scans a code; it sends no notice of refunds."""

    server: AlipayServer
    channel: ClassVar[Channel] = Channel.ALIPAY

    def knows(self, number: str) -> bool:
        """Codes are given, and no trade begins."""
        return number in self.server.codes

    def payable(self, number: str) -> bool:
        """A code works until it was used: nobody can close what has not begun."""
        return self.knows(number) and number not in self.server.trades

    def is_paid(self, number: str) -> bool:
        """Then it has a trade: nobody here scans without paying."""
        return number in self.server.trades

    def pay(self, number: str, amount_fen: int | None) -> None:
        """It is scanned and paid."""
        edits = {} if amount_fen is None else {"total_amount": as_yuan(amount_fen)}
        self.server.pay(number, **edits)

    def notice(self, number: str, manner: Manner) -> Told:
        """A form under RSA2."""
        edits = {"total_amount": "0.01"} if manner is Manner.WRONG else {}
        by = "somebody" if manner is Manner.FORGED else "alipay"
        return dict(_FORM), self.server.notice(number, by=by, **edits)

    def refund_notice(self, number: str) -> Told | None:
        """None."""
        return None

    def received(self) -> dict[str, int]:
        """Trades that were paid."""
        paid = {no: row for no, row in self.server.trades.items() if "send_pay_date" in row}
        return {number: as_fen(row["total_amount"]) for number, row in paid.items()}

    def returned(self) -> list[tuple[str, int]]:
        """Every refund is done at once."""
        rows = self.server.refunds.values()
        return [(row["out_trade_no"], as_fen(row["refund_amount"])) for row in rows]


@dataclass
class PublicBooks:
    """Codes of 公共支付."""

    server: PublicPaymentServer
    channel: ClassVar[Channel] = Channel.PUBLIC_PAYMENT

    def knows(self, number: str) -> bool:
        """Orders are made when a code is asked for."""
        return number in self.server.orders

    def payable(self, number: str) -> bool:
        """Until it is paid or closed."""
        return self.knows(number) and self.server.orders[number]["answer"] == "waiting"

    def is_paid(self, number: str) -> bool:
        """It says so itself."""
        return self.knows(number) and self.server.orders[number]["answer"] == "paid"

    def pay(self, number: str, amount_fen: int | None) -> None:
        """Its row says what came."""
        self.server.pay(number)
        if amount_fen is not None:
            self.server.orders[number]["amount_fen"] = amount_fen

    def notice(self, number: str, manner: Manner) -> Told:
        """A body under the key of both sides."""
        edits = {"amount_fen": 1} if manner is Manner.WRONG else {}
        headers, body = self.server.notice(number, **edits)
        if manner is Manner.FORGED:
            headers[region_signature.SIGNATURE] = "0" * 64
        return headers | _JSON, body

    def refund_notice(self, number: str) -> Told | None:
        """Likewise."""
        headers, body = self.server.refund_notice(number)
        return headers | _JSON, body

    def received(self) -> dict[str, int]:
        """Codes that were paid."""
        paid = {no: row for no, row in self.server.orders.items() if row["answer"] == "paid"}
        return {number: row["amount_fen"] for number, row in paid.items()}

    def returned(self) -> list[tuple[str, int]]:
        """Every refund is done at once."""
        of = self.server.payments
        return [(of[number], row["amount_fen"]) for number, row in self.server.refunds.items()]
