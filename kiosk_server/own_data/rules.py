"""
What is kept of a resident, kind by kind: until when, and whether he can have it erased at once.

What he cannot have erased is kept because a law says so; the page names it, with its end. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class DataKind(StrEnum):
    """One kind of data, in the order in which it is shown."""

    ACCOUNT = "account"
    PERSON = "person"
    PHONES = "phones"
    CONSENTS = "consents"
    NOTICES = "notices"
    WALLET = "wallet"
    PROOFS = "proofs"
    COPIES = "copies"
    CARDS = "cards"
    SWITCHES = "switches"
    USES = "uses"
    OBJECTIONS = "objections"
    REFUSALS = "refusals"
    CASES = "cases"
    FORMS = "forms"
    CODES = "codes"
    VISITS = "visits"
    BOOKINGS = "bookings"
    PAYMENTS = "payments"
    ADDRESSES = "addresses"
    DELIVERIES = "deliveries"
    BILLS = "bills"
    BILL_ACCOUNTS = "bill_accounts"


class Until(StrEnum):
    """How long a kind is kept."""

    ACCOUNT_ENDS = "account_ends"
    DAYS = "days"
    HOURS = "hours"
    STOPPED = "stopped"
    """Until its holder stops it."""
    LAW = "law"
    """As long as the law has records of cases and certificates kept (档案)."""


@dataclass(frozen=True)
class Terms:
    """How long this house keeps what has a length; the settings say so."""

    uses_days: int
    notices_days: int
    wallet_hours: int
    bookings_days: int
    """From the day that was booked."""
    deliveries_days: int
    """From the last that was heard of it."""


KEPT: Mapping[DataKind, Until] = {
    DataKind.ACCOUNT: Until.ACCOUNT_ENDS,
    DataKind.PERSON: Until.LAW,
    DataKind.PHONES: Until.ACCOUNT_ENDS,
    DataKind.CONSENTS: Until.LAW,
    DataKind.NOTICES: Until.DAYS,
    DataKind.WALLET: Until.HOURS,
    DataKind.PROOFS: Until.LAW,
    DataKind.COPIES: Until.STOPPED,
    DataKind.CARDS: Until.STOPPED,
    DataKind.SWITCHES: Until.STOPPED,
    DataKind.USES: Until.DAYS,
    DataKind.OBJECTIONS: Until.LAW,
    DataKind.REFUSALS: Until.LAW,
    DataKind.CASES: Until.LAW,
    DataKind.FORMS: Until.HOURS,
    DataKind.CODES: Until.HOURS,
    DataKind.VISITS: Until.LAW,
    DataKind.BOOKINGS: Until.DAYS,
    DataKind.PAYMENTS: Until.LAW,
    DataKind.ADDRESSES: Until.STOPPED,
    DataKind.DELIVERIES: Until.DAYS,
    DataKind.BILLS: Until.LAW,
    DataKind.BILL_ACCOUNTS: Until.STOPPED,
}
ERASED_AT_ONCE = frozenset(
    {
        DataKind.NOTICES,
        DataKind.WALLET,
        DataKind.COPIES,
        DataKind.CARDS,
        DataKind.SWITCHES,
        DataKind.FORMS,
        DataKind.ADDRESSES,
        DataKind.BILL_ACCOUNTS,
    }
)
A_DAY_HOURS = 24
"""How long forms that were carried to a phone stay, and codes and questions that died."""


def length_of(kind: DataKind, terms: Terms) -> int | None:
    """Return the days or hours for which a kind is kept, where it has a length."""
    return {
        DataKind.NOTICES: terms.notices_days,
        DataKind.USES: terms.uses_days,
        DataKind.WALLET: terms.wallet_hours,
        DataKind.FORMS: A_DAY_HOURS,
        DataKind.CODES: A_DAY_HOURS,
        DataKind.BOOKINGS: terms.bookings_days,
        DataKind.DELIVERIES: terms.deliveries_days,
    }.get(kind)
