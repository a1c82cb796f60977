"""What is done for payments by the clock: ask who has not spoken, close what is over, ask bills."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.outbox.services import emit
from kiosk_server.payments.asking import ask_about, ask_back_at
from kiosk_server.payments.events import PaymentErrand
from kiosk_server.payments.life import (
    PAYABLE,
    REFUND_TO_BE_SENT,
    TO_BE_SENT,
    AttemptState,
)
from kiosk_server.payments.models import (
    PaymentAttempt,
    PaymentDay,
    PaymentOrder,
    PaymentRefund,
)
from kiosk_server.payments.rules import Channel, next_question
from kiosk_server.payments.services import close
from kiosk_server.payments.settling import ask_later

DAYS_COMPARED = 3
"""A day is compared on each of so many days after it: late movements come right by then."""
_AT_ONCE = 200


def ask_silent(session: Session) -> None:
    """Ask channels about payments and refunds of which they have not spoken for a while."""
    now = clock.now()
    wanted = select(PaymentAttempt).where(PaymentAttempt.ask_next_at <= now)
    # Rows that somebody is at are left to the next time: this deed waits for nobody.
    wanted = wanted.order_by(PaymentAttempt.ask_next_at).limit(_AT_ONCE)
    for attempt in session.scalars(wanted.with_for_update(skip_locked=True)):
        ask_later(session, attempt)
        # What was never sent is the outbox's own business until the order is over.
        if attempt.state not in TO_BE_SENT:
            closing = attempt.state == AttemptState.CLOSING
            errand = PaymentErrand.CLOSE if closing else PaymentErrand.QUERY
            ask_about(session, errand, attempt)
    due = select(PaymentRefund).where(PaymentRefund.ask_next_at <= now)
    due = due.order_by(PaymentRefund.ask_next_at).limit(_AT_ONCE)
    for refund in session.scalars(due.with_for_update(skip_locked=True)):
        refund.ask_next_at = next_question(refund.asked_at, now)
        again = refund.state in REFUND_TO_BE_SENT
        errand = PaymentErrand.REFUND if again else PaymentErrand.REFUND_QUERY
        attempt = session.get_one(PaymentAttempt, refund.attempt_id)
        ask_back_at(session, errand, refund, attempt)


def close_overdue(database: Database) -> None:
    """Close orders whose time is over, each in a unit of work of its own."""
    with database.reading() as session:
        over = select(PaymentOrder.id).where(
            PaymentOrder.state.in_(sorted(PAYABLE)), PaymentOrder.expires_at <= clock.now()
        )
        ids = session.scalars(over.order_by(PaymentOrder.expires_at).limit(_AT_ONCE)).all()
    for order_id in ids:
        with database.unit_of_work() as session:
            order = session.get_one(PaymentOrder, order_id, with_for_update=True)
            if order.state in PAYABLE:
                close(session, order_id, by=SYSTEM)


def ask_bills(session: Session, channels: Iterable[Channel]) -> None:
    """Ask each channel for the bills of the last days that were not compared today."""
    today = clock.beijing_today()
    for channel in channels:
        for back in range(1, DAYS_COMPARED + 1):
            day = today - timedelta(days=back)
            compared = session.get(PaymentDay, (channel.value, day))
            if compared is None or clock.to_beijing(compared.compared_at).date() < today:
                payload = {"channel": channel.value, "day": day.isoformat()}
                emit(session, PaymentErrand.BILL, payload, lane=channel.slug)
