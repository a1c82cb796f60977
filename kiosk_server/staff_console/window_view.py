"""
What a cashier sees of an order and of a case (窗口收费): what is owed on which basis, how it
stands, what may be done now. Of who pays he sees a masked name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.core import clock
from kiosk_server.core.masking import mask_name
from kiosk_server.payments import queries
from kiosk_server.payments.cash_rules import likely_handed
from kiosk_server.payments.life import OFFERED, PAYABLE, AttemptState, RefundState
from kiosk_server.payments.models import (
    CashMovement,
    PaymentAttempt,
    PaymentOrder,
    PaymentReceipt,
    PaymentRefund,
)
from kiosk_server.payments.ports import Gateways
from kiosk_server.payments.rules import Channel, as_yuan
from kiosk_server.residents.models import Resident
from kiosk_server.residents.services import name_of
from kiosk_server.results.queries import result_of
from kiosk_server.results.rules import Print
from kiosk_server.staff.queries import colleague
from kiosk_server.web.words import current_language


@runtime_checkable
class _WithMachines(Protocol):
    def machine_at(self, window_id: str) -> str | None: ...


@dataclass(frozen=True)
class FeeLine:
    """One fee: its name, the basis on which it is taken, what it comes to."""

    name: str
    basis: str
    unit: str
    quantity: int
    total: str


@dataclass(frozen=True)
class CardShown:
    """How the machine of this window stands for an order."""

    machine: str | None
    """None: no machine stands at this window, or no bank is connected."""
    simulated: bool
    attempt: PaymentAttempt | None
    """The last attempt by card."""

    @property
    def waits(self) -> bool:
        """Whether the machine has the sum, or may have it."""
        return self.attempt is not None and self.attempt.state in OFFERED

    @property
    def unknown(self) -> bool:
        """Whether nobody knows yet what the bank has done."""
        return self.attempt is not None and self.attempt.state == AttemptState.UNKNOWN


@dataclass(frozen=True)
class OrderShown:
    """One order at the window."""

    order: PaymentOrder
    fees: Sequence[FeeLine]
    owed: str
    payer: str | None
    payable: bool
    handed: Sequence[tuple[int, str]]
    """What people hand over, in fen and in yuan."""
    channels: Sequence[PaymentAttempt]
    card: CardShown
    cash: CashMovement | None
    cashier: str | None
    change: str | None
    receipt: PaymentReceipt | None
    refunds: Sequence[tuple[PaymentRefund, bool]]
    """Each with whether it is cash that waits here."""


@dataclass(frozen=True)
class CaseShown:
    """One case whose result may be handed out."""

    id: str
    number: str
    item: str
    holder: str
    way: str | None
    handed_out_at: datetime | None
    may_choose: bool
    may_hand_out: bool
    why_not: str | None
    """`owed`, `gone`, `printing` or `not_yet`; None where it may be handed out."""


def machine_here(gateways: Gateways, window_id: str) -> str | None:
    """Return the number of the machine at a window; None without a bank, or without a machine."""
    bank = gateways.get(Channel.BANK_POS)
    return bank.machine_at(window_id) if isinstance(bank, _WithMachines) else None


def order_shown(
    session: Session, order: PaymentOrder, gateways: Gateways, window_id: str
) -> OrderShown:
    """Return an order as the window shows it."""
    attempts = queries.attempts_of(session, order.id)
    cash = _cash_of(session, order.id)
    cashier = colleague(session, cash.cashier_id) if cash else None
    return OrderShown(
        order=order,
        fees=fee_lines(session, order.id, current_language().code),
        owed=as_yuan(order.amount_fen),
        payer=_masked(session, order.payer_id),
        payable=order.state in PAYABLE and clock.now() < order.expires_at,
        handed=[(fen, as_yuan(fen)) for fen in likely_handed(order.amount_fen)],
        channels=[each for each in attempts if each.channel != Channel.BANK_POS],
        card=_card(attempts, gateways, window_id),
        cash=cash,
        cashier=cashier.name if cashier else None,
        change=as_yuan((cash.handed_fen or 0) - cash.amount_fen) if cash else None,
        receipt=queries.receipt_of(session, order.id),
        refunds=[
            (made, _waits_here(session, made)) for made in queries.refunds_of(session, order.id)
        ],
    )


def fee_lines(session: Session, order_id: str, language: str) -> list[FeeLine]:
    """Return the fees of an order in *language*, in Chinese where they have no such name."""
    return [
        FeeLine(
            name=item.names.get(language) or item.names["zh"],
            basis=item.basis,
            unit=as_yuan(item.unit_fen),
            quantity=item.quantity,
            total=as_yuan(item.unit_fen * item.quantity),
        )
        for item in queries.items_of(session, order_id)
    ]


def case_shown(session: Session, case: Case) -> CaseShown:
    """Return a case as the window shows it."""
    view = result_of(session, case)
    names = catalogue.version(session, case.item_version_id).content.names
    why_not = None
    if view.gone:
        why_not = "gone"
    elif view.owed:
        why_not = "owed"
    elif view.print is Print.UNDER_WAY:
        why_not = "printing"
    elif not view.open_ways:
        why_not = "not_yet"
    return CaseShown(
        id=case.id,
        number=case.number,
        item=names.get(current_language().code) or names["zh"],
        holder=_masked(session, case.resident_id) or "*",
        way=view.way.value if view.way else None,
        handed_out_at=view.handed_out_at,
        may_choose=bool(view.open_ways),
        may_hand_out=why_not is None,
        why_not=why_not,
    )


def version_of(shown: OrderShown | None, case: CaseShown | None) -> str:
    """Return what changes whenever the page would look different."""
    parts: list[str] = []
    if shown is not None:
        parts += [shown.order.state, str(shown.order.returned_fen), str(shown.payable)]
        parts += [each.state for each in shown.channels]
        parts += [shown.card.attempt.id + shown.card.attempt.state] if shown.card.attempt else []
        parts += [made.state for made, _ in shown.refunds]
    if case is not None:
        parts += [str(case.why_not), str(case.way), str(case.handed_out_at)]
    return "-".join(parts)


def _card(attempts: Sequence[PaymentAttempt], gateways: Gateways, window_id: str) -> CardShown:
    by_card = [each for each in attempts if each.channel == Channel.BANK_POS]
    bank = gateways.get(Channel.BANK_POS)
    return CardShown(
        machine=machine_here(gateways, window_id),
        simulated=bank is not None and bank.simulated,
        attempt=by_card[-1] if by_card else None,
    )


def _cash_of(session: Session, order_id: str) -> CashMovement | None:
    wanted = select(CashMovement).where(
        CashMovement.order_id == order_id, CashMovement.handed_fen.is_not(None)
    )
    return session.scalars(wanted).one_or_none()


def _waits_here(session: Session, made: PaymentRefund) -> bool:
    attempt = session.get_one(PaymentAttempt, made.attempt_id)
    return attempt.channel == Channel.CASH and made.state == RefundState.ACCEPTED


def _masked(session: Session, resident_id: str | None) -> str | None:
    resident = session.get(Resident, resident_id) if resident_id else None
    return mask_name(name_of(session, resident)) if resident else None
