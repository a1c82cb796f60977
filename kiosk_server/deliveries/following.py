"""
Following deliveries: asked by the clock, pushed by couriers.

    send_out_lookers(session, couriers)                what a chore does: who is due is looked at
    look(database, couriers, delivery_id)              what `delivery.look` does
    subscribe(database, couriers, delivery_id)         what `delivery.follow` does
    hear_push(session, courier, waybill, told, *, by)  -> whether it is a parcel of ours
    hear_of_order(session, courier, order_id, told, *, by)
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM, Actor
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Unavailable
from kiosk_server.deliveries.addresses import Address
from kiosk_server.deliveries.heard import hear, held
from kiosk_server.deliveries.lanes import (
    DELIVERY_FOLLOWED,
    DELIVERY_LOOKED_FOR,
    emit_to_courier,
    emit_to_tracker,
)
from kiosk_server.deliveries.life import FOLLOWED
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.parties import address_of_order
from kiosk_server.deliveries.ports import (
    CourierName,
    Couriers,
    NotAsked,
    Subscribed,
    Told,
    TrackAnswer,
)
from kiosk_server.deliveries.queries import by_waybill
from kiosk_server.deliveries.rules import LOOK_EVERY, SUBSCRIBE_AGAIN_AFTER

_AT_ONCE = 200
_FOLLOWED = tuple(state.value for state in FOLLOWED)


def send_out_lookers(session: Session, couriers: Couriers) -> int:
    """Ask for a look at each delivery that is due, and for pushes of new way-bills."""
    now = clock.now()
    due = (
        select(DeliveryOrder)
        .where(_is_due(couriers, now), DeliveryOrder.state.in_(_FOLLOWED))
        .order_by(DeliveryOrder.look_at)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    orders = session.scalars(due).all()
    for order in orders:
        order.look_at = now + LOOK_EVERY
        emit_to_courier(session, DELIVERY_LOOKED_FOR, order)
    return len(orders) + _subscribe_due(session)


def look(database: Database, couriers: Couriers, delivery_id: str) -> None:
    """Ask where a delivery is: its courier, and who follows it besides. Raises `Unavailable`."""
    with database.reading() as session:
        order = session.get(DeliveryOrder, delivery_id)
        if order is None or order.state not in _FOLLOWED or order.waybill is None:
            return
        home = address_of_order(session, order)
    told, heard_any = [], False
    for answer in _asked(couriers, order, order.waybill, home):
        if not isinstance(answer, NotAsked):
            told += list(answer)
            heard_any = True
    if not heard_any:
        raise Unavailable("courier_does_not_answer")
    with database.unit_of_work() as session:
        hear(session, held(session, delivery_id), told, by=SYSTEM)


def subscribe(database: Database, couriers: Couriers, delivery_id: str) -> None:
    """Ask for pushes of a way-bill; what is refused is followed by asking. Raises `Unavailable`."""
    with database.reading() as session:
        order = session.get(DeliveryOrder, delivery_id)
        if order is None or order.state not in _FOLLOWED or order.waybill is None:
            return
        home = address_of_order(session, order)
    if couriers.tracker is None:
        return
    answer = couriers.tracker.subscribe(CourierName(order.courier), order.waybill, home.phone)
    if isinstance(answer, NotAsked):
        raise Unavailable("tracker_does_not_answer")
    if isinstance(answer, Subscribed):
        with database.unit_of_work() as session:
            held(session, delivery_id).look_at = clock.now() + LOOK_EVERY


def hear_push(
    session: Session,
    courier: CourierName,
    waybill: str,
    told: Iterable[Told],
    *,
    again: bool,
    by: Actor,
) -> bool:
    """Take what was pushed of a way-bill; return whether it is one of ours.

    *again*: its follower has given up, and is asked anew in half an hour.
    """
    found = by_waybill(session, courier.value, waybill)
    if found is None:
        return False
    order = held(session, found.id)
    hear(session, order, told, by=by)
    if again and order.state in _FOLLOWED:
        order.subscribe_at = clock.now() + SUBSCRIBE_AGAIN_AFTER
    return True


def hear_of_order(
    session: Session,
    courier: CourierName,
    order_id: str,
    waybill: str | None,
    told: Iterable[Told],
    *,
    by: Actor,
) -> bool:
    """Take what a courier pushed of one of our orders; return whether it is one of his."""
    found = session.get(DeliveryOrder, order_id)
    if found is None or found.courier != courier.value:
        return False
    order = held(session, order_id)
    order.waybill = waybill or order.waybill
    hear(session, order, told, by=by)
    return True


def _asked(
    couriers: Couriers, order: DeliveryOrder, waybill: str, home: Address
) -> Iterable[TrackAnswer]:
    name = CourierName(order.courier)
    courier = couriers.by_name.get(name)
    if courier is not None:
        yield courier.track(order.id, waybill, home.phone)
    if couriers.tracker is not None:
        yield couriers.tracker.track(name, waybill, home.phone)


def _is_due(couriers: Couriers, now: datetime) -> ColumnElement[bool]:
    """Whoever may be asked more often is due so much sooner than the moment that is written."""
    sooner = (
        and_(
            DeliveryOrder.courier == name.value,
            DeliveryOrder.look_at <= now + LOOK_EVERY - every,
        )
        for name, every in couriers.asked_often().items()
    )
    return or_(DeliveryOrder.look_at <= now, *sooner)


def _subscribe_due(session: Session) -> int:
    due = (
        select(DeliveryOrder)
        .where(
            DeliveryOrder.subscribe_at <= clock.now(),
            DeliveryOrder.state.in_(_FOLLOWED),
        )
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    orders = session.scalars(due).all()
    for order in orders:
        order.subscribe_at = None
        emit_to_tracker(session, DELIVERY_FOLLOWED, order)
    return len(orders)
