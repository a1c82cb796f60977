"""
What we need of whoever takes the money: one port for the platform, WeChat Pay and Alipay.

`number` is ours: the id of our row, the idempotency key at the partner. Everything may be asked
twice. An answer that was lost, late or not to be believed is `AnswerLost`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from kiosk_server.payments.rules import Channel, Moved


@dataclass(frozen=True)
class AskedPayment:
    """What a channel is asked to take: *title* stands on the payer's screen, *notify_url* is told
    of the payment, and after *expires_at* nobody may pay. *machine* is the POS that shows the sum,
    where the channel has machines."""

    number: str
    amount_fen: int
    title: str
    expires_at: datetime
    notify_url: str
    machine: str | None = None


@dataclass(frozen=True)
class AskedRefund:
    """What a channel is asked to give back of the payment *attempt* of *paid_fen*, of *paid_at*."""

    number: str
    attempt: str
    amount_fen: int
    paid_fen: int
    notify_url: str
    paid_at: datetime | None = None


@dataclass(frozen=True)
class CodeGiven:
    """The text of the code that the payer's app scans, or 缴款码."""

    code: str


@dataclass(frozen=True)
class Shown:
    """A machine shows the sum and waits for a card: the channel has it, and there is no code."""


@dataclass(frozen=True)
class Paid:
    """The channel has the money. *reference* is its own number of the payment."""

    reference: str
    amount_fen: int
    at: datetime


@dataclass(frozen=True)
class NotPaid:
    """The channel has the order, and no money."""


@dataclass(frozen=True)
class Dead:
    """The channel has closed it: no money can come."""


@dataclass(frozen=True)
class NotKnown:
    """The channel never heard of it."""


@dataclass(frozen=True)
class RefundDone:
    """The money went back. *reference* is the channel's own number."""

    reference: str
    amount_fen: int
    at: datetime


@dataclass(frozen=True)
class RefundAccepted:
    """The channel is at it."""


@dataclass(frozen=True)
class Declined:
    """The channel would not, and says why in a code of its own."""

    code: str


@dataclass(frozen=True)
class AnswerLost:
    """No answer, or none that can be believed; *why* is one word for the log."""

    why: str
    baffling: bool = False
    """The channel did answer, and what it says makes no sense: asking again will not help."""


@dataclass(frozen=True)
class Bill:
    """A channel's bill of one day (对账单)."""

    lines: tuple[Moved, ...]


@dataclass(frozen=True)
class NoBillYet:
    """The bill of that day is not made yet."""


@dataclass(frozen=True)
class NoticeOfPayment:
    """A notice whose signature holds: *number* was paid."""

    number: str
    paid: Paid


@dataclass(frozen=True)
class NoticeOfRefund:
    """A notice whose signature holds: what became of the refund *number*."""

    number: str
    outcome: RefundDone | Declined


@dataclass(frozen=True)
class NoticeOfNothing:
    """A notice whose signature holds, about something that changes nothing here."""


@dataclass(frozen=True)
class NoticeForged:
    """A notice that cannot be believed; *why* is one word for the audit."""

    why: str


CreateAnswer = CodeGiven | Shown | Paid | Dead | Declined | AnswerLost
QueryAnswer = Paid | NotPaid | Dead | NotKnown | AnswerLost
CloseAnswer = Dead | Paid | NotKnown | NotPaid | AnswerLost
"""`NotPaid`: it cannot let go at this moment, since somebody is paying; it is asked again."""
RefundAnswer = RefundDone | RefundAccepted | Declined | AnswerLost
RefundQueryAnswer = RefundAnswer | NotKnown
BillAnswer = Bill | NoBillYet | AnswerLost
Believed = NoticeOfPayment | NoticeOfRefund | NoticeOfNothing
Notice = Believed | NoticeForged


class PaymentGateway(Protocol):
    """One channel; `simulated` is said wherever it is offered."""

    @property
    def channel(self) -> Channel:
        """Which one."""
        ...

    @property
    def simulated(self) -> bool:
        """Whether no money moves."""
        ...

    def create(self, asked: AskedPayment) -> CreateAnswer:
        """Ask for a code; the same number twice is one order."""
        ...

    def query(self, number: str) -> QueryAnswer:
        """Ask what became of an order."""
        ...

    def close(self, number: str) -> CloseAnswer:
        """Ask that nobody may pay it any more."""
        ...

    def refund(self, asked: AskedRefund) -> RefundAnswer:
        """Give money back; the same number twice is one refund."""
        ...

    def query_refund(self, number: str, attempt: str) -> RefundQueryAnswer:
        """Ask what became of a refund."""
        ...

    def bill(self, day: date) -> BillAnswer:
        """Fetch the bill of one Beijing day."""
        ...

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Return what a notice says, if it is the channel's; header names in lower case."""
        ...


Gateways = Mapping[Channel, PaymentGateway]
"""The channels that are connected here, in the order in which they are offered."""
