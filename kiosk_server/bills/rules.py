"""
What may be asked and paid, when a biller is asked again, and when he is given up. Pure.

Amounts are integer fen (分).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from kiosk_server.bills.life import BillState
from kiosk_server.core.errors import FieldFault, Invalid

Wording = Mapping[str, str]
FRESH = timedelta(minutes=10)
"""What a biller said is owed is believed for so long; then he is asked again before it is paid."""
MOST_BILLS = 12
"""In one order."""
FIRST_QUESTION = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(hours=4)
"""From the payment on. Longer than a biller's night shift repairs take, shorter than a day in which
somebody sits without water for a bill that he has paid."""
FORGOTTEN_AFTER = timedelta(days=1)
"""What was asked and never paid."""
LONGEST_ACCOUNT = 40
MOST_KEPT = 20
"""Accounts that we remember for one resident: a household's, and his parents'."""
WRONG_ACCOUNTS, WRONG_ACCOUNTS_WINDOW = 10, timedelta(minutes=15)
QUESTIONS, QUESTIONS_WINDOW = 60, timedelta(hours=1)
"""Of one terminal, or of one account of a phone."""


class BillKind(StrEnum):
    """What a bill is for (P43)."""

    WATER = "water"
    ELECTRICITY = "electricity"
    GAS = "gas"
    HEAT = "heat"
    TELEPHONE = "telephone"
    CABLE_TV = "cable_tv"
    SOCIAL_INSURANCE = "social_insurance"
    FINE = "fine"


@dataclass(frozen=True)
class Biller:
    """One who is owed (收费单位), and who answers for it (P47)."""

    code: str
    kind: BillKind
    names: Wording
    answers: Wording
    """Who answers for the service, by name."""
    phone: str
    account_label: Wording
    account_example: str
    account_pattern: str
    icon: str
    family: bool
    """Whether bills of several accounts may stand in one order: a family's."""
    basis: str
    """收费依据."""
    gateway: str
    """The partner through whom it is asked; several billers may share one."""

    @property
    def lane(self) -> str:
        """The lane of the outbox that leads to its partner."""
        return lane_of(self.gateway)


@dataclass(frozen=True)
class FoundBill:
    """One bill as its biller told of it. `standing`: how a payment of it stands, if there is one.

    Who holds an account is named as the biller masks him.
    """

    id: str
    account: str
    holder: str
    period: str
    """A month, `2026-10`, or what the biller calls it."""
    amount_fen: int
    due_on: date | None
    standing: BillState | None

    @property
    def payable(self) -> bool:
        """Whether it can be put into an order now."""
        return self.standing is None


@dataclass(frozen=True)
class BillsFound:
    """What is owed, the oldest first."""

    bills: tuple[FoundBill, ...]


@dataclass(frozen=True)
class NothingOwed:
    """The account is known, and owes nothing."""


@dataclass(frozen=True)
class AccountUnknown:
    """The biller knows no such account."""


@dataclass(frozen=True)
class BillerAsleep:
    """The biller takes no questions until then, as he says."""

    until: datetime


@dataclass(frozen=True)
class BillerSilent:
    """The biller is not connected, or does not answer."""


Asked = BillsFound | NothingOwed | AccountUnknown | BillerAsleep | BillerSilent


def lane_of(gateway: str) -> str:
    """Return the lane of the outbox that leads to a partner."""
    return f"biller-{gateway}"


def account_of(biller: Biller, typed: str) -> str:
    """Return an account's number as its biller writes it; raises `Invalid("account_invalid")`."""
    account = re.sub(r"[\s-]", "", typed).upper()
    if len(account) > LONGEST_ACCOUNT or not re.fullmatch(biller.account_pattern, account):
        raise Invalid("account_invalid", fields=[FieldFault("account", "account_invalid")])
    return account


def is_fresh(told_at: datetime, now: datetime) -> bool:
    """Return whether what was told at *told_at* may still be paid at *now*."""
    return now - told_at < FRESH


def next_question(since: datetime, now: datetime) -> datetime:
    """Return when a biller is asked next who has not told the end: ever later, as time goes by."""
    return now + min(max(FIRST_QUESTION, (now - since) / 4), LONGEST_PAUSE)


def is_given_up(paid_at: datetime, now: datetime) -> bool:
    """Return whether a payment has waited for its biller long enough."""
    return now - paid_at >= GIVE_UP_AFTER
