"""
Parts fitted at an order (换件): kept with it, and their serials written into the asset book.

    fit(session, order_id, part, *, by) -> str
"""

from dataclasses import replace

from sqlalchemy.orm import Session

from kiosk_server.assets.queries import book_of
from kiosk_server.assets.services import write_book
from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, Invalid, NotFound, Refused, WrongState
from kiosk_server.core.identifiers import new_id
from kiosk_server.work_orders.models import WorkOrder, WorkOrderPart
from kiosk_server.work_orders.parts import DEVICE_OF, Part, part_faults
from kiosk_server.work_orders.rules import OrderState

_AT_WORK = frozenset({OrderState.WORKING, OrderState.WAITING_FOR_PARTS})


def fit(session: Session, order_id: str, part: Part, *, by: Actor) -> str:
    """
    Keep that its assignee fitted *part*; return the row's id.

    Raises `Invalid` naming every faulty field, `Conflict("part_other_serial")` when the book knows
    another serial for what went out: one of the two is read wrong, or another machine is meant.
    """
    order = session.get(WorkOrder, order_id, with_for_update=True)
    if order is None:
        raise NotFound("work_order_not_found")
    if order.assignee_id != by.id:
        raise Refused("work_order_of_another")
    if order.state not in _AT_WORK:
        raise WrongState("work_order_not_at_work", state=order.state)
    faults = part_faults(part)
    if faults:
        raise Invalid("part_invalid", fields=faults)
    _enter_in_book(session, order, part, by)
    row = WorkOrderPart(
        id=new_id(),
        order_id=order_id,
        code=part.code.value,
        quantity=part.quantity,
        serial_out=part.serial_out,
        serial_in=part.serial_in,
        by_id=by.id,
        at=clock.now(),
    )
    session.add(row)
    note(
        session,
        AuditEvent.WORK_ORDER_PART_FITTED,
        actor=by,
        subject=Subject("work_order", order_id),
        facts={"terminal": order.terminal_id, "part": part.code.value, "quantity": part.quantity},
    )
    session.flush()
    return row.id


def _enter_in_book(session: Session, order: WorkOrder, part: Part, by: Actor) -> None:
    device = DEVICE_OF.get(part.code)
    if device is None:
        return
    view = book_of(session, order.terminal_id)
    known = view.book.device_serials.get(device, "")
    if known and part.serial_out and known != part.serial_out:
        raise Conflict("part_other_serial")
    serials = {**view.book.device_serials, device.value: part.serial_in}
    book = replace(view.book, device_serials=serials)
    write_book(session, order.terminal_id, book, edition=view.edition, by=by)
