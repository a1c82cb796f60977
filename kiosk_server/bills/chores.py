"""What is done for bills by the clock: ask who has not confirmed, give him up after a while."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.bills.lanes import BillErrand, ask_biller
from kiosk_server.bills.life import TO_BE_BOOKED, BillState
from kiosk_server.bills.models import BillPayment
from kiosk_server.bills.rules import is_given_up
from kiosk_server.bills.settling import ask_later, give_up
from kiosk_server.core import clock
from kiosk_server.core.database import Database

_AT_ONCE = 200


def ask_silent(session: Session) -> None:
    """Ask billers again about payments of which they have not told the end."""
    wanted = select(BillPayment).where(BillPayment.ask_next_at <= clock.now())
    wanted = wanted.order_by(BillPayment.ask_next_at).limit(_AT_ONCE)
    for payment in session.scalars(wanted.with_for_update(skip_locked=True)):
        ask_later(payment)
        if payment.asked_at is None:
            # What was never sent waits in its lane, and is sent from there.
            continue
        reversing = payment.state == BillState.REVERSING
        ask_biller(session, BillErrand.REVERSE if reversing else BillErrand.BOOK, payment)


def give_up_silent(database: Database) -> None:
    """Give billers up who have not confirmed in time, each payment in a unit of work of its own."""
    with database.reading() as session:
        waiting = select(BillPayment).where(BillPayment.state.in_(sorted(TO_BE_BOOKED)))
        rows = session.scalars(waiting.order_by(BillPayment.paid_at).limit(_AT_ONCE)).all()
    now = clock.now()
    for payment in rows:
        if payment.paid_at is not None and is_given_up(payment.paid_at, now):
            with database.unit_of_work() as session:
                give_up(session, payment.id)
