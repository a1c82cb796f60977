"""
What others ask about work orders.

    page_of(session, sought, *, after=None) -> Page         newest first, by keyset
    mine(session, staff_id) -> list[OrderView]              what I have in hand, soonest due first
    find(session, order_id) -> OrderView | None
    in_hand_for(session, terminal_id) -> list[OrderView]
    steps_of, parts_of, photos_of, notices_of(session, order_id)
    count_in_hand(session, *, staff_id) -> int
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.staff.queries import colleagues
from kiosk_server.upkeep.causes import Cause, Severity
from kiosk_server.upkeep.queries import spells_of
from kiosk_server.work_orders.models import (
    WorkOrder,
    WorkOrderNotice,
    WorkOrderPart,
    WorkOrderPhoto,
    WorkOrderStep,
)
from kiosk_server.work_orders.notices import due_at
from kiosk_server.work_orders.rules import (
    ENDS,
    HELD,
    LIMITS,
    OrderState,
    Spell,
    Timeliness,
    ready_again_at,
    timeliness,
)

PAGE = 50


@dataclass(frozen=True)
class Sought:
    """What a list is sifted by; an empty word sifts nothing. `standing`: a key of `STANDINGS`."""

    site_ids: Collection[str]
    standing: str = "in_hand"
    severity: str = ""
    terminal_id: str = ""


STANDINGS: dict[str, ColumnElement[bool]] = {
    "in_hand": WorkOrder.state.in_(HELD),
    "nobody": and_(WorkOrder.state.in_(HELD), WorkOrder.assignee_id.is_(None)),
    "done": WorkOrder.state == OrderState.DONE.value,
    "repeats": WorkOrder.repeat_of.is_not(None),
    "over": WorkOrder.state.in_(sorted(state.value for state in ENDS)),
}
"""How orders may stand, for lists; `overdue` is reckoned beside these."""
OVERDUE = "overdue"


@dataclass(frozen=True)
class OrderView:
    """An order as staff see it. `ready_at`: when the terminal was ready again, as alerts tell."""

    id: str
    terminal_id: str
    site_id: str
    alert_id: str | None
    cause: Cause
    severity: Severity
    origin: str
    state: OrderState
    opened_by: str
    opened_at: datetime
    began_at: datetime
    due_at: datetime
    timeliness: Timeliness
    assignee_id: str | None
    assignee: str
    arrived_at: datetime | None
    arrival: str | None
    arrival_reason: str | None
    checklist: dict[str, str]
    fault_cause: str | None
    done_at: datetime | None
    done_by: str | None
    repeat_of: str | None
    ready_at: datetime | None


@dataclass(frozen=True)
class Page:
    """One page of a list; `following` is given back for the next one."""

    rows: list[OrderView]
    following: str | None


@dataclass(frozen=True)
class StepView:
    """One step: what was done, where the order stood then, by whom, and whom or why."""

    verb: str
    state: str
    by: str
    about: str
    at: datetime


@dataclass(frozen=True)
class NoticeView:
    """One short message about an order, and what became of it."""

    name: str
    why: str
    asked_at: datetime
    outcome: str | None
    simulated: bool


def page_of(session: Session, sought: Sought, *, after: str | None = None) -> Page:
    """Return one page of orders, newest first; *after* is the last id of the page before."""
    wanted: list[ColumnElement[bool]] = [WorkOrder.site_id.in_(sought.site_ids)]
    if sought.standing == OVERDUE:
        wanted += [STANDINGS["in_hand"], _overdue()]
    elif sought.standing in STANDINGS:
        wanted.append(STANDINGS[sought.standing])
    if sought.severity:
        wanted.append(WorkOrder.severity == sought.severity)
    if sought.terminal_id:
        wanted.append(WorkOrder.terminal_id == sought.terminal_id)
    if after:
        wanted.append(WorkOrder.id < after)
    query = select(WorkOrder).where(*wanted).order_by(WorkOrder.id.desc()).limit(PAGE + 1)
    rows = list(session.scalars(query))
    shown = rows[:PAGE]
    following = shown[-1].id if len(rows) > PAGE else None
    return Page(views(session, shown), following)


def mine(session: Session, staff_id: str) -> list[OrderView]:
    """Return the orders that a member of staff has in hand, what is due first in front."""
    query = select(WorkOrder).where(WorkOrder.assignee_id == staff_id, STANDINGS["in_hand"])
    found = views(session, session.scalars(query))
    return sorted(found, key=lambda view: (view.due_at, view.id))


def find(session: Session, order_id: str) -> OrderView | None:
    """Return one order."""
    row = session.get(WorkOrder, order_id)
    return views(session, [row])[0] if row else None


def in_hand_for(session: Session, terminal_id: str) -> list[OrderView]:
    """Return the orders in hand at a terminal, oldest first."""
    query = select(WorkOrder).where(WorkOrder.terminal_id == terminal_id, STANDINGS["in_hand"])
    return views(session, session.scalars(query.order_by(WorkOrder.id)))


def count_in_hand(session: Session, *, staff_id: str) -> int:
    """Return how many orders a member of staff has in hand."""
    query = select(func.count()).where(WorkOrder.assignee_id == staff_id, STANDINGS["in_hand"])
    return session.scalar(query) or 0


def steps_of(session: Session, order_id: str) -> list[StepView]:
    """Return what was done with an order, in order."""
    query = select(WorkOrderStep).where(WorkOrderStep.order_id == order_id)
    rows = session.scalars(query.order_by(WorkOrderStep.number)).all()
    told = {each for row in rows for each in (row.by_id, row.about) if each}
    names = {known.id: known.name for known in colleagues(session, told).values()}
    return [
        StepView(
            row.verb,
            row.state,
            names.get(row.by_id, row.by_id),
            names.get(row.about or "", row.about or ""),
            row.at,
        )
        for row in rows
    ]


def parts_of(session: Session, order_id: str) -> list[WorkOrderPart]:
    """Return the parts that were fitted, first to last."""
    query = select(WorkOrderPart).where(WorkOrderPart.order_id == order_id)
    return list(session.scalars(query.order_by(WorkOrderPart.at, WorkOrderPart.id)))


def photos_of(session: Session, order_id: str) -> list[WorkOrderPhoto]:
    """Return the pictures of an order, first to last; their bytes are read one by one."""
    query = select(WorkOrderPhoto).where(WorkOrderPhoto.order_id == order_id)
    return list(session.scalars(query.order_by(WorkOrderPhoto.at, WorkOrderPhoto.id)))


def notices_of(session: Session, order_id: str) -> list[NoticeView]:
    """Return who was told by short message, first to last."""
    query = select(WorkOrderNotice).where(WorkOrderNotice.order_id == order_id)
    rows = session.scalars(query.order_by(WorkOrderNotice.number)).all()
    people = colleagues(session, [row.staff_id for row in rows])
    return [
        NoticeView(
            people[row.staff_id].name if row.staff_id in people else row.staff_id,
            row.why,
            row.asked_at,
            row.outcome,
            row.simulated,
        )
        for row in rows
    ]


def views(session: Session, rows: Iterable[WorkOrder]) -> list[OrderView]:
    """Return *rows* with the names of people and what alerts tell of the terminals since."""
    chosen = list(rows)
    if not chosen:
        return []
    people = colleagues(session, [row.assignee_id for row in chosen if row.assignee_id])
    since = min((row.began_at for row in chosen), default=clock.now())
    told = spells_of(session, {row.terminal_id for row in chosen}, since=since)
    return [
        _view(
            row,
            people[row.assignee_id].name if row.assignee_id in people else "",
            [
                Spell(*spell)
                for spell in told.get((row.terminal_id, Cause(row.device, row.kind)), [])
            ],
        )
        for row in chosen
    ]


def _view(row: WorkOrder, assignee: str, spells: list[Spell]) -> OrderView:
    severity, now = Severity(row.severity), clock.now()
    alone = row.done_at if not spells else None
    ready = ready_again_at(spells, row.began_at, row.done_at or now) or alone
    return OrderView(
        id=row.id,
        terminal_id=row.terminal_id,
        site_id=row.site_id,
        alert_id=row.alert_id,
        cause=Cause(row.device, row.kind),
        severity=severity,
        origin=row.origin,
        state=OrderState(row.state),
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        began_at=row.began_at,
        due_at=due_at(row),
        timeliness=timeliness(severity, row.opened_at, row.done_at, now),
        assignee_id=row.assignee_id,
        assignee=assignee,
        arrived_at=row.arrived_at,
        arrival=row.arrival,
        arrival_reason=row.arrival_reason,
        checklist=dict(row.checklist),
        fault_cause=row.fault_cause,
        done_at=row.done_at,
        done_by=row.done_by,
        repeat_of=row.repeat_of,
        ready_at=ready,
    )


def _overdue() -> ColumnElement[bool]:
    now = clock.now()
    return or_(
        *(
            and_(
                WorkOrder.severity == severity.value,
                WorkOrder.opened_at < now - limits.until_done,
            )
            for severity, limits in LIMITS.items()
        )
    )
