"""
Cash at a window (窗口现金): taken once by a named cashier, given back once against a code.

    take_cash(session, order_id, handed_fen=, number=, till=, by=) -> CashTaken
    return_code(session, attempt_id)                               -> what the payer has
    give_cash_back(session, refund_id, typed, till=, by=)          -> CashReturned or not

The cashier's word pays an order as a channel's does elsewhere: by `settling.take_payment`, in the
same unit of work as ledger, receipt and drawer. A phone that pays at the same moment is second, and
its money goes back by itself.
"""

from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import Conflict, NotFound, WrongState
from kiosk_server.core.limits import count_attempt, forgive
from kiosk_server.payments.cash_rules import (
    MOST_WRONG_RETURN_CODES,
    RETURN_CODE_DIGITS,
    change_fen,
)
from kiosk_server.payments.life import (
    ORDER_LIFE,
    PAYABLE,
    UNPAID,
    AttemptState,
    OrderState,
    OrderVerb,
    RefundState,
)
from kiosk_server.payments.models import (
    CashMovement,
    PaymentAttempt,
    PaymentOrder,
    PaymentRefund,
)
from kiosk_server.payments.ports import Paid, RefundDone
from kiosk_server.payments.refunds import finish
from kiosk_server.payments.rules import Channel, Movement
from kiosk_server.payments.settling import Teller, lock_order, note_order, take_payment

_RETURN_PURPOSE = "cash_return"
_WRONG_CODES = "cash_return_code"
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Till:
    """Where a cashier sits: the site, and what stands above the window."""

    site_id: str
    window: str


@dataclass(frozen=True)
class CashTaken:
    """An order that was paid in cash, and what goes back as change."""

    order: PaymentOrder
    movement: CashMovement
    change_fen: int


@dataclass(frozen=True)
class CashReturned:
    """The money is in its payer's hands."""

    refund: PaymentRefund


@dataclass(frozen=True)
class ReturnCodeWrong:
    """Not this code; with no tries left the refund waits for the next day."""

    tries_left: int


def take_cash(
    session: Session, order_id: str, *, handed_fen: int, number: str, till: Till, by: Actor
) -> CashTaken:
    """
    Take what an order owes in cash; *number* is the form's own, and sent twice it takes once.

    Raises `NotFound("order_not_found")`, `Conflict` with `already_paid` or `order_over`, and
    `Invalid("cash_invalid")`.
    """
    order = lock_order(session, order_id)
    before = session.get(CashMovement, number)
    if before is not None:
        return _taken_before(order, before)
    if order.state not in UNPAID:
        raise Conflict("order_over" if order.state == OrderState.CLOSED else "already_paid")
    now = clock.now()
    if order.state not in PAYABLE or now >= order.expires_at:
        raise Conflict("order_over")
    change = change_fen(order.amount_fen, handed_fen)
    if session.get(PaymentAttempt, number) is not None:
        raise Conflict("already_paid")
    order.state = ORDER_LIFE.after(OrderState(order.state), OrderVerb.BEGIN)
    session.add(
        PaymentAttempt(
            id=number,
            order_id=order.id,
            channel=Channel.CASH.value,
            amount_fen=order.amount_fen,
            state=AttemptState.ASKED.value,
            asked_at=now,
        )
    )
    session.flush()
    paid = Paid(number, order.amount_fen, now)
    take_payment(session, Channel.CASH, number, paid, told_by=Teller.CASHIER)
    movement = _enter(session, order, number, Movement.RECEIVED, order.amount_fen, till=till, by=by)
    movement.handed_fen = handed_fen
    session.flush()
    note_order(
        session,
        AuditEvent.CASH_TAKEN,
        order,
        by=by,
        site=till.site_id,
        window=till.window,
        amount_fen=order.amount_fen,
        handed_fen=handed_fen,
    )
    return CashTaken(order, movement, change)


def return_code(session: Session, attempt_id: str) -> str:
    """Return the digits against which cash of a payment goes back: its payer's alone.

    They stand on the printed receipt, and where its payer is signed in.
    """
    made = keyring_of(session).mac(attempt_id.encode(), purpose=_RETURN_PURPOSE)
    return f"{int.from_bytes(made[:8]) % 10**RETURN_CODE_DIGITS:0{RETURN_CODE_DIGITS}}"


def give_cash_back(
    session: Session, refund_id: str, typed: str, *, till: Till, by: Actor
) -> CashReturned | ReturnCodeWrong:
    """
    Give cash back to whoever tells its code; a wrong one is counted, so let the unit commit.

    Raises `NotFound("refund_not_found")`, `WrongState` for what was given back before, and
    `TooMany("too_many_cash_return_code")`.
    """
    order, refund = _waiting(session, refund_id)
    left = count_attempt(
        session, _WRONG_CODES, refund.id, limit=MOST_WRONG_RETURN_CODES, window=_A_DAY
    )
    expected = return_code(session, refund.attempt_id)
    if not compare_digest(expected.encode(), typed.strip().encode()):
        note_order(session, AuditEvent.CASH_RETURN_REFUSED, order, by=by, site=till.site_id)
        return ReturnCodeWrong(left)
    forgive(session, _WRONG_CODES, refund.id)
    finish(session, Channel.CASH, refund.id, RefundDone(refund.id, refund.amount_fen, clock.now()))
    _enter(session, order, refund.id, Movement.RETURNED, refund.amount_fen, till=till, by=by)
    session.flush()
    note(
        session,
        AuditEvent.CASH_RETURNED,
        actor=by,
        subject=Subject("payment_refund", refund.id),
        facts={"order": order.id, "site": till.site_id, "amount_fen": refund.amount_fen},
    )
    return CashReturned(refund)


def _taken_before(order: PaymentOrder, before: CashMovement) -> CashTaken:
    # The form of another order, or of a refund, cannot stand for this one.
    if before.order_id != order.id or before.handed_fen is None:
        raise Conflict("already_paid")
    return CashTaken(order, before, before.handed_fen - before.amount_fen)


def _waiting(session: Session, refund_id: str) -> tuple[PaymentOrder, PaymentRefund]:
    found = session.get(PaymentRefund, refund_id)
    if found is None:
        raise NotFound("refund_not_found")
    order = lock_order(session, found.order_id)
    refund = session.get_one(PaymentRefund, refund_id, with_for_update=True, populate_existing=True)
    attempt = session.get_one(PaymentAttempt, refund.attempt_id)
    if attempt.channel != Channel.CASH:
        raise NotFound("refund_not_found")
    if refund.state != RefundState.ACCEPTED:
        raise WrongState(state=refund.state)
    return order, refund


def _enter(
    session: Session,
    order: PaymentOrder,
    number: str,
    movement: Movement,
    amount_fen: int,
    *,
    till: Till,
    by: Actor,
) -> CashMovement:
    row = CashMovement(
        id=number,
        order_id=order.id,
        movement=movement.value,
        cashier_id=by.id,
        site_id=till.site_id,
        window=till.window,
        amount_fen=amount_fen,
        at=clock.now(),
    )
    session.add(row)
    return row
