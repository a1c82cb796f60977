"""
A cashier that only plays one (模拟收银台): the code leads to a page of ours, where a button pays.

No money moves, and the page says so. It keeps to the port like every other channel: an order is
paid once, closed orders take nothing, never more goes back than came. Absent in production.

    order_at(session, keyring, token)    what the page shows
    press(session, token)                the button
"""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import NotFound
from kiosk_server.core.identifiers import digest
from kiosk_server.gateways.models import SimulatedPayment, SimulatedRefund
from kiosk_server.outbox.services import emit
from kiosk_server.payments.events import PaymentErrand
from kiosk_server.payments.ports import (
    AskedPayment,
    AskedRefund,
    Bill,
    BillAnswer,
    CloseAnswer,
    CodeGiven,
    CreateAnswer,
    Dead,
    Declined,
    Notice,
    NoticeForged,
    NotKnown,
    NotPaid,
    Paid,
    QueryAnswer,
    RefundAnswer,
    RefundDone,
    RefundQueryAnswer,
)
from kiosk_server.payments.rules import Channel, Moved, Movement, day_in_beijing

PAGE = "/pay/simulated/"
KEPT = timedelta(days=30)


class SimulatedPayments:
    """The far end of a channel, in our own database."""

    channel = Channel.SIMULATED
    simulated = True

    def __init__(self, database: Database, origin: str) -> None:
        self._database = database
        self._origin = origin

    def create(self, asked: AskedPayment) -> CreateAnswer:
        """Take an order; its code is the same however often it is asked for."""
        token = self._database.keyring.mac(asked.number.encode(), purpose="simulated_payment").hex()
        with self._database.unit_of_work() as session:
            found = session.get(SimulatedPayment, asked.number)
            if found is not None:
                standing = _standing(found)
                return standing if isinstance(standing, Paid | Dead) else self._code(token)
            session.add(
                SimulatedPayment(
                    id=asked.number,
                    token_digest=digest(token),
                    title=asked.title,
                    amount_fen=asked.amount_fen,
                    expires_at=asked.expires_at,
                )
            )
        return self._code(token)

    def query(self, number: str) -> QueryAnswer:
        """Say how an order stands."""
        with self._database.reading() as session:
            found = session.get(SimulatedPayment, number)
            return NotKnown() if found is None else _standing(found)

    def close(self, number: str) -> CloseAnswer:
        """Close an order, unless it is paid."""
        with self._database.unit_of_work() as session:
            found = session.get(SimulatedPayment, number, with_for_update=True)
            if found is None:
                return NotKnown()
            standing = _standing(found)
            if isinstance(standing, Paid):
                return standing
            found.closed_at = found.closed_at or clock.now()
            return Dead()

    def refund(self, asked: AskedRefund) -> RefundAnswer:
        """Give back what never came."""
        with self._database.unit_of_work() as session:
            paid = session.get(SimulatedPayment, asked.attempt, with_for_update=True)
            done = session.get(SimulatedRefund, asked.number)
            if done is not None:
                return _returned(done)
            if paid is None or paid.paid_at is None:
                return Declined("not_paid")
            total = select(func.coalesce(func.sum(SimulatedRefund.amount_fen), 0))
            gone = session.scalar(total.where(SimulatedRefund.payment_id == paid.id)) or 0
            if gone + asked.amount_fen > paid.amount_fen:
                return Declined("too_much")
            done = SimulatedRefund(
                id=asked.number,
                payment_id=paid.id,
                amount_fen=asked.amount_fen,
                at=clock.now(),
            )
            session.add(done)
            return _returned(done)

    def query_refund(self, number: str, attempt: str) -> RefundQueryAnswer:
        """Say what became of a refund."""
        with self._database.reading() as session:
            done = session.get(SimulatedRefund, number)
            return NotKnown() if done is None else _returned(done)

    def bill(self, day: date) -> BillAnswer:
        """Return the day's bill."""
        with self._database.reading() as session:
            return Bill(movements_of(session, day, at_machines=False))

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Believe none: the cashier lets the worker ask."""
        return NoticeForged("no_notices")

    def _code(self, token: str) -> CodeGiven:
        return CodeGiven(f"{self._origin}{PAGE}{token}")


def movements_of(session: Session, day: date, *, at_machines: bool) -> tuple[Moved, ...]:
    """Return what was played on one Beijing day, at machines or on the page with the button."""
    begins, ends = day_in_beijing(day)
    machine = SimulatedPayment.machine
    here = machine.is_not(None) if at_machines else machine.is_(None)
    paid = select(SimulatedPayment).where(
        here, SimulatedPayment.paid_at >= begins, SimulatedPayment.paid_at < ends
    )
    back = (
        select(SimulatedRefund)
        .join(SimulatedPayment, SimulatedRefund.payment_id == SimulatedPayment.id)
        .where(here, SimulatedRefund.at >= begins, SimulatedRefund.at < ends)
    )
    received = [Moved(Movement.RECEIVED, row.id, row.amount_fen) for row in session.scalars(paid)]
    returned = [Moved(Movement.RETURNED, row.id, row.amount_fen) for row in session.scalars(back)]
    return (*received, *returned)


def order_at(session: Session, token: str) -> SimulatedPayment:
    """Return the order behind a code; raises `NotFound("payment_page_not_found")`."""
    wanted = select(SimulatedPayment).where(SimulatedPayment.token_digest == digest(token))
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound("payment_page_not_found")
    return found


def press(session: Session, token: str) -> SimulatedPayment:
    """Pay the order behind a code if it can be paid, and let the worker learn of it."""
    order = order_at(session, token)
    now = clock.now()
    session.execute(
        update(SimulatedPayment)
        .where(
            SimulatedPayment.id == order.id,
            SimulatedPayment.paid_at.is_(None),
            SimulatedPayment.closed_at.is_(None),
            SimulatedPayment.expires_at > now,
        )
        .values(paid_at=now)
    )
    session.refresh(order)
    emit(session, PaymentErrand.QUERY, {"attempt": order.id})
    return order


def forget_payments(session: Session) -> int:
    """Delete what was played a month ago; return how many orders."""
    old = clock.now() - KEPT
    gone = select(SimulatedPayment.id).where(SimulatedPayment.expires_at < old)
    session.execute(delete(SimulatedRefund).where(SimulatedRefund.payment_id.in_(gone)))
    result = session.execute(delete(SimulatedPayment).where(SimulatedPayment.expires_at < old))
    return result.rowcount if isinstance(result, CursorResult) else 0


def _standing(row: SimulatedPayment) -> Paid | NotPaid | Dead:
    if row.paid_at is not None:
        return Paid(f"simulated-{row.id}", row.amount_fen, row.paid_at)
    return NotPaid() if row.closed_at is None else Dead()


def _returned(row: SimulatedRefund) -> RefundDone:
    return RefundDone(f"simulated-{row.id}", row.amount_fen, row.at)
