"""
What a person settles about money (缴费差错与退款): differences, refunds that failed, money back.

An order is found by the number on its receipt, or by ours; nothing is listed but what wants a
person. The page shows fees and amounts, and nothing of who paid.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.bills.queries import SUBJECT_KIND as BILLS
from kiosk_server.core.errors import Conflict, FieldFault, Invalid
from kiosk_server.core.identifiers import digest, new_id
from kiosk_server.fiscal.queries import fiscal_bills_of, refused_bills, refused_count
from kiosk_server.fiscal.services import ask_again
from kiosk_server.payments import queries, refunds
from kiosk_server.payments.life import REFUNDABLE
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.reconciling import BY_HAND, Settlement, settle
from kiosk_server.payments.rules import RefundReason, as_fen, as_yuan
from kiosk_server.payments.settling import lock_order
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.fleet_view import moment
from kiosk_server.staff_console.session import actor, has_everywhere, require_everywhere
from kiosk_server.web.request_context import database, page_reading

HERE = "/staff/payments"
REASONS = (RefundReason.NOT_DONE, RefundReason.OWN_WISH, RefundReason.BY_STAFF)
"""Why staff give money back; the other reasons are the rule's own."""
_LONGEST_NUMBER = 40


def add_routes(blueprint: Blueprint) -> None:
    """Put the page and its deeds under *blueprint*."""
    blueprint.get("/payments")(payments_page)
    blueprint.post("/payments/<order_id>/refund")(give_back)
    blueprint.post("/payments/refunds/<refund_id>/again")(send_refund_again)
    blueprint.post("/payments/fiscal/<bill_id>/again")(ask_for_bill_again)
    blueprint.post("/payments/differences/<difference_id>/settle")(settle_difference)


def payments_for_me() -> int | None:
    """Return how many things of money want a person; None for who does not settle them."""
    if not has_everywhere(Right.PAYMENTS_SETTLE):
        return None
    with page_reading() as session:
        money = len(queries.open_differences(session)) + len(queries.failed_refunds(session))
        return money + refused_count(session)


def payments_page() -> ResponseReturnValue:
    """Show what wants a person, and the order whose number was typed."""
    require_everywhere(Right.PAYMENTS_SETTLE)
    asked = request.args.get("number", "").strip()[:_LONGEST_NUMBER]
    with database().reading() as session:
        order = queries.order_named(session, asked) if asked else None
        return render_template(
            "staff/payments.html",
            asked=asked,
            order=order,
            items=queries.items_of(session, order.id) if order else [],
            refunds=queries.refunds_of(session, order.id) if order else [],
            receipt=queries.receipt_of(session, order.id) if order else None,
            refundable=order is not None and _is_refundable(order),
            fiscal_bills=fiscal_bills_of(session, order.id) if order else [],
            refused=refused_bills(session),
            differences=queries.open_differences(session),
            failed=queries.failed_refunds(session),
            ways=BY_HAND,
            reasons=REASONS,
            key=new_id(),
            yuan=as_yuan,
            moment=moment,
        )


def give_back(order_id: str) -> ResponseReturnValue:
    """Give money back, whole or in part; a form that is sent twice gives it back once."""
    require_everywhere(Right.PAYMENTS_SETTLE)
    amount, reason = _amount(request.form.get("amount", "")), request.form.get("reason", "")
    if reason not in REASONS:
        raise Invalid(fields=[FieldFault("reason", "choice_unknown")])
    key = digest(f"{actor().id}\x1f{order_id}\x1f{request.form.get('key', '')}")
    with _refusals_noted(order_id), database().unit_of_work() as session:
        order = lock_order(session, order_id)
        if order.subject_kind == BILLS:
            raise Conflict("bills_settle_themselves")
        refunds.refund(
            session,
            order,
            reason=RefundReason(reason),
            by=actor(),
            amount_fen=amount,
            request_key=key,
        )
    return redirect(f"{HERE}?number={order_id}", code=303)


@contextmanager
def _refusals_noted(order_id: str) -> Iterator[None]:
    """Audit who would give back what is not there to be given, or was given already."""
    try:
        yield
    except Conflict as refused:
        with database().unit_of_work() as session:
            note(
                session,
                AuditEvent.PAYMENT_REFUSED,
                actor=actor(),
                subject=Subject("payment_order", order_id),
                facts={"reason": refused.code},
            )
        raise


def send_refund_again(refund_id: str) -> ResponseReturnValue:
    """Send a refund again that its channel had declined."""
    require_everywhere(Right.PAYMENTS_SETTLE)
    with database().unit_of_work() as session:
        refunds.send_again(session, refund_id, by=actor())
    return redirect(HERE, code=303)


def ask_for_bill_again(bill_id: str) -> ResponseReturnValue:
    """Ask the treasury again for a fiscal bill that it would not issue."""
    require_everywhere(Right.PAYMENTS_SETTLE)
    with database().unit_of_work() as session:
        ask_again(session, bill_id, by=actor())
    return redirect(HERE, code=303)


def settle_difference(difference_id: str) -> ResponseReturnValue:
    """Keep how a difference came to its end."""
    require_everywhere(Right.PAYMENTS_SETTLE)
    how = request.form.get("how", "")
    if how not in BY_HAND:
        raise Invalid(fields=[FieldFault("how", "choice_unknown")])
    with database().unit_of_work() as session:
        settle(session, difference_id, Settlement(how), by=actor())
    return redirect(HERE, code=303)


def _is_refundable(order: PaymentOrder) -> bool:
    # What its biller has booked is his: given back here as well, it would be paid twice by us.
    return order.state in REFUNDABLE and order.subject_kind != BILLS


def _amount(text: str) -> int | None:
    """Return what was typed in yuan as fen; None where nothing was: all that is left."""
    if not text.strip():
        return None
    try:
        amount = as_fen(text.strip())
    except ValueError:
        amount = 0
    if amount <= 0:
        raise Invalid(fields=[FieldFault("amount", "amount_invalid")])
    return amount
