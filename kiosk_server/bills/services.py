"""
Pay bills: one order for several bills of one biller, and never two orders of one bill.

    ask(database, gateways, biller_code, account, by=)    -> what is owed (`asking`)
    freshen(database, gateways, bill_ids, by=)            before paying (`asking`)
    pay(session, bill_ids, payer_id=, origin=, by=)       -> PaymentOrder
    pay_begins(session, order_id) / let_go(session, order_id)   what follows from the order

Whoever changes payments of bills holds the bills' rows first, then the order's, then theirs.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, FactValue, Subject, note
from kiosk_server.bills.asking import ask, freshen
from kiosk_server.bills.billers import biller_named
from kiosk_server.bills.lanes import BillErrand, ask_biller
from kiosk_server.bills.life import BILL_LIFE, BillState, BillVerb
from kiosk_server.bills.models import Bill, BillPayment
from kiosk_server.bills.queries import SUBJECT_KIND, live_payment, payments_of_order
from kiosk_server.bills.rules import MOST_BILLS, Biller, is_fresh, next_question
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound
from kiosk_server.core.identifiers import new_id
from kiosk_server.payments.life import UNPAID, OrderState
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.queries import order_by_key
from kiosk_server.payments.rules import FeeItem, Origin
from kiosk_server.payments.services import open_order
from kiosk_server.payments.settling import lock_order

__all__ = ["ask", "freshen", "let_go", "pay", "pay_begins"]


def pay(
    session: Session,
    bill_ids: Sequence[str],
    *,
    payer_id: str | None,
    origin: Origin,
    by: Actor,
    request_key: str | None = None,
) -> PaymentOrder:
    """
    Open one order for bills of one biller, for the amounts that he told us.

    The same bills of the same payer, or the same *request_key*, get the order that stands. Raises
    `NotFound("bill_not_found")`, `Invalid("bills_invalid")`, and `Conflict` with `bill_stale` (ask
    again: `freshen`), `bill_in_order` (somebody else is paying it) or `bill_paid`.
    """
    again = order_by_key(session, request_key) if request_key else None
    if again is not None:
        return again
    bills = _held(session, bill_ids)
    biller = _of_one_biller(bills)
    standing = _standing(session, bills, payer_id)
    if standing is not None:
        return standing
    if not all(is_fresh(bill.told_at, clock.now()) for bill in bills):
        raise Conflict("bill_stale")
    numbers = [new_id() for _ in bills]
    order = open_order(
        session,
        subject=Subject(SUBJECT_KIND, numbers[0]),
        items=[_fee(biller, bill) for bill in bills],
        payer_id=payer_id,
        channel=origin,
        by=by,
        request_key=request_key,
    )
    if order.subject_id != numbers[0]:
        # The same request was faster.
        return order
    for number, bill in zip(numbers, bills, strict=True):
        session.add(
            BillPayment(
                id=number,
                bill_id=bill.id,
                order_id=order.id,
                biller=biller.code,
                amount_fen=bill.amount_fen,
                state=BillState.ORDERED.value,
                opened_at=clock.now(),
            )
        )
    session.flush()
    facts: dict[str, FactValue] = {"biller": biller.code, "bills": len(bills), "order": order.id}
    note(session, AuditEvent.BILL_ORDERED, actor=by, facts=facts)
    return order


def pay_begins(session: Session, order_id: str) -> None:
    """Have each bill of an order booked whose money is here; a second time changes nothing."""
    order = lock_order(session, order_id)
    if order.paid_at is None:
        return
    now = clock.now()
    for payment in payments_of_order(session, order_id):
        if payment.state == BillState.ORDERED:
            payment.state = BILL_LIFE.after(BillState.ORDERED, BillVerb.PAY)
            payment.paid_at = order.paid_at
            payment.ask_next_at = next_question(now, now)
            ask_biller(session, BillErrand.BOOK, payment)
    session.flush()


def let_go(session: Session, order_id: str) -> None:
    """Let the bills of an order go that closed unpaid: somebody may pay them again."""
    order = lock_order(session, order_id)
    if order.state == OrderState.CLOSED:
        _release(session, order_id)


def _release(session: Session, order_id: str) -> None:
    for payment in payments_of_order(session, order_id):
        if payment.state == BillState.ORDERED:
            payment.state = BILL_LIFE.after(BillState.ORDERED, BillVerb.RELEASE)
            payment.ended_at = clock.now()
    session.flush()


def _held(session: Session, bill_ids: Sequence[str]) -> list[Bill]:
    if not 0 < len(bill_ids) <= MOST_BILLS or len(set(bill_ids)) != len(bill_ids):
        raise Invalid("bills_invalid", fields=[FieldFault("bills", "count")])
    wanted = select(Bill).where(Bill.id.in_(bill_ids)).order_by(Bill.id).with_for_update()
    found = {bill.id: bill for bill in session.scalars(wanted)}
    if len(found) != len(bill_ids):
        raise NotFound("bill_not_found")
    return [found[bill_id] for bill_id in bill_ids]


def _of_one_biller(bills: Sequence[Bill]) -> Biller:
    biller = biller_named(bills[0].biller)
    if any(bill.biller != biller.code for bill in bills):
        raise Invalid("bills_invalid", fields=[FieldFault("bills", "several_billers")])
    if not biller.family and len({bill.account_index for bill in bills}) > 1:
        raise Invalid("bills_invalid", fields=[FieldFault("bills", "several_accounts")])
    return biller


def _standing(session: Session, bills: Sequence[Bill], payer_id: str | None) -> PaymentOrder | None:
    """Return the order in which exactly these bills wait for the same payer; None for none."""
    live = [payment for bill in bills if (payment := live_payment(session, bill.id)) is not None]
    if any(payment.state != BillState.ORDERED for payment in live):
        raise Conflict("bill_paid")
    orders: list[PaymentOrder] = []
    for order_id in sorted({payment.order_id for payment in live}):
        order = lock_order(session, order_id)
        if order.state == OrderState.CLOSED:
            # Whoever lets go of it has not come by yet.
            _release(session, order.id)
        elif order.state in UNPAID:
            orders.append(order)
        else:
            raise Conflict("bill_paid")
    if not orders:
        return None
    order = orders[0]
    asked = {bill.id for bill in bills}
    same = {payment.bill_id for payment in payments_of_order(session, order.id)} == asked
    if same and order.payer_id == payer_id and order.state != OrderState.CLOSING:
        return order
    raise Conflict("bill_in_order")


def _fee(biller: Biller, bill: Bill) -> FeeItem:
    names = {language: f"{name} {bill.period}" for language, name in biller.names.items()}
    return FeeItem(biller.kind.value, names, biller.basis, bill.amount_fen)
