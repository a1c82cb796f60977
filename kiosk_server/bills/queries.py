"""What became of bills: of one order, of one payer, of one account; what wants a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.bills.billers import biller_named, billers
from kiosk_server.bills.keeping import account_in_clear, account_index, holder_as_masked
from kiosk_server.bills.life import LIVE, BillState
from kiosk_server.bills.models import Bill, BillPayment
from kiosk_server.bills.rules import Biller, FoundBill
from kiosk_server.core.errors import NotFound
from kiosk_server.payments.models import PaymentOrder

__all__ = ["biller_named", "billers", "bills_of_order", "bills_of_payer"]

SUBJECT_KIND = "bills"
"""What an order for bills is for; its id is that of the order's first payment of a bill."""

_WANTS_A_PERSON = or_(
    BillPayment.state.in_((BillState.UNKNOWN.value, BillState.REVERSING.value)),
    BillPayment.disputed_at.is_not(None),
)


@dataclass(frozen=True)
class PaidBill:
    """One payment of one bill, as a page shows it; *reference* is the biller's number of it."""

    id: str
    order_id: str
    biller: Biller
    account: str
    holder: str
    period: str
    amount_fen: int
    due_on: date | None
    state: BillState
    reference: str | None
    paid_at: datetime | None
    ended_at: datetime | None
    disputed: bool
    """The biller keeps it, and the money went back on a person's word."""


def bills_of_order(session: Session, order_id: str) -> list[PaidBill]:
    """Return the bills of one order, in its order."""
    wanted = select(BillPayment).where(BillPayment.order_id == order_id)
    return _shown(session, session.scalars(wanted.order_by(BillPayment.id)).all())


def bills_of_payer(
    session: Session, resident_id: str, *, after: str | None = None, limit: int = 20
) -> list[PaidBill]:
    """Return what one resident has paid or is about to pay, the newest first."""
    wanted = (
        select(BillPayment)
        .join(PaymentOrder, PaymentOrder.id == BillPayment.order_id)
        .where(PaymentOrder.payer_id == resident_id)
    )
    if after is not None:
        wanted = wanted.where(BillPayment.id < after)
    found = session.scalars(wanted.order_by(BillPayment.id.desc()).limit(limit))
    return _shown(session, found.all())


def bills_named(
    session: Session, biller_code: str, accounts: Sequence[str], bill_ids: Sequence[str]
) -> list[Bill]:
    """
    Return the bills of these ids if they are of these accounts; `NotFound("bill_not_found")` else.

    Whoever names a bill to us has to know whose it is: an id alone opens nothing.
    """
    of = {account_index(session, biller_code, account) for account in accounts}
    wanted = select(Bill).where(Bill.id.in_(bill_ids), Bill.biller == biller_code)
    found = [bill for bill in session.scalars(wanted) if bill.account_index in of]
    if not found or {bill.id for bill in found} != set(bill_ids):
        raise NotFound("bill_not_found")
    return found


def found_bill(session: Session, bill: Bill) -> FoundBill:
    """Return a bill as a page shows it, with how a payment of it stands."""
    standing = live_payment(session, bill.id)
    return FoundBill(
        id=bill.id,
        account=account_in_clear(session, bill),
        holder=holder_as_masked(session, bill),
        period=bill.period,
        amount_fen=bill.amount_fen,
        due_on=bill.due_on,
        standing=BillState(standing.state) if standing else None,
    )


def live_payment(session: Session, bill_id: str) -> BillPayment | None:
    """Return the payment that keeps everybody else from paying this bill."""
    wanted = select(BillPayment).where(
        BillPayment.bill_id == bill_id, BillPayment.state.in_(sorted(LIVE))
    )
    return session.scalars(wanted).one_or_none()


def payments_of_order(session: Session, order_id: str) -> list[BillPayment]:
    """Return the payments of bills in one order, in its order."""
    wanted = select(BillPayment).where(BillPayment.order_id == order_id)
    return list(session.scalars(wanted.order_by(BillPayment.id)))


def count_for_people(session: Session) -> int:
    """Return how many payments want a person."""
    return session.scalar(select(func.count()).where(_WANTS_A_PERSON)) or 0


def wanting_a_person(session: Session, *, limit: int = 200) -> list[PaidBill]:
    """Return the payments whose biller's answer is lost or disputed, the oldest first."""
    wanted = select(BillPayment).where(_WANTS_A_PERSON)
    return _shown(session, session.scalars(wanted.order_by(BillPayment.id).limit(limit)).all())


def deeds_of_people(session: Session, *, limit: int = 20) -> Sequence[AuditEntry]:
    """Return what people found out and put right lately, the newest first."""
    deeds = (AuditEvent.BILL_FOUND_OUT.value, AuditEvent.BILL_DISPUTE_ENDED.value)
    wanted = select(AuditEntry).where(AuditEntry.event.in_(deeds))
    return session.scalars(wanted.order_by(AuditEntry.id.desc()).limit(limit)).all()


def _shown(session: Session, payments: Sequence[BillPayment]) -> list[PaidBill]:
    return [_paid_bill(session, payment) for payment in payments]


def _paid_bill(session: Session, payment: BillPayment) -> PaidBill:
    bill = session.get_one(Bill, payment.bill_id)
    return PaidBill(
        id=payment.id,
        order_id=payment.order_id,
        biller=biller_named(payment.biller),
        account=account_in_clear(session, bill),
        holder=holder_as_masked(session, bill),
        period=bill.period,
        amount_fen=payment.amount_fen,
        due_on=bill.due_on,
        state=BillState(payment.state),
        reference=payment.reference,
        paid_at=payment.paid_at,
        ended_at=payment.ended_at,
        disputed=payment.disputed_at is not None,
    )
