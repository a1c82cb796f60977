"""
What we need of the treasury's billing system (财政票据系统).

`number` is ours, and the key of each question: asked twice, there is one bill. An answer that was
lost is `AnswerLost`, and is asked after before anything is asked for again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class BillLine:
    """One fee of a bill (收费项目), in fen."""

    code: str
    name: str
    basis: str
    unit_fen: int
    quantity: int


@dataclass(frozen=True)
class AskedBill:
    """What a blue bill is asked for; *payer* is his name (交款人), *receipt* our own receipt."""

    number: str
    payer: str
    amount_fen: int
    lines: Sequence[BillLine]
    paid_at: datetime
    receipt: str


@dataclass(frozen=True)
class AskedRed:
    """What a red bill takes back of the blue bill that stands under *of_code* and *of_number*."""

    number: str
    of_code: str
    of_number: str
    amount_fen: int
    reason: str


@dataclass(frozen=True)
class Issued:
    """The bill is there: 票据代码, 票据号码, 校验码, and where its payer looks at it."""

    code: str
    number: str
    check_code: str
    address: str | None
    amount_fen: int
    at: datetime


@dataclass(frozen=True)
class WouldNot:
    """The treasury would not; *code* is its own."""

    code: str


@dataclass(frozen=True)
class NotIssued:
    """There is no bill under this number."""


@dataclass(frozen=True)
class AnswerLost:
    """No answer, or none that can be believed; *why* is one word for the log."""

    why: str


IssueAnswer = Issued | WouldNot | AnswerLost
AskAnswer = IssueAnswer | NotIssued


class FiscalBills(Protocol):
    """The treasury's system; `simulated` is said wherever a bill is shown."""

    @property
    def simulated(self) -> bool:
        """Whether its bills are worth nothing."""
        ...

    def issue(self, asked: AskedBill) -> IssueAnswer:
        """Ask for a blue bill; the same number twice is one bill."""
        ...

    def ask(self, number: str) -> AskAnswer:
        """Ask what became of a bill, blue or red, by our number."""
        ...

    def red(self, asked: AskedRed) -> IssueAnswer:
        """Ask for a red bill (冲红); the same number twice is one bill."""
        ...
