"""How a story of money ended: our orders, our ledger and the channels' own books, held together."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kiosk_server.core.database import Database
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.outbox.rules import ENDED_BADLY
from kiosk_server.payments.life import LIVE, UNPAID, RefundState
from kiosk_server.payments.models import (
    LedgerEntry,
    PaymentAttempt,
    PaymentDay,
    PaymentOrder,
    PaymentReceipt,
    PaymentRefund,
)
from kiosk_server.payments.queries import open_differences
from kiosk_server.payments.rules import Channel, Movement
from tests.money.channels import RoughChannel
from tests.support.money_shares import Shares, shares_of

ENDS = frozenset({"paid", "closed", "refunded", "partly_refunded"})


@dataclass(frozen=True)
class Verdict:
    """How it ended. Amounts in fen."""

    states: Mapping[str, int]
    shares: Shares
    """What became of how many orders."""
    ledger: int
    held_by_channels: int
    kept_by_orders: int
    wrong_orders: tuple[str, ...]
    """Orders that have another amount than the channels have of them, or that two payments paid."""
    open_ends: int
    """Attempts that may still bring money, and refunds that are not done."""
    differences: int
    """Those that still stand."""
    dead_letters: int
    days_compared: int

    @property
    def is_right(self) -> bool:
        """Whether every order ended, and all books say the same, each order and each day."""
        even = self.ledger == self.held_by_channels == self.kept_by_orders
        left = (self.open_ends, self.differences, self.dead_letters)
        done = left == (0, 0, 0) and self.days_compared > 0
        return even and done and not self.wrong_orders and set(self.states) <= ENDS

    def __str__(self) -> str:
        states = ", ".join(f"{state} {count}" for state, count in sorted(self.states.items()))
        return "\n  ".join(
            (
                str(self.shares),
                f"orders: {states}; wrong: {len(self.wrong_orders)} {self.wrong_orders[:5]}",
                f"fen: ledger {self.ledger}, channels {self.held_by_channels}, "
                f"orders {self.kept_by_orders}",
                f"open ends {self.open_ends}, differences {self.differences}, "
                f"dead letters {self.dead_letters}, days compared {self.days_compared}",
            )
        )


def is_settled(database: Database) -> bool:
    """Return whether no order waits for money, and no channel owes an answer."""
    with database.reading() as session:
        unpaid = select(func.count()).where(PaymentOrder.state.in_(sorted(UNPAID)))
        return not _open_ends(session) and not session.scalar(unpaid)


def verdict_of(database: Database, channels: Mapping[Channel, RoughChannel]) -> Verdict:
    """Hold the books together."""
    held: dict[str, int] = defaultdict(int)
    for channel in channels.values():
        for number, amount in channel.received().items():
            held[number] += amount
        for number, amount in channel.returned():
            held[number] -= amount
    with database.reading() as session:
        orders = session.scalars(select(PaymentOrder)).all()
        return Verdict(
            states=Counter(order.state for order in orders),
            shares=shares_of(session),
            ledger=_moved(session, Movement.RECEIVED) - _moved(session, Movement.RETURNED),
            held_by_channels=sum(held.values()),
            kept_by_orders=sum(_kept(order) for order in orders),
            wrong_orders=tuple(_wrong(session, orders, held)),
            open_ends=_open_ends(session),
            differences=len(open_differences(session)),
            dead_letters=_count(session, OutboxMessage.state.in_(sorted(ENDED_BADLY))),
            days_compared=_count(session, PaymentDay.movements > 0),
        )


def _wrong(session: Session, orders: Sequence[PaymentOrder], held: Mapping[str, int]) -> list[str]:
    of_channels: dict[str, int] = defaultdict(int)
    paid_by: dict[str, int] = defaultdict(int)
    for attempt in session.scalars(select(PaymentAttempt)):
        of_channels[attempt.order_id] += held.get(attempt.id, 0)
        paid_by[attempt.order_id] += attempt.counted
    receipts = Counter(session.scalars(select(PaymentReceipt.order_id)))
    return [
        order.id
        for order in orders
        if of_channels[order.id] != _kept(order)
        or paid_by[order.id] != receipts[order.id]
        or paid_by[order.id] != int(order.paid_at is not None)
    ]


def _kept(order: PaymentOrder) -> int:
    return 0 if order.paid_at is None else order.amount_fen - order.returned_fen


def _open_ends(session: Session) -> int:
    live = PaymentAttempt.state.in_(sorted(LIVE))
    return _count(session, live) + _count(session, PaymentRefund.state != RefundState.DONE.value)


def _moved(session: Session, movement: Movement) -> int:
    moved = select(func.coalesce(func.sum(LedgerEntry.amount_fen), 0))
    return session.scalar(moved.where(LedgerEntry.movement == movement.value)) or 0


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(condition)) or 0
