"""
The region's public payment (统一公共支付平台, 缴款码), by our own contract until theirs is known.

    POST BASE/payment-codes           {number, amount_fen, title, expires_at, notify_url, unit}
    GET  BASE/payment-codes/NUMBER    POST BASE/payment-codes/NUMBER/close
    POST BASE/refunds                 GET  BASE/refunds/NUMBER
    GET  BASE/bills/DAY

Answers are those of `pay_house.py`, and `{"answer": "code", "code"}`, `{"bill", "lines"}`,
`not_yet`. Both sides sign as for records (`gateways/region_signature.py`), notices too.
"""

from collections.abc import Mapping
from datetime import date
from urllib.parse import quote

from kiosk_server.gateways.pay_house import (
    FAULTS,
    HouseLine,
    lines_told,
    refund_told,
    standing_told,
)
from kiosk_server.gateways.pay_wire import LARGEST_BILL, Wire, baffled, lost_for
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
    NotKnown,
    NotPaid,
    Paid,
    QueryAnswer,
    RefundAnswer,
    RefundQueryAnswer,
)
from kiosk_server.payments.rules import Channel
from kiosk_server.settings_payments import PublicPaymentTerms

CALLBACK_PATH = "/callbacks/public-payment"
"""What a notice signs as its path, whatever stands before it."""


class PublicPayment:
    """The region's platform, with the key that both sides hold."""

    channel = Channel.PUBLIC_PAYMENT
    simulated = False

    def __init__(self, terms: PublicPaymentTerms, *, wire: Wire | None = None) -> None:
        self._unit = terms.unit
        self._line = HouseLine(terms.address, terms.key, wire or Wire())

    def create(self, asked: AskedPayment) -> CreateAnswer:
        """Ask for 缴款码."""
        body = {
            "number": asked.number,
            "amount_fen": asked.amount_fen,
            "title": asked.title,
            "expires_at": asked.expires_at.isoformat(),
            "notify_url": asked.notify_url,
            "unit": self._unit,
        }
        try:
            told = self._line.ask("POST", "/payment-codes", body)
            if told["answer"] == "code":
                return CodeGiven(str(told["code"]))
            if told["answer"] == "declined":
                return Declined(str(told["code"]))
            standing = standing_told(told)
            return standing if isinstance(standing, Paid | Dead) else baffled("unreadable")
        except FAULTS as fault:
            return lost_for(fault)

    def query(self, number: str) -> QueryAnswer:
        """Ask how an order stands."""
        try:
            return standing_told(self._line.ask("GET", f"/payment-codes/{quote(number)}"))
        except FAULTS as fault:
            return lost_for(fault)

    def close(self, number: str) -> CloseAnswer:
        """Ask that nobody may pay an order any more."""
        try:
            standing = standing_told(
                self._line.ask("POST", f"/payment-codes/{quote(number)}/close", {})
            )
        except FAULTS as fault:
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
            found = refund_told(self._line.ask("POST", "/refunds", body))
        except FAULTS as fault:
            return lost_for(fault)
        return baffled("unknown") if isinstance(found, NotKnown) else found

    def query_refund(self, number: str, attempt: str) -> RefundQueryAnswer:
        """Ask what became of a refund."""
        try:
            return refund_told(self._line.ask("GET", f"/refunds/{quote(number)}"))
        except FAULTS as fault:
            return lost_for(fault)

    def bill(self, day: date) -> BillAnswer:
        """Fetch one day's bill."""
        try:
            told = self._line.ask("GET", f"/bills/{day.isoformat()}", largest=LARGEST_BILL)
            if told["answer"] != "bill":
                return NoBillYet()
            return Bill(lines_told(told))
        except FAULTS as fault:
            return lost_for(fault)

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Return what a notice says."""
        return self._line.read_notice(CALLBACK_PATH, headers, body)
