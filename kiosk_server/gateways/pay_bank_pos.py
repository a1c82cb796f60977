"""
Bank cards as one of the payment channels (银行卡): the machines of `PosTerminal` behind the port
that every channel has, so that asking, closing, giving back and comparing a day go as elsewhere.

Money of the same day goes back by a void, which costs nobody a fee; after the bank has settled, or
for a part, by a return. A day whose lines do not come to the bank's own sums is not believed.
"""

from collections.abc import Mapping
from datetime import date

from kiosk_server.core import clock
from kiosk_server.gateways.pay_wire import baffled
from kiosk_server.payments.ports import (
    AskedPayment,
    AskedRefund,
    Bill,
    BillAnswer,
    CloseAnswer,
    CreateAnswer,
    Declined,
    Notice,
    QueryAnswer,
    RefundAnswer,
    RefundQueryAnswer,
)
from kiosk_server.payments.pos import AskedSale, DayTotals, PosTerminal
from kiosk_server.payments.rules import Channel, Movement

SETTLED = "settled"
"""The bank's word for a sale that can be voided no more."""
NO_MACHINE = "no_machine"


class BankPos:
    """The bank's machines, as a channel."""

    channel = Channel.BANK_POS

    def __init__(self, machines: PosTerminal) -> None:
        self._machines = machines

    @property
    def simulated(self) -> bool:
        """Whether no money moves."""
        return self._machines.simulated

    def machine_at(self, window_id: str) -> str | None:
        """Return the bank's number of the machine at a window; None where there is none."""
        return self._machines.machine_at(window_id)

    def create(self, asked: AskedPayment) -> CreateAnswer:
        """Let the machine show the sum."""
        if asked.machine is None:
            return Declined(NO_MACHINE)
        return self._machines.sale(
            AskedSale(
                asked.number,
                asked.machine,
                asked.amount_fen,
                asked.title,
                asked.expires_at,
                asked.notify_url,
            )
        )

    def query(self, number: str) -> QueryAnswer:
        """Ask what became of a sale."""
        return self._machines.ask(number)

    def close(self, number: str) -> CloseAnswer:
        """Take the sum from the machine."""
        return self._machines.cancel(number)

    def refund(self, asked: AskedRefund) -> RefundAnswer:
        """Void a whole sale of today, return the rest."""
        if _may_be_voided(asked):
            answer = self._machines.void(asked)
            if answer != Declined(SETTLED):
                return answer
        return self._machines.give_back(asked)

    def query_refund(self, number: str, attempt: str) -> RefundQueryAnswer:
        """Ask what became of money on its way back."""
        return self._machines.ask_back(number)

    def bill(self, day: date) -> BillAnswer:
        """Return what the bank settled for one day."""
        told = self._machines.settle_day(day)
        if not isinstance(told, DayTotals):
            return told
        sums = dict.fromkeys(Movement, 0)
        for line in told.lines:
            sums[line.movement] += line.amount_fen
        if sums != {Movement.RECEIVED: told.received_fen, Movement.RETURNED: told.returned_fen}:
            return baffled("totals")
        return Bill(told.lines)

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Return what a notice of the bank says."""
        return self._machines.read_notice(headers, body)


def _may_be_voided(asked: AskedRefund) -> bool:
    if asked.paid_at is None or asked.amount_fen != asked.paid_fen:
        return False
    return clock.to_beijing(asked.paid_at).date() == clock.beijing_today()
