"""Bills, billers and kept accounts as the phone's pages show them."""

from dataclasses import dataclass
from datetime import datetime

from kiosk_server.bills.kept_accounts import Kept
from kiosk_server.bills.life import MONEY_BACK, BillState
from kiosk_server.bills.ports import Gateways
from kiosk_server.bills.queries import PaidBill
from kiosk_server.bills.rules import (
    AccountUnknown,
    Asked,
    Biller,
    BillerAsleep,
    BillsFound,
    NothingOwed,
)
from mobile_api.v1.certificates import in_words

_ENDING = 4
_WORD_OF = {
    BillState.ORDERED: "ordered",
    BillState.BOOKING: "booking",
    BillState.UNKNOWN: "unknown",
    BillState.REVERSING: "unknown",
    BillState.SETTLED: "settled",
    BillState.RELEASED: "released",
}


@dataclass(frozen=True)
class BillerLine:
    """One biller: what it is, who answers for it and under which number (P47)."""

    code: str
    kind: str
    icon: str
    name: str
    answers: str
    phone: str
    label: str
    example: str
    digits_alone: bool
    family: bool
    connected: bool
    simulated: bool


@dataclass(frozen=True)
class KeptLine:
    """One account that is remembered, told by its last signs."""

    id: str
    icon: str
    name: str
    ending: str

    @staticmethod
    def of(kept: Kept) -> "KeptLine":
        """Return *kept* as a row."""
        biller = kept.biller
        return KeptLine(kept.id, biller.icon, in_words(biller.names), kept.account[-_ENDING:])


@dataclass(frozen=True)
class PaidLine:
    """One bill that was paid, or stands in an order; `state` is a code of `m-bill-state-…`."""

    id: str
    icon: str
    name: str
    holder: str
    ending: str
    period: str
    amount_fen: int
    state: str
    reference: str | None
    paid_at: datetime | None


def biller_line(biller: Biller, gateways: Gateways) -> BillerLine:
    """Return *biller* in the language of the page."""
    gateway = gateways.get(biller.gateway)
    return BillerLine(
        code=biller.code,
        kind=biller.kind.value.replace("_", "-"),
        icon=biller.icon,
        name=in_words(biller.names),
        answers=in_words(biller.answers),
        phone=biller.phone,
        label=in_words(biller.account_label),
        example=biller.account_example,
        digits_alone=biller.account_example.isdigit(),
        family=biller.family,
        connected=gateway is not None,
        simulated=gateway is not None and gateway.simulated,
    )


def paid_line(bill: PaidBill) -> PaidLine:
    """Return one payment of a bill as a row."""
    return PaidLine(
        id=bill.id,
        icon=bill.biller.icon,
        name=in_words(bill.biller.names),
        holder=bill.holder,
        ending=bill.account[-_ENDING:],
        period=bill.period,
        amount_fen=bill.amount_fen,
        state="returning" if bill.state in MONEY_BACK else _WORD_OF[bill.state],
        reference=bill.reference if bill.state is BillState.SETTLED else None,
        paid_at=bill.paid_at,
    )


def outcome_of(told: Asked) -> tuple[str, datetime | None]:
    """Return the word for what a biller said, and until when it sleeps."""
    match told:
        case BillsFound():
            return "found", None
        case NothingOwed():
            return "nothing", None
        case AccountUnknown():
            return "unknown", None
        case BillerAsleep(until):
            return "asleep", until
        case _:
            return "silent", None
