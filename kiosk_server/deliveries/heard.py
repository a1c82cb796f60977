"""
What is heard of a delivery is written down, and its state folded anew from all of it.

    enter(session, order, step, *, trouble=None, source=OFFICE, by)   what we know ourselves
    hear(session, order, told, *, by)                                 what a courier told

The order's row is locked by whoever calls: two pushes at once follow each other.
"""

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import canonical_json, keyring_of
from kiosk_server.core.errors import NotFound
from kiosk_server.core.identifiers import new_id
from kiosk_server.deliveries.lanes import emit_for_postage, tell_arrival
from kiosk_server.deliveries.life import (
    FOLLOWED,
    DeliveryState,
    Heard,
    Standing,
    Step,
    Trouble,
    fold,
)
from kiosk_server.deliveries.models import DeliveryEvent, DeliveryOrder
from kiosk_server.deliveries.ports import Told
from kiosk_server.deliveries.rules import LOOK_EVERY
from kiosk_server.notices import services as notices
from kiosk_server.notices.rules import Topic

OFFICE = "office"
"""The source of what we know ourselves."""
_LONGEST_TEXT = 500
_AHEAD = timedelta(days=1)
"""A courier's clock may be wrong; what lies further ahead would stand above everything to come."""
_JUST_AFTER = timedelta(microseconds=1)
_TOPICS = {
    DeliveryState.OUT_FOR_DELIVERY: Topic.DELIVERY_OUT,
    DeliveryState.DELIVERED: Topic.DELIVERY_DONE,
    DeliveryState.EXCEPTION: Topic.DELIVERY_TROUBLE,
    DeliveryState.RETURNING: Topic.DELIVERY_TROUBLE,
}


def held(session: Session, order_id: str) -> DeliveryOrder:
    """Return a delivery, locked until the unit of work ends; `NotFound("delivery_not_found")`."""
    order = session.get(DeliveryOrder, order_id, with_for_update=True)
    if order is None:
        raise NotFound("delivery_not_found")
    return order


def enter(
    session: Session,
    order: DeliveryOrder,
    step: Step,
    *,
    trouble: Trouble | None = None,
    source: str = OFFICE,
    code: str = "",
    by: Actor = SYSTEM,
) -> None:
    """Write down what we know ourselves, now: after everything that was heard until now.

    A courier's clock may be minutes ahead; what a person finds out is found out with all of it
    before his eyes.
    """
    row = new_id()
    latest = select(func.max(DeliveryEvent.at)).where(
        DeliveryEvent.order_id == order.id, DeliveryEvent.step.is_not(None)
    )
    before = session.scalar(latest)
    at = clock.now() if before is None else max(clock.now(), before + _JUST_AFTER)
    session.add(
        DeliveryEvent(
            id=row,
            order_id=order.id,
            mark=row,
            at=at,
            heard_at=clock.now(),
            source=source,
            code=code[:20],
            step=step.value,
            trouble=trouble.value if trouble else None,
        )
    )
    session.flush()
    _refold(session, order, by)


def hear(session: Session, order: DeliveryOrder, told: Iterable[Told], *, by: Actor) -> int:
    """Write down what a courier told that is not here yet; return how many lines were new."""
    marks = select(DeliveryEvent.mark).where(DeliveryEvent.order_id == order.id)
    known = set(session.scalars(marks))
    lines = {_mark(session, order, line): line for line in told}
    new = [(mark, line) for mark, line in lines.items() if mark not in known]
    for mark, line in new:
        session.add(_event(session, order, mark, line))
    if new:
        session.flush()
        _refold(session, order, by)
    return len(new)


def _event(session: Session, order: DeliveryOrder, mark: str, line: Told) -> DeliveryEvent:
    row, now = new_id(), clock.now()
    believed = line.step if line.at <= now + _AHEAD else None
    text = line.text[:_LONGEST_TEXT]
    sealed = (
        keyring_of(session).seal(text, table="delivery_event", column="text", row=row)
        if text
        else None
    )
    return DeliveryEvent(
        id=row,
        order_id=order.id,
        mark=mark,
        at=line.at,
        heard_at=now,
        source=order.courier,
        code=line.code[:20],
        step=believed.value if believed else None,
        trouble=line.trouble.value if line.trouble else None,
        text_sealed=sealed,
    )


def _mark(session: Session, order: DeliveryOrder, line: Told) -> str:
    # Keyed: the words may name people, and a plain digest could be guessed from a copy.
    text = canonical_json([order.courier, line.at.timestamp(), line.code, line.text])
    return (
        keyring_of(session)
        .mac(hashlib.sha256(text.encode()).digest(), purpose=f"delivery_event:{order.id}")
        .hex()
    )


def _refold(session: Session, order: DeliveryOrder, by: Actor) -> None:
    mine = select(DeliveryEvent).where(DeliveryEvent.order_id == order.id)
    standing = fold(_heard(row) for row in session.scalars(mine))
    before = DeliveryState(order.state)
    order.state = standing.state.value
    order.trouble = standing.trouble.value if standing.trouble else None
    order.changed_at = clock.now()
    if standing.state is before:
        return
    order.look_at = clock.now() + LOOK_EVERY if standing.state in FOLLOWED else order.look_at
    if waits_at_site(order):
        order.waits_since, order.reminded = clock.now(), 0
    facts = {"from": before.value, "to": standing.state.value, "trouble": order.trouble}
    subject = Subject("delivery_order", order.id)
    note(session, AuditEvent.DELIVERY_MOVED, actor=by, subject=subject, facts=facts)
    if standing.state in (DeliveryState.CANCELLED, DeliveryState.EXCEPTION):
        emit_for_postage(session, order)
    if standing.state is DeliveryState.DELIVERED and not waits_at_site(order):
        tell_arrival(session, order)
    _tell(session, order, standing)


def _tell(session: Session, order: DeliveryOrder, standing: Standing) -> None:
    topic, place = _TOPICS.get(standing.state), order.site_id
    if order.to_site_id is not None and standing.state is DeliveryState.OUT_FOR_DELIVERY:
        return
    if standing.trouble is Trouble.NOT_FETCHED:
        # Whoever found that nobody comes tells it in words of its own.
        return
    if waits_at_site(order):
        topic, place = Topic.DELIVERY_COLLECT, order.to_site_id or place
    if topic is not None:
        notices.tell(session, order.resident_id, topic, order.id, site=place)


def lies_at_site(order: DeliveryOrder) -> bool:
    """Return whether a parcel lies at the site it was brought to: it waits, or goes on from there.

    Where it goes on from there, the delivery that takes its place may have it already.
    """
    unfetched = order.state == DeliveryState.EXCEPTION and order.trouble == Trouble.NOT_FETCHED
    return waits_at_site(order) or (unfetched and order.handed_over_at is None)


def waits_at_site(order: DeliveryOrder) -> bool:
    """Return whether a parcel lies at the site (代收点) where its resident comes for it."""
    brought = order.to_site_id is not None and order.state == DeliveryState.DELIVERED
    return brought and order.handed_over_at is None


def _heard(row: DeliveryEvent) -> Heard:
    return Heard(
        row.at,
        Step(row.step) if row.step else None,
        row.mark,
        Trouble(row.trouble) if row.trouble else None,
    )
