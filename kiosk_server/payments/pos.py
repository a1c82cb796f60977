"""
What we need of the bank's machines (银行 POS): one port, `PosTerminal`, for the house's windows.

A machine shows a sum that was pushed to it, takes a card, and the bank answers for it. `number` is
ours, the idempotency key at the bank; one number is never two sales, and one refund's number never
both voided and returned. An answer that was lost is `AnswerLost`: it is asked again, and a sale
whose answer was lost is unknown until the bank has said what became of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from kiosk_server.payments.ports import (
    AnswerLost,
    AskedRefund,
    CloseAnswer,
    Dead,
    Declined,
    NoBillYet,
    Notice,
    Paid,
    QueryAnswer,
    RefundAnswer,
    RefundQueryAnswer,
    Shown,
)
from kiosk_server.payments.rules import Moved


@dataclass(frozen=True)
class AskedSale:
    """What a machine is to show; after *expires_at* no card may pay it."""

    number: str
    machine: str
    amount_fen: int
    title: str
    expires_at: datetime
    notify_url: str


@dataclass(frozen=True)
class DayTotals:
    """A day as the bank settles it (日结): each movement, and the sums that the bank states."""

    lines: tuple[Moved, ...]
    received_fen: int
    returned_fen: int


SaleAnswer = Shown | Paid | Dead | Declined | AnswerLost
DayAnswer = DayTotals | NoBillYet | AnswerLost


class PosTerminal(Protocol):
    """The bank's machines at our windows; `simulated` is said wherever they are offered."""

    @property
    def simulated(self) -> bool:
        """Whether no money moves."""
        ...

    def machine_at(self, window_id: str) -> str | None:
        """Return the bank's number of the machine at a window; None where there is none."""
        ...

    def sale(self, asked: AskedSale) -> SaleAnswer:
        """Let a machine show a sum; the same number twice is one sale."""
        ...

    def ask(self, number: str) -> QueryAnswer:
        """Ask what became of a sale."""
        ...

    def cancel(self, number: str) -> CloseAnswer:
        """Take the sum from the machine; `NotPaid` while a card is being read."""
        ...

    def void(self, asked: AskedRefund) -> RefundAnswer:
        """撤销: undo a sale of today, whole; declined once the bank has settled its batch."""
        ...

    def give_back(self, asked: AskedRefund) -> RefundAnswer:
        """退货: give money back to the card, whole or in part, on any later day."""
        ...

    def ask_back(self, number: str) -> RefundQueryAnswer:
        """Ask what became of a void or of money given back."""
        ...

    def settle_day(self, day: date) -> DayAnswer:
        """Return what the bank settled for one Beijing day."""
        ...

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Return what a notice says, if it is the bank's; header names in lower case."""
        ...
