"""
The day's book against the channel's bill (对账): every fen, each difference until it is settled.

A day may be compared again, and is, for some days: what has come right since is settled by itself.
What the bill has and the book has not is asked of the channel at once.
"""

from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound, WrongState
from kiosk_server.core.identifiers import new_id
from kiosk_server.payments.asking import ask_about, ask_back_at
from kiosk_server.payments.events import PaymentErrand
from kiosk_server.payments.models import (
    PaymentAttempt,
    PaymentDay,
    PaymentDifference,
    PaymentRefund,
)
from kiosk_server.payments.ports import Bill
from kiosk_server.payments.queries import book_of
from kiosk_server.payments.rules import Channel, DifferenceKind, Differing, Movement, differences


class Settlement(StrEnum):
    """How a difference came to its end."""

    CAME_RIGHT = "came_right"
    """By itself: the next comparison did not find it."""
    CHANNEL_WRONG = "channel_wrong"
    BOOKED_BY_HAND = "booked_by_hand"
    """Put right in the treasury's books, with a paper of its own."""
    NOT_OF_THE_HOUSE = "not_of_the_house"
    """Somebody else's movement at the same merchant number."""


BY_HAND = tuple(how for how in Settlement if how is not Settlement.CAME_RIGHT)


def compare(session: Session, channel: Channel, day: date, bill: Bill) -> int:
    """Compare one day of *channel* with its *bill*; return how many differences stand open."""
    found = differences(book_of(session, channel, day), bill.lines)
    standing = {
        (row.movement, row.number): row
        for row in session.scalars(
            select(PaymentDifference)
            .where(PaymentDifference.channel == channel.value, PaymentDifference.day == day)
            .with_for_update()
        )
    }
    for one in found:
        row = standing.pop((one.movement.value, one.number), None)
        if row is None:
            row = PaymentDifference(id=new_id(), channel=channel.value, day=day)
            row.found_at = clock.now()
            session.add(row)
        if row.settled_how in (None, Settlement.CAME_RIGHT.value):
            row.settled_at, row.settled_how = None, None
        _write(row, one)
        if one.kind is DifferenceKind.NOT_IN_BOOK:
            _ask(session, one)
    for row in standing.values():
        if row.settled_at is None:
            row.settled_at, row.settled_how = clock.now(), Settlement.CAME_RIGHT.value
    session.flush()
    _enter_day(session, channel, day, bill, len(found))
    return len(found)


def settle(
    session: Session, difference_id: str, how: Settlement, *, by: Actor
) -> PaymentDifference:
    """
    Let a person say how a difference came to its end.

    Raises `NotFound("difference_not_found")` and `WrongState`: it is settled, or *how* is nothing
    that a person can say.
    """
    row = session.get(PaymentDifference, difference_id, with_for_update=True)
    if row is None:
        raise NotFound("difference_not_found")
    if row.settled_at is not None or how not in BY_HAND:
        raise WrongState
    row.settled_at, row.settled_by, row.settled_how = clock.now(), by.id, how.value
    note(
        session,
        AuditEvent.PAYMENT_DIFFERENCE_SETTLED,
        actor=by,
        subject=Subject("payment_difference", row.id),
        facts={"how": how.value, "kind": row.kind},
    )
    return row


def _write(row: PaymentDifference, one: Differing) -> None:
    row.kind, row.movement, row.number = one.kind.value, one.movement.value, one.number
    row.book_fen, row.bill_fen = one.book_fen, one.bill_fen


def _ask(session: Session, one: Differing) -> None:
    if one.movement is Movement.RECEIVED:
        attempt = session.get(PaymentAttempt, one.number)
        if attempt is not None:
            ask_about(session, PaymentErrand.QUERY, attempt)
        return
    refund = session.get(PaymentRefund, one.number)
    if refund is not None:
        attempt = session.get_one(PaymentAttempt, refund.attempt_id)
        ask_back_at(session, PaymentErrand.REFUND_QUERY, refund, attempt)


def _enter_day(session: Session, channel: Channel, day: date, bill: Bill, differing: int) -> None:
    sums = dict.fromkeys(Movement, 0)
    for line in bill.lines:
        sums[line.movement] += line.amount_fen
    session.merge(
        PaymentDay(
            channel=channel.value,
            day=day,
            movements=len(bill.lines),
            received_fen=sums[Movement.RECEIVED],
            returned_fen=sums[Movement.RETURNED],
            differing=differing,
            compared_at=clock.now(),
        )
    )
    note(
        session,
        AuditEvent.PAYMENT_DAY_COMPARED,
        actor=SYSTEM,
        subject=Subject("payment_channel", channel.value),
        facts={"day": day.isoformat(), "differing": differing},
    )
