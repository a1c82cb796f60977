"""
Where a payment of a bill ends: what its biller says, or a person found out, becomes its state.

    believe(session, payment_id, answer)                  what the biller said
    give_up(session, payment_id)                          it waited long enough
    find_out(session, payment_id, booked=, by=)           a person asked the biller
    end_dispute(session, payment_id, by=)                 both sides agree again

A payment that ends unbooked sends its money back in the same unit of work, once: the refund's
request key is the payment's. No state that money came back from leads to `settled`.
"""

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Actor, FactValue, Subject, note
from kiosk_server.bills.lanes import BillErrand, ask_biller
from kiosk_server.bills.life import BILL_LIFE, MONEY_BACK, BillState, BillVerb
from kiosk_server.bills.models import Bill, BillPayment
from kiosk_server.bills.ports import (
    AnswerLost,
    Booked,
    Kept,
    NotKnown,
    Pending,
    ReversalAnswer,
    Reversed,
    StandingAnswer,
    TurnedDown,
)
from kiosk_server.bills.rules import next_question
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, NotFound, WrongState
from kiosk_server.notices.rules import Topic
from kiosk_server.notices.services import tell
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.refunds import refund
from kiosk_server.payments.rules import RefundReason
from kiosk_server.payments.settling import lock_order

Held = tuple[PaymentOrder, BillPayment]
_LONGEST_WORD = 64
_NOTED = {
    BillState.REVERSING: AuditEvent.BILL_GIVEN_UP,
    BillState.SETTLED: AuditEvent.BILL_SETTLED,
    BillState.REFUSED: AuditEvent.BILL_TURNED_DOWN,
    BillState.REVERSED: AuditEvent.BILL_REVERSED,
}


def lock_payment(session: Session, payment_id: str) -> Held:
    """Return a payment with its order, both held; raises `NotFound("bill_payment_not_found")`."""
    found = session.get(BillPayment, payment_id)
    if found is None:
        raise NotFound("bill_payment_not_found")
    order = lock_order(session, found.order_id)
    payment = session.get_one(BillPayment, payment_id, with_for_update=True, populate_existing=True)
    return order, payment


def believe(session: Session, payment_id: str, answer: StandingAnswer | ReversalAnswer) -> None:
    """Take in what a biller said of a payment; what is over stays as it is."""
    held = lock_payment(session, payment_id)
    payment = held[1]
    match answer:
        case Booked(reference):
            _note_reference(payment, reference)
            _take(session, held, BillVerb.CONFIRM, by=SYSTEM)
        case TurnedDown(code):
            if _take(session, held, BillVerb.REFUSE, by=SYSTEM):
                payment.refused_for = code[:_LONGEST_WORD]
        case Reversed():
            _take(session, held, BillVerb.REVERSE, by=SYSTEM)
        case Kept(reference):
            _note_reference(payment, reference)
            _dispute_or_keep(session, held)
        case AnswerLost():
            _take(session, held, BillVerb.LOSE, by=SYSTEM)
        case Pending() | NotKnown():
            ask_later(payment)
    session.flush()


def give_up(session: Session, payment_id: str) -> None:
    """Let a biller undo what he has not confirmed in time; money comes back when he has.

    One who was never asked has nothing to undo.
    """
    held = lock_payment(session, payment_id)
    payment = held[1]
    never_asked = payment.asked_at is None
    if not _take(session, held, BillVerb.GIVE_UP, by=SYSTEM):
        return
    if never_asked:
        _take(session, held, BillVerb.REVERSE, by=SYSTEM)
    else:
        ask_biller(session, BillErrand.REVERSE, payment)


