"""Bills and billers as the screen shows them: kinds, what a keypad can type, states in words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kiosk_server.bills.life import MONEY_BACK, OPEN, BillState
from kiosk_server.bills.queries import PaidBill as Payment
from kiosk_server.bills.rules import Biller, FoundBill
from kiosk_ui.presenters.wording import worded
from kiosk_ui.view_models import Answerable, BillRow, Language, PaidBill

_TYPED_BY_KEYPAD = re.compile(r"([A-Z]{0,4})\[0-9\]\{(\d{1,2})(?:,(\d{1,2}))?\}")
_ACCOUNT_SHOWN = 4
_WORD_OF = {
    BillState.ORDERED: "settling",
    BillState.BOOKING: "settling",
    BillState.UNKNOWN: "unknown",
    BillState.REVERSING: "unknown",
    BillState.SETTLED: "settled",
    BillState.REFUSED: "returning",
    BillState.REVERSED: "returning",
    BillState.RELEASED: "returning",
}


@dataclass(frozen=True, slots=True)
class Keys:
    """How an account is typed on ten keys: letters that all accounts begin with, then digits."""

    prefix: str
    fewest: int
    most: int


def keys_of(biller: Biller) -> Keys | None:
    """Return how *biller*'s accounts are typed on ten keys; None where more would be needed."""
    found = _TYPED_BY_KEYPAD.fullmatch(biller.account_pattern)
    if found is None:
        return None
    fewest = int(found[2])
    return Keys(found[1], fewest, int(found[3]) if found[3] else fewest)


def answerable(biller: Biller, language: Language) -> Answerable:
    """Return who answers for *biller* (P47)."""
    return Answerable(worded(biller.answers, language), biller.phone)


def owed_rows(bills: Iterable[FoundBill], left: frozenset[str], own: bool) -> list[BillRow]:
    """Return what is owed as rows; *own*: what stands in an order is this visit's own."""
    return [
        BillRow(
            bill_id=bill.id,
            holder=bill.holder,
            account_end=account_end(bill.account),
            period=bill.period,
            amount_fen=bill.amount_fen,
            chosen=bill.id not in left,
            held=None if bill.payable or own else held_word(bill),
        )
        for bill in bills
    ]


def held_word(bill: FoundBill) -> str:
    """Return the word for why *bill* cannot be paid now."""
    return "taken" if bill.standing is BillState.ORDERED else "paid"


def account_end(account: str) -> str:
    """Return as much of an account as tells it from others of a family."""
    return account[-_ACCOUNT_SHOWN:]


def paid_rows(payments: Sequence[Payment], *, returned: bool) -> list[PaidBill]:
    """Return the bills of a paid order; *returned*: what was to go back has gone."""
    return [
        PaidBill(
            holder=each.holder,
            period=each.period,
            amount_fen=each.amount_fen,
            state="returned" if returned and each.state in MONEY_BACK else _WORD_OF[each.state],
            number=each.reference if each.state is BillState.SETTLED else None,
        )
        for each in payments
    ]


def whole_of(states: Sequence[BillState]) -> str:
    """Return the word for an order by its bills: what is open first, then what went back."""
    words = {_WORD_OF[state] for state in states}
    for word in ("unknown", "settling"):
        if word in words:
            return word
    return "partly" if len(words) > 1 else words.pop()


def is_waiting(states: Iterable[BillState]) -> bool:
    """Return whether a biller's word is still to come."""
    return any(state in OPEN for state in states)
