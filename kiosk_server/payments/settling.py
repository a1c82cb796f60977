"""
Where money is counted: what a channel says of an attempt becomes what we believe of its order.

`take_payment` is the only way for an order to be paid. The first money pays it; all other money of
the order goes back by itself. What is said twice is counted once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session, aliased

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Actor, FactValue, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound, WrongState
from kiosk_server.core.identifiers import new_code, new_id
from kiosk_server.core.statements import Writing, change, hold, put
from kiosk_server.payments.asking import ask_about, tell
from kiosk_server.payments.events import PaymentErrand, PaymentEvent
from kiosk_server.payments.life import (
    ATTEMPT_LIFE,
    LIVE,
    OFFERED,
    ORDER_LIFE,
    UNPAID,
    AttemptState,
    AttemptVerb,
    OrderState,
    OrderVerb,
)
from kiosk_server.payments.models import (
    LedgerEntry,
    PaymentAttempt,
    PaymentOrder,
    PaymentReceipt,
)
from kiosk_server.payments.ports import Paid
from kiosk_server.payments.queries import attempts_of
from kiosk_server.payments.refunds import ask_back
from kiosk_server.payments.rules import Channel, Movement, RefundReason, next_question


class Teller(StrEnum):
    """How we learnt of it."""

    NOTICE = "notice"
    QUERY = "query"
    CASHIER = "cashier"


class Taken(StrEnum):
    """What became of a payment that a channel told of."""

    COUNTED = "counted"
    REPEATED = "repeated"
    """We knew."""
    GOES_BACK = "goes_back"
    DOUBTED = "doubted"
    """A notice that does not fit what we asked for; the channel is asked itself."""
    NOT_OURS = "not_ours"


# Built once: every notice and every answer passes here.
_ORDER = (
    select(PaymentOrder)
    .where(PaymentOrder.id == bindparam("order"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_ORDER_OF = (
    select(PaymentOrder)
    .where(
        PaymentOrder.id
        == select(PaymentAttempt.order_id)
        .where(PaymentAttempt.id == bindparam("number"), PaymentAttempt.channel == bindparam("at"))
        .scalar_subquery()
    )
    .with_for_update()
    .execution_options(populate_existing=True)
)
_ATTEMPTS = (
    select(PaymentAttempt)
    .where(PaymentAttempt.order_id == bindparam("order"))
    .order_by(PaymentAttempt.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)
_TABLE = cast("Table", PaymentAttempt.__table__)
_OTHER = aliased(_TABLE)
# A channel's number of a payment stands at one attempt: what says otherwise writes nothing.
_PAID = Writing(
    lambda _: update(_TABLE).where(
        _TABLE.c.id == bindparam("row", type_=_TABLE.c.id.type),
        ~(
            select(_OTHER.c.id)
            .where(
                _OTHER.c.channel == _TABLE.c.channel,
                _OTHER.c.reference == bindparam("known", type_=_TABLE.c.reference.type),
                _OTHER.c.id != bindparam("row", type_=_TABLE.c.id.type),
            )
            .correlate(_TABLE)
            .exists()
        ),
    ),
    ("state", "reference", "paid_fen", "paid_at", "ask_next_at", "counted"),
)


@dataclass(frozen=True)
class Held:
    """An order, one of its attempts, and the others, each as it is now and kept from others."""

    order: PaymentOrder
    attempt: PaymentAttempt
    others: Sequence[PaymentAttempt]


def lock_order(session: Session, order_id: str) -> PaymentOrder:
    """Return an order as it is now, and keep others from it; `NotFound("order_not_found")`."""
    found = session.scalars(_ORDER, {"order": order_id}).one_or_none()
    if found is None:
        raise NotFound("order_not_found")
    return found


def lock_attempt(session: Session, channel: Channel, number: str) -> Held | None:
    """Return the attempt that *channel* knows by *number*, with its order and their like; or None.

    The order first, and its attempts in a statement of their own: one that was begun while we
    waited for the order is among them.
    """
    order = session.scalars(_ORDER_OF, {"number": number, "at": channel.value}).one_or_none()
    if order is None:
        return None
    attempts = session.scalars(_ATTEMPTS, {"order": order.id}).all()
    (attempt,) = (each for each in attempts if each.id == number)
    return Held(order, attempt, [each for each in attempts if each is not attempt])


def take_payment(
    session: Session, channel: Channel, number: str, paid: Paid, *, told_by: Teller
) -> Taken:
    """Count a payment that *channel* tells of, once; a second one for its order goes back."""
    held = lock_attempt(session, channel, number)
    if held is None:
        return Taken.NOT_OURS
    order, attempt = held.order, held.attempt
    if attempt.state == AttemptState.PAID:
        same = (attempt.reference, attempt.paid_fen) == (paid.reference, paid.amount_fen)
        return Taken.REPEATED if same else Taken.DOUBTED
    reason = _goes_back_for(order, attempt, paid)
    doubtful = _is_doubtful(attempt, paid, told_by)
    if doubtful or not _enter(session, attempt, paid, counted=reason is None):
        ask_about(session, PaymentErrand.QUERY, attempt)
        note_order(session, AuditEvent.PAYMENT_DOUBTED, order, by=SYSTEM, channel=channel.value)
        return Taken.DOUBTED
    if reason is not None:
        ask_back(session, attempt, paid.amount_fen, reason, by=SYSTEM)
        note_order(
            session,
            AuditEvent.PAYMENT_GOES_BACK,
            order,
            by=SYSTEM,
            channel=channel.value,
            reason=reason.value,
        )
        finish_closing(session, order, by=SYSTEM)
        return Taken.GOES_BACK
    _pay(session, held, paid, channel)
    return Taken.COUNTED


def end_attempt(
    session: Session, channel: Channel, number: str, verb: AttemptVerb, *, why: str | None = None
) -> None:
    """Let *verb* (`close`, `refuse`) end an attempt, if it can; its order may close with it."""
    held = lock_attempt(session, channel, number)
    if held is None:
        return
    attempt = held.attempt
    if not _go(attempt, verb):
        return
    attempt.ask_next_at = None
    attempt.refused_for = why[:64] if why else None
    session.flush()
    finish_closing(session, held.order, by=SYSTEM)


def give_code(session: Session, channel: Channel, number: str, code: str | None) -> None:
    """Let the payer see the code that a channel gave, if it gives one; too late, nobody does."""
    held = lock_attempt(session, channel, number)
    if held is not None and _go(held.attempt, AttemptVerb.GIVE_CODE):
        held.attempt.code = code


def lose_answer(session: Session, channel: Channel, number: str) -> None:
    """Write down that a channel's answer was lost: it may have the order, or not."""
    held = lock_attempt(session, channel, number)
    if held is not None:
        _go(held.attempt, AttemptVerb.LOSE)


