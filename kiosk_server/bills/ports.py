"""
What we need of a biller (收费单位): what is owed, book a payment, say how it stands, undo it.

`number` is ours: the id of our payment of one bill, the idempotency key at the biller. Everything
may be asked twice. `TurnedDown`, `Reversed` and `Kept` are final for a number: what was refused or
reversed is never booked under it, however late our first question arrives; what was kept stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True)
class OwedBill:
    """One bill of an account; *number* is the biller's."""

    number: str
    period: str
    amount_fen: int
    due_on: date | None = None


@dataclass(frozen=True)
class Owed:
    """What an account owes; *holder* is masked by the biller."""

    holder: str
    bills: tuple[OwedBill, ...]


@dataclass(frozen=True)
class UnknownAccount:
    """There is no such account."""


@dataclass(frozen=True)
class Asleep:
    """He takes no questions until then."""

    until: datetime


@dataclass(frozen=True)
class AnswerLost:
    """No answer, or none that can be believed; *why* is one word for the log."""

    why: str
    baffling: bool = False
    """He did answer, and what he says makes no sense: asking again will not help."""


@dataclass(frozen=True)
class AskedBooking:
    """What a biller is asked to book (销账)."""

    number: str
    biller: str
    account: str
    bill: str
    """The biller's own number of the bill."""
    amount_fen: int
    paid_at: datetime


@dataclass(frozen=True)
class Booked:
    """The bill is paid; *reference* is the biller's number of it."""

    reference: str


@dataclass(frozen=True)
class TurnedDown:
    """He will not book it, and says why in a code of his own."""

    code: str


@dataclass(frozen=True)
class Pending:
    """He is at it."""


@dataclass(frozen=True)
class NotKnown:
    """He never heard of this number."""


@dataclass(frozen=True)
class Reversed:
    """It is not booked, and never will be under this number."""


@dataclass(frozen=True)
class Kept:
    """It is booked, and he does not undo it."""

    reference: str


QueryAnswer = Owed | UnknownAccount | Asleep | AnswerLost
BookingAnswer = Booked | TurnedDown | Pending | Reversed | AnswerLost
StandingAnswer = BookingAnswer | NotKnown
ReversalAnswer = Reversed | TurnedDown | Kept | AnswerLost


class BillerGateway(Protocol):
    """One partner through whom billers are asked; `simulated` is said wherever it is offered."""

    @property
    def simulated(self) -> bool:
        """Whether nobody is owed anything."""
        ...

    def query(self, biller: str, account: str) -> QueryAnswer:
        """Ask what an account owes."""
        ...

    def write_off(self, asked: AskedBooking) -> BookingAnswer:
        """Ask to book a payment; the same number twice is one."""
        ...

    def ask_write_off(self, number: str) -> StandingAnswer:
        """Ask how a payment stands; that changes nothing."""
        ...

    def reverse(self, number: str) -> ReversalAnswer:
        """Ask to undo a payment, booked or not; a number that he never heard of is reversed too."""
        ...


Gateways = Mapping[str, BillerGateway]
"""The partners that are connected here, by the names that billers give them."""
