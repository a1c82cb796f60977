"""
The acquiring service of a bank that pushes a sum to a numbered POS (收单机构), by our own contract.

    POST BASE/sales               {number, machine, merchant, amount_fen, title, expires_at,
                                   notify_url}
    GET  BASE/sales/NUMBER        POST BASE/sales/NUMBER/cancel
    POST BASE/sales/NUMBER/void   {number, notify_url}: of today's batch, whole; NUMBER is the sale
    POST BASE/returns             {number, sale, amount_fen, notify_url}
    GET  BASE/returns/NUMBER      a void, or a return
    GET  BASE/days/DAY

A sale is answered by `{"answer": "shown"}` while the machine waits for a card, `paid`, `closed`, or
`declined` with `machine_unknown`, `machine_busy`, `machine_silent`; a cancel by `closed`, `paid`,
or `waiting` while a card is being read. A void is declined with `settled` once its batch is closed.
A day is `{"answer": "day", "lines", "received_fen", "returned_fen"}` or `not_yet`. The other
answers are those of `pay_house.py`. `number` is the key of each: sent twice it is done once, and
one number is never both voided and returned. The bank tells of a sale at `notify_url` as the
region's platform does (`{"kind": "payment" | "refund", "number", …}`), signed as a call.
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
    AskedRefund,
    CloseAnswer,
    Dead,
    Declined,
    NoBillYet,
    Notice,
    NotKnown,
    Paid,
    QueryAnswer,
    RefundAnswer,
    RefundQueryAnswer,
    Shown,
)
from kiosk_server.payments.pos import AskedSale, DayAnswer, DayTotals, SaleAnswer
from kiosk_server.settings_payments import BankPosTerms

CALLBACK_PATH = "/callbacks/bank-pos"
"""What a notice signs as its path, whatever stands before it."""


class PosOverHttp:
    """The machines of one merchant at one bank."""

    simulated = False

    def __init__(self, terms: BankPosTerms, *, wire: Wire | None = None) -> None:
        self._merchant = terms.merchant
        self._machines = terms.machines
        self._line = HouseLine(terms.address, terms.key, wire or Wire())

    def machine_at(self, window_id: str) -> str | None:
        """Return the machine that the settings name for a window."""
        return self._machines.get(window_id)

    def sale(self, asked: AskedSale) -> SaleAnswer:
        """Push a sum to a machine."""
        body = {
            "number": asked.number,
            "machine": asked.machine,
            "merchant": self._merchant,
            "amount_fen": asked.amount_fen,
            "title": asked.title,
            "expires_at": asked.expires_at.isoformat(),
            "notify_url": asked.notify_url,
        }
        try:
            told = self._line.ask("POST", "/sales", body)
            if told["answer"] == "shown":
                return Shown()
            if told["answer"] == "declined":
                return Declined(str(told["code"]))
            standing = standing_told(told)
        except FAULTS as fault:
            return lost_for(fault)
        return standing if isinstance(standing, Paid | Dead) else baffled("unreadable")

    def ask(self, number: str) -> QueryAnswer:
        """Ask what became of a sale."""
        try:
            return standing_told(self._line.ask("GET", f"/sales/{quote(number)}"))
        except FAULTS as fault:
            return lost_for(fault)

    def cancel(self, number: str) -> CloseAnswer:
        """Take a sum from its machine."""
        try:
            return standing_told(self._line.ask("POST", f"/sales/{quote(number)}/cancel", {}))
        except FAULTS as fault:
            return lost_for(fault)

    def void(self, asked: AskedRefund) -> RefundAnswer:
        """Undo a sale of today."""
        body = {"number": asked.number, "notify_url": asked.notify_url}
        return self._back(f"/sales/{quote(asked.attempt)}/void", body)

    def give_back(self, asked: AskedRefund) -> RefundAnswer:
        """Give money back to the card."""
        body = {
            "number": asked.number,
            "sale": asked.attempt,
            "amount_fen": asked.amount_fen,
            "notify_url": asked.notify_url,
        }
        return self._back("/returns", body)

    def ask_back(self, number: str) -> RefundQueryAnswer:
        """Ask what became of a void or a return."""
        try:
            return refund_told(self._line.ask("GET", f"/returns/{quote(number)}"))
        except FAULTS as fault:
            return lost_for(fault)

    def settle_day(self, day: date) -> DayAnswer:
        """Fetch what was settled for one day."""
        try:
            told = self._line.ask("GET", f"/days/{day.isoformat()}", largest=LARGEST_BILL)
            if told["answer"] != "day":
                return NoBillYet()
            return DayTotals(lines_told(told), int(told["received_fen"]), int(told["returned_fen"]))
        except FAULTS as fault:
            return lost_for(fault)

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Return what a notice says."""
        return self._line.read_notice(CALLBACK_PATH, headers, body)

    def _back(self, path: str, body: Mapping[str, object]) -> RefundAnswer:
        try:
            found = refund_told(self._line.ask("POST", path, body))
        except FAULTS as fault:
            return lost_for(fault)
        return baffled("unknown") if isinstance(found, NotKnown) else found