def ask_later(session: Session, attempt: PaymentAttempt) -> None:
    """Let the channel be asked again about *attempt*, ever later."""
    attempt.ask_next_at = next_question(attempt.asked_at, clock.now())


def finish_closing(session: Session, order: PaymentOrder, *, by: Actor) -> None:
    """Close *order* if it is closing and no channel can bring money for it any more."""
    if order.state != OrderState.CLOSING:
        return
    if not any(attempt.state in LIVE for attempt in attempts_of(session, order.id)):
        end_order(session, order, OrderVerb.CLOSE, by=by)


def end_order(session: Session, order: PaymentOrder, verb: OrderVerb, *, by: Actor) -> None:
    """Close *order*, and tell whoever opened it."""
    order.state = ORDER_LIFE.after(OrderState(order.state), verb)
    order.ended_at = clock.now()
    note_order(session, AuditEvent.PAYMENT_CLOSED, order, by=by)
    tell(session, PaymentEvent.CLOSED, order, name=order.id)


def note_order(
    session: Session,
    event: AuditEvent,
    order: PaymentOrder,
    *,
    by: Actor,
    **facts: FactValue,
) -> None:
    """Write down what became of an order."""
    named = {"subject": order.subject_kind, **facts}
    note(session, event, actor=by, subject=Subject("payment_order", order.id), facts=named)


def _is_doubtful(attempt: PaymentAttempt, paid: Paid, told_by: Teller) -> bool:
    if paid.amount_fen <= 0:
        return True
    return told_by is Teller.NOTICE and paid.amount_fen != attempt.amount_fen


def _enter(session: Session, attempt: PaymentAttempt, paid: Paid, *, counted: bool) -> bool:
    """Write down that *attempt* is paid; False where another one has the channel's number."""
    written = {
        "state": ATTEMPT_LIFE.after(AttemptState(attempt.state), AttemptVerb.PAY).value,
        "reference": paid.reference,
        "paid_fen": paid.amount_fen,
        "paid_at": paid.at,
        "ask_next_at": None,
        "counted": counted,
    }
    session.flush()
    if not _PAID.run(session, {**written, "row": attempt.id, "known": paid.reference}):
        return False
    hold(attempt, written)
    put(
        session,
        LedgerEntry,
        id=new_id(),
        channel=attempt.channel,
        movement=Movement.RECEIVED.value,
        number=attempt.id,
        reference=paid.reference,
        attempt_id=attempt.id,
        amount_fen=paid.amount_fen,
        at=paid.at,
    )
    return True


def _goes_back_for(order: PaymentOrder, attempt: PaymentAttempt, paid: Paid) -> RefundReason | None:
    if paid.amount_fen != attempt.amount_fen:
        return RefundReason.WRONG_AMOUNT
    if order.state == OrderState.CLOSED:
        return RefundReason.PAID_LATE
    return None if order.state in UNPAID else RefundReason.PAID_TWICE


def _pay(session: Session, held: Held, paid: Paid, channel: Channel) -> None:
    order = held.order
    state = ORDER_LIFE.after(OrderState(order.state), OrderVerb.PAY)
    change(session, order, state=state.value, paid_at=paid.at)
    day = clock.to_beijing(paid.at).strftime("%Y%m%d")
    receipt = f"{day}-{new_code(11)}"
    put(session, PaymentReceipt, id=receipt, order_id=order.id, issued_at=clock.now())
    for other in held.others:
        if other.state in OFFERED:
            other.state = ATTEMPT_LIFE.after(AttemptState(other.state), AttemptVerb.ASK_CLOSE)
            ask_about(session, PaymentErrand.CLOSE, other)
    note_order(session, AuditEvent.PAYMENT_PAID, order, by=SYSTEM, channel=channel.value)
    tell(session, PaymentEvent.PAID, order, name=order.id)


def _go(attempt: PaymentAttempt, verb: AttemptVerb) -> bool:
    """Let *verb* happen to *attempt* if it can in this state; say whether it did."""
    try:
        attempt.state = ATTEMPT_LIFE.after(AttemptState(attempt.state), verb)
    except WrongState:
        # The world went on while the channel was asked: what is true by now stays.
        return False
    return True
