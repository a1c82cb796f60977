"""
Open an order, begin to pay it at a channel, let it go. Each is one unit of work, audited.

    open_order(session, subject=, items=, payer_id=, channel=, by=) -> PaymentOrder
    begin_attempt(session, order_id, channel, connected=, by=)      -> PaymentAttempt
    keep_for_window(session, order_id, until=, by=)                 -> PaymentSlip
    let_go(session, order_id, by=)                                  -> PaymentOrder
    close(session, order_id, by=)                                   -> PaymentOrder

Whoever changes an order holds its row first, then attempts, then refunds: nobody waits in a ring.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound
from kiosk_server.core.identifiers import new_code, new_id
from kiosk_server.core.statements import change, enter, put
from kiosk_server.payments.asking import ask_about
from kiosk_server.payments.events import PaymentErrand
from kiosk_server.payments.life import (
    ATTEMPT_LIFE,
    OFFERED,
    ORDER_LIFE,
    PAYABLE,
    AttemptState,
    AttemptVerb,
    OrderState,
    OrderVerb,
)
from kiosk_server.payments.models import PaymentAttempt, PaymentItem, PaymentOrder, PaymentSlip
from kiosk_server.payments.queries import attempts_of, order_by_key, order_of_subject, slip_of
from kiosk_server.payments.rules import (
    FIRST_QUESTION,
    ORDER_LASTS,
    Channel,
    FeeItem,
    Origin,
    total_fen,
)
from kiosk_server.payments.settling import end_order, finish_closing, lock_order, note_order
from kiosk_server.payments.slip_rules import LONGEST_KEPT, RANDOM_DIGITS, with_check_digit

MOST_ATTEMPTS = 8


def open_order(
    session: Session,
    *,
    subject: Subject,
    items: Sequence[FeeItem],
    payer_id: str | None,
    channel: Origin,
    by: Actor,
    request_key: str | None = None,
) -> PaymentOrder:
    """
    Open an order for *subject*; the same *request_key* gets the same order.

    A thing is owed once: where the same payer has a like order open for *subject*, that one is
    returned. Raises `Invalid("order_invalid")`, and `Conflict` with `already_paid` or `order_open`.
    """
    total = total_fen(items)
    again = order_by_key(session, request_key) if request_key else None
    if again is not None:
        return again
    now = clock.now()
    order = PaymentOrder(
        id=new_id(),
        subject_kind=subject.kind,
        subject_id=subject.id,
        payer_id=payer_id,
        amount_fen=total,
        state=OrderState.OPENED.value,
        origin=channel.value,
        request_key=request_key,
        opened_at=now,
        expires_at=now + ORDER_LASTS,
    )
    if not enter(session, order, unless_there=True):
        return _standing(session, subject, payer_id, total, request_key)
    for place, item in enumerate(items):
        put(
            session,
            PaymentItem,
            order_id=order.id,
            place=place,
            code=item.code,
            names=dict(item.names),
            basis=item.basis,
            unit_fen=item.unit_fen,
            quantity=item.quantity,
        )
    note_order(session, AuditEvent.PAYMENT_OPENED, order, by=by, amount_fen=total)
    return order


def begin_attempt(
    session: Session,
    order_id: str,
    channel: Channel,
    *,
    connected: Collection[Channel],
    by: Actor,
    payer_id: str | None = None,
    machine: str | None = None,
) -> PaymentAttempt:
    """
    Ask *channel* for a code; the worker fetches it, and the attempt is `waiting` once it is there.

    An attempt that stands at this channel, and at this *machine*, is returned; those at others are
    let go. With *payer_id* an order of anybody else is not there. Raises
    `NotFound("order_not_found")` and `Conflict` with `order_over`, `channel_not_connected`,
    `attempts_enough` or `wrong_state`.
    """
    order = lock_order(session, order_id)
    if payer_id is not None and order.payer_id != payer_id:
        raise NotFound("order_not_found")
    if channel not in connected:
        raise Conflict("channel_not_connected")
    now = clock.now()
    if order.state in PAYABLE and now >= order.expires_at:
        raise Conflict("order_over")
    state = ORDER_LIFE.after(OrderState(order.state), OrderVerb.BEGIN)
    # An order that nobody has begun to pay has no attempt; its row is held, so that it stays so.
    made = attempts_of(session, order.id) if order.state != OrderState.OPENED else []
    for attempt in made:
        if attempt.state in OFFERED and (attempt.channel, attempt.machine) == (channel, machine):
            return attempt
    if len(made) >= MOST_ATTEMPTS:
        raise Conflict("attempts_enough")
    _let_go(session, made)
    change(session, order, state=state.value)
    attempt = PaymentAttempt(
        id=new_id(),
        order_id=order.id,
        channel=channel.value,
        amount_fen=order.amount_fen,
        machine=machine,
        state=AttemptState.ASKED.value,
        asked_at=now,
        ask_next_at=now + FIRST_QUESTION,
    )
    enter(session, attempt)
    ask_about(session, PaymentErrand.ATTEMPT, attempt)
    note_order(session, AuditEvent.PAYMENT_BEGUN, order, by=by, channel=channel.value)
    return attempt


def keep_for_window(session: Session, order_id: str, *, until: datetime, by: Actor) -> PaymentSlip:
    """
    Keep an order open *until* a window has closed, and give it the code that its slip says.

    Asking again gives the same code; an order is never kept shorter than it was. *until* comes from
    `slip_rules.end_of_next_working_day`, aware. Raises `NotFound("order_not_found")`,
    `Conflict("order_over")`, and `Invalid("order_invalid")` for a moment that is past or a month
    away.
    """
    order = lock_order(session, order_id)
    now = clock.now()
    if order.state not in PAYABLE or now >= order.expires_at:
        raise Conflict("order_over")
    if not now < until <= now + LONGEST_KEPT:
        raise Invalid("order_invalid", fields=[FieldFault("until", "time_unusable")])
    order.expires_at = max(order.expires_at, until)
    slip = slip_of(session, order.id)
    if slip is None:
        slip = PaymentSlip(
            code=with_check_digit(new_code(RANDOM_DIGITS)), order_id=order.id, made_at=now
        )
        session.add(slip)
        note_order(session, AuditEvent.PAYMENT_KEPT, order, by=by)
    session.flush()
    return slip


def close(session: Session, order_id: str, *, by: Actor) -> PaymentOrder:
    """
    Let an order go that nobody has paid; channels that have it are asked to close it first.

    Asking twice changes nothing. Raises `NotFound("order_not_found")` and `WrongState`.
    """
    order = lock_order(session, order_id)
    if order.state in (OrderState.CLOSING, OrderState.CLOSED):
        return order
    if order.state == OrderState.OPENED:
        end_order(session, order, OrderVerb.CLOSE, by=by)
        return order
    order.state = ORDER_LIFE.after(OrderState(order.state), OrderVerb.ASK_CLOSE)
    _let_go(session, attempts_of(session, order.id))
    finish_closing(session, order, by=by)
    return order


def let_go(session: Session, order_id: str, *, by: Actor) -> PaymentOrder:
    """
    Let the attempts to pay an order go, so that it can be paid in another way; it stays open.

    Money that comes all the same pays it, or goes back. Raises `NotFound("order_not_found")`.
    """
    order = lock_order(session, order_id)
    _let_go(session, attempts_of(session, order.id))
    note_order(session, AuditEvent.PAYMENT_LET_GO, order, by=by)
    return order


def _let_go(session: Session, attempts: Sequence[PaymentAttempt]) -> None:
    for attempt in attempts:
        if attempt.state in OFFERED:
            attempt.state = ATTEMPT_LIFE.after(AttemptState(attempt.state), AttemptVerb.ASK_CLOSE)
            ask_about(session, PaymentErrand.CLOSE, attempt)
    session.flush()


def _standing(
    session: Session, subject: Subject, payer_id: str | None, total: int, request_key: str | None
) -> PaymentOrder:
    # Somebody was faster: the same request, or another one for the same thing.
    again = order_by_key(session, request_key) if request_key else None
    if again is not None:
        return again
    found = order_of_subject(session, subject.kind, subject.id)
    if found is None:
        raise Conflict("order_open")
    if found.state not in PAYABLE and found.state != OrderState.CLOSING:
        raise Conflict("already_paid")
    if found.state in PAYABLE and (found.payer_id, found.amount_fen) == (payer_id, total):
        return found
    raise Conflict("order_open")