def find_out(
    session: Session,
    payment_id: str,
    *,
    booked: bool,
    by: Actor,
    reference: str | None = None,
) -> BillPayment:
    """
    Write down what a person heard from a biller; audited with him. Raises `WrongState`.

    What is not booked sends its money back, and the biller is asked to undo it all the same: what
    he may book after that is undone. What is booked is asked once more: a reversal may be on its
    way.
    """
    held = lock_payment(session, payment_id)
    payment = held[1]
    verb = BillVerb.FIND_BOOKED if booked else BillVerb.FIND_NOT_BOOKED
    BILL_LIFE.after(BillState(payment.state), verb)
    if booked and reference:
        _note_reference(payment, reference)
    payment.settled_by = by.id
    _note(session, AuditEvent.BILL_FOUND_OUT, payment, by, booked=booked)
    _take(session, held, verb, by=by)
    if payment.asked_at is not None:
        ask_biller(session, BillErrand.BOOK if booked else BillErrand.REVERSE, payment)
    return payment


def end_dispute(session: Session, payment_id: str, *, by: Actor) -> BillPayment:
    """Write down that a biller and we agree again about a payment; raises `WrongState`."""
    payment = lock_payment(session, payment_id)[1]
    if payment.disputed_at is None:
        raise WrongState("bill_not_disputed", state=payment.state)
    payment.disputed_at = None
    _note(session, AuditEvent.BILL_DISPUTE_ENDED, payment, by)
    return payment


def ask_later(payment: BillPayment) -> None:
    """Let the biller be asked again about a payment, ever later."""
    now = clock.now()
    payment.ask_next_at = next_question(payment.paid_at or now, now)


def _take(session: Session, held: Held, verb: BillVerb, *, by: Actor) -> bool:
    """Let *verb* happen if it can in this state; say whether it did."""
    payment = held[1]
    before = BillState(payment.state)
    try:
        after = BILL_LIFE.after(before, verb)
    except WrongState:
        # The world went on while the biller was asked: what is true by now stays.
        return False
    payment.state = after
    if after is BillState.SETTLED or after in MONEY_BACK:
        payment.ask_next_at, payment.ended_at = None, clock.now()
    else:
        ask_later(payment)
    if after is not before:
        _follow(session, held, after, by)
    session.flush()
    return True


def _follow(session: Session, held: Held, after: BillState, by: Actor) -> None:
    order, payment = held
    event = _NOTED.get(after)
    if event is not None:
        _note(session, event, payment, by)
    if after is BillState.SETTLED:
        _tell(session, held, Topic.BILL_SETTLED)
    elif after in MONEY_BACK:
        _give_back(session, order, payment, by)
        _tell(session, held, Topic.BILL_NOT_BOOKED)


def _give_back(session: Session, order: PaymentOrder, payment: BillPayment, by: Actor) -> None:
    try:
        refund(
            session,
            order,
            reason=RefundReason.NOT_DONE,
            by=by,
            amount_fen=payment.amount_fen,
            request_key=f"bill:{payment.id}",
        )
    except Conflict as refused:
        # Staff had given the money back before: nothing is left to go.
        _note(session, AuditEvent.BILL_REVERSED, payment, by, reason=refused.code)


def _tell(session: Session, held: Held, topic: Topic) -> None:
    order, payment = held
    if order.payer_id is not None:
        bill = session.get_one(Bill, payment.bill_id)
        facts = {"biller": payment.biller, "period": bill.period}
        tell(session, order.payer_id, topic, order.id, **facts)


def _dispute_or_keep(session: Session, held: Held) -> None:
    payment = held[1]
    if BillState(payment.state) not in MONEY_BACK:
        _take(session, held, BillVerb.KEEP, by=SYSTEM)
    elif payment.disputed_at is None:
        payment.disputed_at = clock.now()
        _note(session, AuditEvent.BILL_DISPUTED, payment, SYSTEM)


def _note_reference(payment: BillPayment, reference: str) -> None:
    payment.reference = reference[:_LONGEST_WORD]


def _note(
    session: Session, event: AuditEvent, payment: BillPayment, by: Actor, **facts: FactValue
) -> None:
    told = {"biller": payment.biller, "order": payment.order_id, "state": payment.state, **facts}
    note(session, event, actor=by, subject=Subject("bill_payment", payment.id), facts=told)
