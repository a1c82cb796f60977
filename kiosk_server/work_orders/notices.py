"""
Telling the one who has an order (派单短信): given to him, or its limit comes near.

    ask_notice(session, order, why)
    warn_of_limits(session) -> int                what a chore does every few minutes
    send_notice(database, channel, notice_id)     what the outbox does with a notice

The number comes from the on-call lists: who is on none of them that cover the terminal's division
is told on his page alone, and the order says so.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.outbox.lanes import MESSAGES
from kiosk_server.outbox.ports import MessageOutcome, PhoneMessage, PhoneMessages
from kiosk_server.outbox.services import emit
from kiosk_server.places.queries import site
from kiosk_server.upkeep.causes import Cause, Severity
from kiosk_server.upkeep.on_call import list_for, phone_of
from kiosk_server.upkeep.wording import trouble_words
from kiosk_server.work_orders.models import WorkOrder, WorkOrderNotice
from kiosk_server.work_orders.rules import HELD, IN_HAND, LIMITS, Trouble

NOTICE_ASKED = "work_orders.notice"
"""Outbox topic: `{"notice": id}`."""
NOT_NEEDED, NO_CHANNEL, NO_NUMBER = "not_needed", "no_channel", "no_number"
"""Outcomes of our own: no longer his; nobody to carry messages; on no on-call list."""
_REPORTED = {Trouble.BEYOND_KEEPER.value: "管理员修不好，请去看"}


class Why(StrEnum):
    """What a notice is about."""

    ASSIGNED = "assigned"
    DUE_SOON = "due_soon"


def ask_notice(session: Session, order: WorkOrder, why: Why) -> str:
    """Have the assignee of *order* told; return the notice's id."""
    count = select(func.count()).where(WorkOrderNotice.order_id == order.id)
    notice = WorkOrderNotice(
        id=new_id(),
        order_id=order.id,
        number=(session.scalar(count) or 0) + 1,
        staff_id=order.assignee_id or "",
        why=why.value,
        asked_at=clock.now(),
    )
    session.add(notice)
    session.flush()
    name = f"{NOTICE_ASKED}:{notice.id}"
    emit(session, NOTICE_ASKED, {"notice": notice.id}, lane=MESSAGES, dedup=name)
    return notice.id


def warn_of_limits(session: Session) -> int:
    """Tell the assignees of orders whose limit comes near, once each; return how many."""
    now, warned = clock.now(), 0
    for severity, limits in LIMITS.items():
        due = (
            select(WorkOrder)
            .where(
                WorkOrder.severity == severity.value,
                WorkOrder.state.in_(HELD),
                WorkOrder.assignee_id.is_not(None),
                WorkOrder.warned_at.is_(None),
                WorkOrder.opened_at <= now - limits.until_warned,
            )
            .order_by(WorkOrder.id)
            .with_for_update(skip_locked=True)
        )
        for order in session.scalars(due):
            order.warned_at = now
            ask_notice(session, order, Why.DUE_SOON)
            warned += 1
    return warned


def send_notice(
    database: Database, channel: PhoneMessages | None, notice_id: str
) -> MessageOutcome:
    """Hand a notice to the channel, unless the order is not his any more."""
    with database.reading() as session:
        errand = _errand(session, notice_id)
    if isinstance(errand, str):
        return _ended(database, notice_id, errand, MessageOutcome.REFUSED, simulated=False)
    if channel is None:
        return _ended(database, notice_id, NO_CHANNEL, MessageOutcome.REFUSED, simulated=False)
    outcome = channel.send(errand)
    return _ended(database, notice_id, outcome.value, outcome, simulated=channel.simulated)


def due_at(order: WorkOrder) -> datetime:
    """Return when the limit of *order* ends."""
    return order.opened_at + LIMITS[Severity(order.severity)].until_done


def _errand(session: Session, notice_id: str) -> PhoneMessage | str:
    """Return the message of a notice, or why there is none to send."""
    notice = session.get_one(WorkOrderNotice, notice_id)
    if notice.outcome is not None:
        return notice.outcome
    order = session.get_one(WorkOrder, notice.order_id)
    if order.assignee_id != notice.staff_id or order.state not in IN_HAND:
        return NOT_NEEDED
    place = site(session, order.site_id)
    duties = list_for(session, place.division_code)
    duty = next((duty for duty in duties if duty.staff_id == notice.staff_id), None)
    phone = phone_of(session, duty.id) if duty else None
    if phone is None:
        return NO_NUMBER
    told = trouble_words(Cause(order.device, order.kind))
    return PhoneMessage(
        id=notice.id,
        phone=phone,
        template=f"work_order_{notice.why}.zh",
        values={
            "terminal": order.terminal_id,
            "site": place.names["zh"],
            "trouble": _REPORTED.get(order.kind, told),
            "until": clock.to_beijing(due_at(order)).strftime("%m-%d %H:%M"),
        },
    )


def _ended(
    database: Database, notice_id: str, told: str, outcome: MessageOutcome, *, simulated: bool
) -> MessageOutcome:
    with database.unit_of_work() as session:
        notice = session.get_one(WorkOrderNotice, notice_id, with_for_update=True)
        if notice.outcome is None:
            notice.outcome, notice.simulated = told, simulated
    return outcome
