"""
The verbs of work orders (工单).

    open_from_alert(session, alert_id, *, by) -> str
    open_by_hand(session, terminal_id, wish, *, by) -> str
    assign(session, order_id, staff_id, *, by)
    set_out, begin, wait_for_parts(session, order_id, *, by)
    arrive(session, order_id, how, *, by, reason=None)
    finish(session, order_id, findings, cause, *, by)
    check, reopen(session, order_id, *, by)
    cancel(session, order_id, reason, *, by)

Who may do these where is the surface's to ask; who of the people involved may, is asked here: the
way and the work are told by the one who has the order, and nobody checks his own work.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, FactValue, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound, Refused, WrongState
from kiosk_server.core.identifiers import new_id
from kiosk_server.staff.queries import colleague
from kiosk_server.terminals.queries import find as find_terminal
from kiosk_server.terminals.rules import TerminalState
from kiosk_server.upkeep import queries as upkeep
from kiosk_server.upkeep.causes import Severity
from kiosk_server.upkeep.rules import AlertState
from kiosk_server.work_orders.checklists import checklist_faults, checklist_for
from kiosk_server.work_orders.models import WorkOrder, WorkOrderStep
from kiosk_server.work_orders.notices import Why, ask_notice
from kiosk_server.work_orders.rules import (
    HELD,
    LIFE,
    REPEAT_WITHIN,
    SECOND_LOOK,
    WORKERS_OWN,
    Arrival,
    ArrivalReason,
    CancelReason,
    FaultCause,
    OrderState,
    OrderVerb,
    Origin,
    Trouble,
)

OPENED = "open"
"""The first step of every order."""


@dataclass(frozen=True)
class Wish:
    """What a person says is wrong: a device kind or `terminal`, what, how grave."""

    device: str
    trouble: Trouble
    severity: Severity
    origin: Origin = Origin.STAFF


def open_from_alert(session: Session, alert_id: str, *, by: Actor) -> str:
    """
    Open an order for an open alert; return its id.

    Raises `NotFound`, `WrongState("alert_closed")`, and `Conflict("work_order_open_already")`
    while another order for the same trouble is in hand.
    """
    alert = upkeep.find(session, alert_id)
    if alert is None:
        raise NotFound("alert_not_found")
    if alert.state is not AlertState.OPEN:
        raise WrongState("alert_closed", state=alert.state.value)
    return _open(
        session,
        WorkOrder(
            terminal_id=alert.terminal_id,
            site_id=alert.site_id,
            alert_id=alert.id,
            device=alert.cause.device,
            kind=alert.cause.kind,
            severity=alert.severity.value,
            origin=Origin.ALERT.value,
            began_at=alert.opened_at,
        ),
        by,
    )


def open_by_hand(session: Session, terminal_id: str, wish: Wish, *, by: Actor) -> str:
    """
    Open an order for what somebody saw or could not mend himself; return its id.

    Raises `NotFound` for a terminal that is not in the field, and `Conflict` as above.
    """
    terminal = find_terminal(session, terminal_id)
    if terminal is None or terminal.state is TerminalState.REVOKED:
        raise NotFound("terminal_not_found")
    return _open(
        session,
        WorkOrder(
            terminal_id=terminal_id,
            site_id=terminal.site_id,
            device=wish.device,
            kind=wish.trouble.value,
            severity=wish.severity.value,
            origin=wish.origin.value,
            began_at=clock.now(),
        ),
        by,
    )


def assign(session: Session, order_id: str, staff_id: str, *, by: Actor) -> None:
    """
    Give an order to a member of staff, who is told by short message unless he took it himself.

    Raises `Invalid` for an account that is closed or unknown.
    """
    member = colleague(session, staff_id)
    if member is None or not member.active:
        raise Invalid("assignee_invalid", fields=[FieldFault("staff", "not_found")])
    order = _do(session, order_id, OrderVerb.ASSIGN, by, about=staff_id)
    order.assignee_id = staff_id
    order.arrived_at = order.arrival = order.arrival_reason = None
    if staff_id != by.id:
        ask_notice(session, order, Why.ASSIGNED)


def set_out(session: Session, order_id: str, *, by: Actor) -> None:
    """Say that its assignee is on the way."""
    _do(session, order_id, OrderVerb.SET_OUT, by)


def arrive(
    session: Session,
    order_id: str,
    how: Arrival,
    *,
    by: Actor,
    reason: ArrivalReason | None = None,
) -> None:
    """Say that its assignee stands at the machine; an arrival only stated carries its *reason*."""
    if (how is Arrival.BY_HAND) != (reason is not None):
        raise Invalid("arrival_invalid", fields=[FieldFault("reason", "not_chosen")])
    about = reason.value if reason else how.value
    order = _do(session, order_id, OrderVerb.ARRIVE, by, about=about)
    order.arrived_at, order.arrival = clock.now(), how.value
    order.arrival_reason = reason.value if reason else None


def begin(session: Session, order_id: str, *, by: Actor) -> None:
    """Say that the work goes on."""
    _do(session, order_id, OrderVerb.BEGIN, by)


def wait_for_parts(session: Session, order_id: str, *, by: Actor) -> None:
    """Say that the work waits for parts; the limit goes on."""
    _do(session, order_id, OrderVerb.WAIT_FOR_PARTS, by)


def finish(
    session: Session,
    order_id: str,
    findings: Mapping[str, str],
    cause: FaultCause,
    *,
    by: Actor,
) -> None:
    """
    Say that the work is done: every point of the checklist answered, and what it was.

    A fault of the same cause at the same device within 30 days marks the order as a repeat.
    """
    order = _held(session, order_id)
    faults = checklist_faults(order.device, findings)
    if faults:
        raise Invalid("checklist_incomplete", fields=faults)
    _do(session, order_id, OrderVerb.FINISH, by, about=cause.value)
    order.checklist = {point.value: findings[point] for point in checklist_for(order.device)}
    order.fault_cause, order.done_at, order.done_by = cause.value, clock.now(), by.id
    order.repeat_of = _earlier_like(session, order)


def check(session: Session, order_id: str, *, by: Actor) -> None:
    """Say, as somebody other than who did the work, that it is well done."""
    _do(session, order_id, OrderVerb.CHECK, by)


def reopen(session: Session, order_id: str, *, by: Actor) -> None:
    """Say, as somebody other than who did the work, that it is not; it wants a person again."""
    order = _held(session, order_id)
    if _in_hand_like(session, order):
        raise Conflict("work_order_open_already")
    _do(session, order_id, OrderVerb.REOPEN, by)
    order.assignee_id = order.done_at = order.repeat_of = None
    order.arrived_at = order.arrival = order.arrival_reason = order.warned_at = None


def cancel(session: Session, order_id: str, reason: CancelReason, *, by: Actor) -> None:
    """Give an order up, with a reason."""
    _do(session, order_id, OrderVerb.CANCEL, by, about=reason.value)


def _open(session: Session, order: WorkOrder, by: Actor) -> str:
    order.id, order.state, order.checklist = new_id(), OrderState.OPEN.value, {}
    order.opened_by, order.opened_at = by.id, clock.now()
    if _in_hand_like(session, order):
        raise Conflict("work_order_open_already")
    session.add(order)
    try:
        session.flush()
    except IntegrityError:
        # Two who open at once: the database lets one of them through.
        raise Conflict("work_order_open_already") from None
    _step(session, order, OPENED, by, about=None)
    _note(session, AuditEvent.WORK_ORDER_OPENED, order, by, origin=order.origin)
    return order.id


def _do(
    session: Session, order_id: str, verb: OrderVerb, by: Actor, *, about: str | None = None
) -> WorkOrder:
    order = _held(session, order_id)
    after = LIFE.after(OrderState(order.state), verb)
    if verb in WORKERS_OWN and order.assignee_id != by.id:
        raise Refused("work_order_of_another")
    if verb in SECOND_LOOK and order.done_by == by.id:
        raise Refused("own_work_unchecked")
    order.state = after.value
    _step(session, order, verb.value, by, about=about)
    _note(session, AuditEvent.WORK_ORDER_MOVED, order, by, verb=verb.value, about=about)
    return order


def _held(session: Session, order_id: str) -> WorkOrder:
    # Two who act at once: the second waits here, and finds another state.
    order = session.get(WorkOrder, order_id, with_for_update=True)
    if order is None:
        raise NotFound("work_order_not_found")
    return order


def _in_hand_like(session: Session, order: WorkOrder) -> bool:
    wanted = select(WorkOrder.id).where(
        WorkOrder.terminal_id == order.terminal_id,
        WorkOrder.device == order.device,
        WorkOrder.kind == order.kind,
        WorkOrder.state.in_(HELD),
        WorkOrder.id != order.id,
    )
    return session.scalar(wanted.limit(1)) is not None


def _earlier_like(session: Session, order: WorkOrder) -> str | None:
    wanted = (
        select(WorkOrder.id)
        .where(
            WorkOrder.terminal_id == order.terminal_id,
            WorkOrder.device == order.device,
            WorkOrder.fault_cause == order.fault_cause,
            WorkOrder.done_at >= clock.now() - REPEAT_WITHIN,
            WorkOrder.id != order.id,
        )
        .order_by(WorkOrder.done_at.desc(), WorkOrder.id.desc())
    )
    return session.scalar(wanted.limit(1))


def _step(session: Session, order: WorkOrder, verb: str, by: Actor, *, about: str | None) -> None:
    count = select(func.count()).where(WorkOrderStep.order_id == order.id)
    session.add(
        WorkOrderStep(
            id=new_id(),
            order_id=order.id,
            number=(session.scalar(count) or 0) + 1,
            verb=verb,
            state=order.state,
            by_id=by.id,
            about=about,
            at=clock.now(),
        )
    )
    session.flush()


def _note(
    session: Session, event: AuditEvent, order: WorkOrder, by: Actor, **facts: FactValue
) -> None:
    known: dict[str, FactValue] = {"terminal": order.terminal_id, "state": order.state, **facts}
    note(session, event, actor=by, subject=Subject("work_order", order.id), facts=known)
