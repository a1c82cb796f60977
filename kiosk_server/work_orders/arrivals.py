"""
Arriving by the terminal's code (扫码到场): what stands on its screen now, read by his phone.

    look(session, terminal_id, code, *, staff_id) -> Seen
    arrive_by_code(session, terminal_id, code, *, by) -> list[str]
    forget_arrivals(session) -> int

A code is good for five minutes, at its own terminal, for one person: a second one waits for the
next minute's.
"""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kiosk_server.assets.arrival_codes import arrival_minute
from kiosk_server.audit.services import Actor
from kiosk_server.core import clock
from kiosk_server.core.errors import Refused
from kiosk_server.work_orders.models import WorkOrder, WorkOrderArrival
from kiosk_server.work_orders.rules import LIFE, Arrival, OrderState, OrderVerb
from kiosk_server.work_orders.services import arrive

KEPT = timedelta(days=1)
"""Long after a code is good no more."""
_MAY_ARRIVE = tuple(
    state.value for state in OrderState if OrderVerb.ARRIVE in LIFE.open_verbs(state)
)


class Seen(StrEnum):
    """What a code is worth now."""

    GOOD = "good"
    OLD = "old"
    """Of another time, of another terminal, or of nobody."""
    USED = "used"
    """Somebody else has arrived by it."""


def look(session: Session, terminal_id: str, code: str, *, staff_id: str) -> Seen:
    """Return what *code* is worth to a member of staff; nothing is used up."""
    minute = arrival_minute(session, terminal_id, code)
    if minute is None:
        return Seen.OLD
    taken = session.get(WorkOrderArrival, (terminal_id, minute))
    return Seen.USED if taken is not None and taken.staff_id != staff_id else Seen.GOOD


def arrive_by_code(session: Session, terminal_id: str, code: str, *, by: Actor) -> list[str]:
    """
    Say that *by* stands at the machine: all orders that he has there arrive; return their ids.

    Raises `Refused("arrival_code_old")` and `Refused("arrival_code_used")`; a code by which
    nothing arrives is not used up.
    """
    minute = arrival_minute(session, terminal_id, code)
    if minute is None:
        raise Refused("arrival_code_old")
    orders = waiting_for(session, terminal_id, by.id)
    if orders:
        _take(session, terminal_id, minute, by)
    for order_id in orders:
        arrive(session, order_id, Arrival.SCANNED, by=by)
    return orders


def waiting_for(session: Session, terminal_id: str, staff_id: str) -> list[str]:
    """Return the orders of a member of staff at a terminal at which he may arrive, oldest first."""
    wanted = select(WorkOrder.id).where(
        WorkOrder.terminal_id == terminal_id,
        WorkOrder.assignee_id == staff_id,
        WorkOrder.state.in_(_MAY_ARRIVE),
    )
    return list(session.scalars(wanted.order_by(WorkOrder.id)))


def forget_arrivals(session: Session) -> int:
    """Delete codes that were taken long ago; return how many."""
    old = delete(WorkOrderArrival).where(WorkOrderArrival.at < clock.now() - KEPT)
    result = session.execute(old)
    return result.rowcount if isinstance(result, CursorResult) else 0


def _take(session: Session, terminal_id: str, minute: int, by: Actor) -> None:
    taken = session.get(WorkOrderArrival, (terminal_id, minute))
    if taken is None:
        taken = _first(session, terminal_id, minute, by)
    if taken.staff_id != by.id:
        raise Refused("arrival_code_used")


def _first(session: Session, terminal_id: str, minute: int, by: Actor) -> WorkOrderArrival:
    arrival = WorkOrderArrival(
        terminal_id=terminal_id, minute=minute, staff_id=by.id, at=clock.now()
    )
    # Two phones at one instant: the database lets one of them through.
    try:
        with session.begin_nested():
            session.add(arrival)
    except IntegrityError:
        return session.get_one(WorkOrderArrival, (terminal_id, minute))
    return arrival
