"""
What an order may ask for, when a channel is asked again, and where a day's books differ. Pure.

Amounts are integer fen throughout (分); nothing here knows a fraction of one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from kiosk_server.core.clock import BEIJING
from kiosk_server.core.errors import FieldFault, Invalid

LARGEST_ORDER_FEN = 5_000_000
"""Fifty thousand yuan: more than any fee of a counter, less than a slip of the keyboard."""
MOST_ITEMS = 20
LONGEST_BASIS = 200
ORDER_LASTS = timedelta(minutes=30)
"""From then on the order is closed, and its codes with it; a channel's own code lives longer."""
FIRST_QUESTION = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=30)
LANGUAGES = ("zh", "ug", "en")


class Channel(StrEnum):
    """Who takes the money, in the order in which they are offered: the platform first (P26)."""

    PUBLIC_PAYMENT = "public_payment"
    """公共支付平台, by 缴款码."""
    WECHAT_PAY = "wechat_pay"
    ALIPAY = "alipay"
    SIMULATED = "simulated"
    """Nobody: a page that plays a cashier, absent in production."""
    BANK_POS = "bank_pos"
    """A bank card at a window's POS."""
    CASH = "cash"
    """A cashier at a window."""

    @property
    def slug(self) -> str:
        """Its name in addresses, and of its lane of the outbox."""
        return self.value.replace("_", "-")


AT_WINDOW = frozenset({Channel.BANK_POS, Channel.CASH})
"""Ways to pay that need a person at a window: no phone and no screen offers them."""


class Origin(StrEnum):
    """Where an order was made."""

    PHONE = "phone"
    KIOSK = "kiosk"
    COUNTER = "counter"
    SYSTEM = "system"


class RefundReason(StrEnum):
    """Why money goes back."""

    PAID_TWICE = "paid_twice"
    PAID_LATE = "paid_late"
    WRONG_AMOUNT = "wrong_amount"
    NOT_DONE = "not_done"
    """What was paid for could not be done."""
    OWN_WISH = "own_wish"
    BY_STAFF = "by_staff"


class Movement(StrEnum):
    """Which way money went."""

    RECEIVED = "received"
    RETURNED = "returned"


class DifferenceKind(StrEnum):
    """How a channel's bill and our book differ about one movement."""

    NOT_IN_BOOK = "not_in_book"
    NOT_IN_BILL = "not_in_bill"
    AMOUNT = "amount"


@dataclass(frozen=True)
class FeeItem:
    """One fee (收费项目): its code, its names, on what basis it is taken (收费依据), how much."""

    code: str
    names: Mapping[str, str]
    basis: str
    unit_fen: int
    quantity: int = 1

    @property
    def amount_fen(self) -> int:
        """What the item comes to."""
        return self.unit_fen * self.quantity


@dataclass(frozen=True)
class Moved:
    """One movement of money, as the book or a bill tells it; *number* is ours, for both ways."""

    movement: Movement
    number: str
    amount_fen: int


@dataclass(frozen=True)
class Differing:
    """One movement about which bill and book differ; None: it does not stand there."""

    kind: DifferenceKind
    movement: Movement
    number: str
    book_fen: int | None
    bill_fen: int | None


def total_fen(items: Sequence[FeeItem]) -> int:
    """Return what *items* come to; raises `Invalid("order_invalid")` naming every faulty one."""
    faults = [] if 0 < len(items) <= MOST_ITEMS else [FieldFault("items", "count")]
    for place, item in enumerate(items):
        faults += _faults(f"items[{place}]", item)
    total = 0 if faults else sum(item.amount_fen for item in items)
    if not faults and total > LARGEST_ORDER_FEN:
        faults = [FieldFault("items", "too_much")]
    if faults:
        raise Invalid("order_invalid", fields=faults)
    return total


def as_yuan(amount_fen: int) -> str:
    """Return an amount in yuan with two decimals, as papers and Alipay write it."""
    return f"{amount_fen // 100}.{amount_fen % 100:02}"


def as_fen(yuan: str) -> int:
    """Return an amount written in yuan; raises `ValueError` where it is no whole number of fen."""
    try:
        amount = Decimal(yuan) * 100
    except InvalidOperation:
        raise ValueError("no amount") from None
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise ValueError("a fraction of a fen")
    return int(amount)


def next_question(asked_at: datetime, now: datetime) -> datetime:
    """Return when a channel that has not spoken is asked next: ever later, as time goes by."""
    pause = min(max(FIRST_QUESTION, (now - asked_at) / 2), LONGEST_PAUSE)
    return now + pause


def differences(book: Iterable[Moved], bill: Iterable[Moved]) -> list[Differing]:
    """Return where a day's *book* and its *bill* differ, to the fen."""
    ours = {(one.movement, one.number): one.amount_fen for one in book}
    theirs = {(one.movement, one.number): one.amount_fen for one in bill}
    found = []
    for key in sorted(ours.keys() | theirs.keys()):
        mine, yours = ours.get(key), theirs.get(key)
        if mine == yours:
            continue
        kind = DifferenceKind.AMOUNT
        if mine is None:
            kind = DifferenceKind.NOT_IN_BOOK
        elif yours is None:
            kind = DifferenceKind.NOT_IN_BILL
        found.append(Differing(kind, key[0], key[1], mine, yours))
    return found


def day_in_beijing(day: date) -> tuple[datetime, datetime]:
    """Return when *day* begins and ends: a bill's day is Beijing's."""
    begins = datetime.combine(day, time(), BEIJING).astimezone(UTC)
    return begins, begins + timedelta(days=1)


def _faults(at: str, item: FeeItem) -> list[FieldFault]:
    wrong = {
        "code": not 0 < len(item.code) <= 40,
        "names": not all(item.names.get(language) for language in LANGUAGES),
        "basis": not 0 < len(item.basis) <= LONGEST_BASIS,
        "unit_fen": item.unit_fen <= 0,
        "quantity": not 0 < item.quantity <= 1000,
    }
    return [FieldFault(f"{at}.{name}", "invalid") for name, is_wrong in wrong.items() if is_wrong]
