"""
Money back (退款): asked for by a person or by the rule, done when the channel says so.

    refund(session, order, amount_fen=, reason=, by=) -> PaymentRefund
    ask_back(session, attempt, amount_fen, reason, by=)      what pays no order goes back
    finish / accept / lose / fail(session, channel, number)  what the channel said
    send_again(session, refund_id, by=)

Never more goes back than came: one conditional update of the attempt decides. The caller of
`refund` and `ask_back` holds the order's row.
"""

from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Actor, FactValue, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, Invalid, NotFound, WrongState
from kiosk_server.core.identifiers import new_id
from kiosk_server.payments.asking import ask_back_at, tell
from kiosk_server.payments.events import PaymentErrand, PaymentEvent
from kiosk_server.payments.life import (
    ORDER_LIFE,
    REFUND_LIFE,
    OrderState,
    OrderVerb,
    RefundState,
    RefundVerb,
)
from kiosk_server.payments.models import (
    LedgerEntry,
    PaymentAttempt,
    PaymentOrder,
    PaymentRefund,
)
from kiosk_server.payments.ports import RefundDone
from kiosk_server.payments.queries import counted_attempt, refund_by_key, refunds_of_attempt
from kiosk_server.payments.rules import (
    FIRST_QUESTION,
    Channel,
    Movement,
    RefundReason,
    next_question,
)


def refund(
    session: Session,
    order: PaymentOrder,
    *,
    reason: RefundReason,
    by: Actor,
    amount_fen: int | None = None,
    request_key: str | None = None,
) -> PaymentRefund:
    """
    Ask back *amount_fen* of an order that was paid; all that is left of it without.

    The same *request_key* gets the same refund. Raises `WrongState`, `Invalid("refund_invalid")`
    and `Conflict("refund_too_much")`.
    """
    again = refund_by_key(session, request_key) if request_key else None
    if again is not None:
        return again
    state = ORDER_LIFE.after(OrderState(order.state), OrderVerb.REFUND)
    attempt = counted_attempt(session, order.id)
    session.refresh(attempt, with_for_update=True)
    amount = attempt.paid_fen - attempt.refund_fen if amount_fen is None else amount_fen
    if amount < 0:
        raise Invalid("refund_invalid")
    made = ask_back(session, attempt, amount, reason, by=by, request_key=request_key)
    order.state = state
    return made


def ask_back(
    session: Session,
    attempt: PaymentAttempt,
    amount_fen: int,
    reason: RefundReason,
    *,
    by: Actor,
    request_key: str | None = None,
) -> PaymentRefund:
    """Ask *amount_fen* of *attempt* back; raises `Conflict("refund_too_much")`."""
    change = (
        update(PaymentAttempt)
        .where(
            PaymentAttempt.id == attempt.id,
            PaymentAttempt.refund_fen + amount_fen <= PaymentAttempt.paid_fen,
        )
        .values(refund_fen=PaymentAttempt.refund_fen + amount_fen)
    )
    changed = cast("CursorResult[Any]", session.execute(change)).rowcount
    if amount_fen == 0 or changed != 1:
        raise Conflict("refund_too_much")
    now = clock.now()
    # Cash waits for its payer at a window: no channel is asked, a cashier ends it.
    cash = attempt.channel == Channel.CASH
    made = PaymentRefund(
        id=new_id(),
        order_id=attempt.order_id,
        attempt_id=attempt.id,
        amount_fen=amount_fen,
        reason=reason.value,
        state=(RefundState.ACCEPTED if cash else RefundState.ASKED).value,
        request_key=request_key,
        asked_at=now,
        ask_next_at=None if cash else now + FIRST_QUESTION,
    )
    session.add(made)
    session.flush()
    if cash:
        order = session.get_one(PaymentOrder, attempt.order_id)
        tell(session, PaymentEvent.CASH_WAITS, order, name=made.id)
    else:
        ask_back_at(session, PaymentErrand.REFUND, made, attempt)
    _note(session, AuditEvent.PAYMENT_REFUND_ASKED, made, by)
    return made


def send_again(session: Session, refund_id: str, *, by: Actor) -> PaymentRefund:
    """Send a refund again that its channel would not do; raises `NotFound` and `WrongState`."""
    held = _lock_by_id(session, refund_id)
    if held is None:
        raise NotFound("refund_not_found")
    _, made = held
    made.state = REFUND_LIFE.after(RefundState(made.state), RefundVerb.SEND_AGAIN)
    made.failed_for, made.ended_at = None, None
    made.ask_next_at = clock.now() + FIRST_QUESTION
    attempt = session.get_one(PaymentAttempt, made.attempt_id)
    ask_back_at(session, PaymentErrand.REFUND, made, attempt)
    _note(session, AuditEvent.PAYMENT_REFUND_ASKED, made, by)
    return made


