"""
Fiscal bills follow money: a blue one once an order is paid, a red one for each refund that is done.

    follow(session, order_id)               whatever was heard of an order's money; twice is once
    ask_again(session, bill_id, *, by)      a person, after the treasury would not
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound
from kiosk_server.core.identifiers import new_id
from kiosk_server.fiscal.models import FiscalBill
from kiosk_server.fiscal.queries import blue_bill_of
from kiosk_server.fiscal.rules import (
    BILL_LIFE,
    GOVERNMENT_FEES,
    ISSUE_ASKED,
    LANE,
    BillKind,
    BillState,
    BillVerb,
)
from kiosk_server.outbox.services import emit
from kiosk_server.payments.life import RefundState
from kiosk_server.payments.models import PaymentAttempt, PaymentRefund
from kiosk_server.payments.settling import lock_order


def follow(session: Session, order_id: str) -> None:
    """Have the bills made that an order's money asks for and that are not made yet."""
    order = lock_order(session, order_id)
    if order.subject_kind not in GOVERNMENT_FEES or order.paid_at is None:
        return
    blue = blue_bill_of(session, order.id)
    if blue is None:
        _make(session, order.id, order.amount_fen)
    elif blue.state == BillState.ISSUED:
        for refund in _done(session, order.id):
            _make(session, order.id, refund.amount_fen, reverses=blue.id, refund_id=refund.id)


def ask_again(session: Session, bill_id: str, *, by: Actor) -> FiscalBill:
    """Ask the treasury again for a bill that it would not issue.

    Raises `NotFound("fiscal_bill_not_found")` and `WrongState`.
    """
    bill = session.get(FiscalBill, bill_id, with_for_update=True)
    if bill is None:
        raise NotFound("fiscal_bill_not_found")
    bill.state = BILL_LIFE.after(BillState(bill.state), BillVerb.ASK_AGAIN)
    bill.refused_for = None
    emit(session, ISSUE_ASKED, {"bill": bill.id}, lane=LANE)
    note(
        session,
        AuditEvent.FISCAL_BILL_ASKED_AGAIN,
        actor=by,
        subject=Subject("fiscal_bill", bill.id),
    )
    return bill


def _make(
    session: Session,
    order_id: str,
    amount_fen: int,
    *,
    reverses: str | None = None,
    refund_id: str | None = None,
) -> None:
    bill = FiscalBill(
        id=new_id(),
        order_id=order_id,
        kind=(BillKind.BLUE if refund_id is None else BillKind.RED).value,
        reverses=reverses,
        refund_id=refund_id,
        amount_fen=amount_fen,
        state=BillState.ASKED.value,
        made_at=clock.now(),
    )
    session.add(bill)
    session.flush()
    emit(session, ISSUE_ASKED, {"bill": bill.id}, lane=LANE)


def _done(session: Session, order_id: str) -> list[PaymentRefund]:
    """Return the refunds of what paid an order that are done and have no red bill."""
    made = select(FiscalBill.refund_id).where(FiscalBill.refund_id == PaymentRefund.id)
    wanted = (
        select(PaymentRefund)
        .join(PaymentAttempt, PaymentAttempt.id == PaymentRefund.attempt_id)
        .where(
            PaymentRefund.order_id == order_id,
            PaymentRefund.state == RefundState.DONE.value,
            # Money that paid no order, and went back, was never on a bill.
            PaymentAttempt.counted.is_(True),
            ~made.exists(),
        )
    )
    return list(session.scalars(wanted.order_by(PaymentRefund.id)))