def finish(session: Session, channel: Channel, number: str, done: RefundDone) -> bool:
    """Count a refund that *channel* has done, once; False where it is none of ours."""
    held = _lock(session, channel, number)
    if held is None:
        return False
    order, made = held
    if made.state == RefundState.DONE:
        return True
    if done.amount_fen != made.amount_fen:
        _fail(session, made, "amount")
        return True
    made.state = REFUND_LIFE.after(RefundState(made.state), RefundVerb.FINISH)
    made.ended_at, made.ask_next_at, made.failed_for = done.at, None, None
    session.add(
        LedgerEntry(
            id=new_id(),
            channel=channel.value,
            movement=Movement.RETURNED.value,
            number=made.id,
            reference=done.reference,
            attempt_id=made.attempt_id,
            amount_fen=made.amount_fen,
            at=done.at,
        )
    )
    session.flush()
    _note(session, AuditEvent.PAYMENT_REFUNDED, made, SYSTEM)
    if session.get_one(PaymentAttempt, made.attempt_id).counted:
        _lower(session, order, made)
    return True


def accept(session: Session, channel: Channel, number: str) -> None:
    """Write down that *channel* is at a refund, and is to be asked later."""
    _step(session, channel, number, RefundVerb.ACCEPT)


def lose(session: Session, channel: Channel, number: str) -> None:
    """Write down that the answer about a refund was lost."""
    _step(session, channel, number, RefundVerb.LOSE)


def fail(session: Session, channel: Channel, number: str, why: str) -> bool:
    """Write down that *channel* would not do a refund; False where it is none of ours."""
    held = _lock(session, channel, number)
    if held is not None:
        _fail(session, held[1], why)
    return held is not None


def _step(session: Session, channel: Channel, number: str, verb: RefundVerb) -> None:
    held = _lock(session, channel, number)
    if held is None:
        return
    made = held[1]
    try:
        made.state = REFUND_LIFE.after(RefundState(made.state), verb)
    except WrongState:
        # A notice was faster than the answer.
        return
    made.ask_next_at = next_question(made.asked_at, clock.now())


def _fail(session: Session, made: PaymentRefund, why: str) -> None:
    try:
        made.state = REFUND_LIFE.after(RefundState(made.state), RefundVerb.FAIL)
    except WrongState:
        return
    made.failed_for, made.ended_at, made.ask_next_at = why[:64], clock.now(), None
    _note(session, AuditEvent.PAYMENT_REFUND_FAILED, made, SYSTEM)


def _lower(session: Session, order: PaymentOrder, made: PaymentRefund) -> None:
    order.returned_fen += made.amount_fen
    others = refunds_of_attempt(session, made.attempt_id)
    if any(other.state != RefundState.DONE for other in others):
        verb = None
    elif order.returned_fen == order.amount_fen:
        verb = OrderVerb.RETURN_ALL
    else:
        verb = OrderVerb.RETURN_PART
    if verb is not None:
        order.state = ORDER_LIFE.after(OrderState(order.state), verb)
    if order.state == OrderState.REFUNDED:
        order.ended_at = clock.now()
    tell(session, PaymentEvent.REFUNDED, order, name=made.id)


def _lock(
    session: Session, channel: Channel, number: str
) -> tuple[PaymentOrder, PaymentRefund] | None:
    at = (
        select(PaymentAttempt.id)
        .join(PaymentRefund, PaymentRefund.attempt_id == PaymentAttempt.id)
        .where(PaymentRefund.id == number, PaymentAttempt.channel == channel.value)
    )
    return _lock_by_id(session, number) if session.scalar(at) is not None else None


def _lock_by_id(session: Session, refund_id: str) -> tuple[PaymentOrder, PaymentRefund] | None:
    order_id = session.scalar(select(PaymentRefund.order_id).where(PaymentRefund.id == refund_id))
    if order_id is None:
        return None
    order = session.get_one(PaymentOrder, order_id, with_for_update=True, populate_existing=True)
    made = session.get_one(PaymentRefund, refund_id, with_for_update=True, populate_existing=True)
    return order, made


def _note(session: Session, event: AuditEvent, made: PaymentRefund, by: Actor) -> None:
    facts: dict[str, FactValue] = {
        "order": made.order_id,
        "amount_fen": made.amount_fen,
        "reason": made.reason,
    }
    note(session, event, actor=by, subject=Subject("payment_refund", made.id), facts=facts)
