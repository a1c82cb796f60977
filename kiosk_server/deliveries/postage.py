"""
Postage that is paid beforehand (预付寄费): the parcel goes when it is paid, stays when it is not,
and when the parcel does not go the money comes back; whichever of them is heard of first.

    settle(session, delivery_id)     what `delivery.postage_due` does, and every word of its payment
    settle_waiting(session)          what a chore does: what a courier keeps nobody waiting for

`settle` looks at both, with both rows held, and does what is left to do: run twice, or late, or in
another order, it comes to the same. Money goes back once, under one key.
"""

import hashlib
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.deliveries.heard import enter, held
from kiosk_server.deliveries.lanes import emit_for_postage
from kiosk_server.deliveries.life import DeliveryState, Step, Trouble
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.ports import Payer
from kiosk_server.deliveries.postage_orders import postage_of
from kiosk_server.deliveries.releasing import release_if_free, waits
from kiosk_server.deliveries.rules import (
    FETCHED_WITHIN,
    SENT_AGAIN_WITHIN,
    WayOn,
    postage_goes_back,
    was_carried,
)
from kiosk_server.deliveries.services import cancel
from kiosk_server.notices import services as notices
from kiosk_server.notices.rules import Topic
from kiosk_server.payments import services as payments
from kiosk_server.payments.life import PAYABLE, OrderState
from kiosk_server.payments.queries import kept_fen
from kiosk_server.payments.refunds import refund
from kiosk_server.payments.rules import RefundReason
from kiosk_server.payments.settling import lock_order

_AT_ONCE = 200


def settle(session: Session, delivery_id: str) -> None:
    """Bring a delivery and its postage together; nothing where nobody pays beforehand."""
    named = session.get(DeliveryOrder, delivery_id)
    if named is None or named.postage_of is None:
        return
    order = held(session, _last_of(session, named.postage_of))
    found = postage_of(session, order)
    if found is None:
        return
    postage = lock_order(session, found.id)
    if postage.state in PAYABLE:
        if order.state == DeliveryState.CANCELLED:
            payments.close(session, postage.id, by=SYSTEM)
    elif kept_fen(session, postage.id):
        if _goes_back(session, order):
            key = hashlib.sha256(f"postage:{postage.id}".encode()).hexdigest()
            refund(session, postage, reason=RefundReason.NOT_DONE, by=SYSTEM, request_key=key)
        else:
            release_if_free(session, order)
    elif postage.state != OrderState.CLOSING and waits(order):
        enter(session, order, Step.CANCEL)
        notices.tell(
            session, order.resident_id, Topic.DELIVERY_UNPAID, order.id, site=order.site_id
        )


def settle_waiting(session: Session) -> int:
    """Have looked at what a courier turned down a day ago, and call back what he never fetched."""
    now = clock.now()
    prepaid = (
        select(DeliveryOrder)
        .where(DeliveryOrder.payer == Payer.PREPAID.value, DeliveryOrder.way_on.is_(None))
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    turned_down = prepaid.where(
        DeliveryOrder.state == DeliveryState.EXCEPTION.value,
        DeliveryOrder.trouble == Trouble.TURNED_DOWN.value,
        DeliveryOrder.changed_at <= now - SENT_AGAIN_WITHIN,
        DeliveryOrder.changed_at > now - SENT_AGAIN_WITHIN - timedelta(days=1),
    )
    not_fetched = prepaid.where(
        DeliveryOrder.state == DeliveryState.ACCEPTED.value,
        DeliveryOrder.released_at <= now - FETCHED_WITHIN,
        DeliveryOrder.cancel_asked_at.is_(None),
    )
    down = session.scalars(turned_down).all()
    for order in down:
        emit_for_postage(session, order)
    late = session.scalars(not_fetched).all()
    for order in late:
        cancel(session, order.id, by=SYSTEM)
    return len(down) + len(late)


def _last_of(session: Session, postage_of: str) -> str:
    carried = select(DeliveryOrder.id).where(DeliveryOrder.postage_of == postage_of)
    return session.scalars(carried.order_by(DeliveryOrder.id.desc()).limit(1)).one()


def _goes_back(session: Session, order: DeliveryOrder) -> bool:
    trouble = Trouble(order.trouble) if order.trouble else None
    way = WayOn(order.way_on) if order.way_on else None
    waited = clock.now() - order.changed_at
    if not postage_goes_back(DeliveryState(order.state), trouble, way, waited):
        return False
    before = select(DeliveryOrder).where(
        DeliveryOrder.postage_of == order.postage_of, DeliveryOrder.id != order.id
    )
    # What was carried once was paid for, wherever the last of its parcels has come to nothing.
    return not any(
        was_carried(DeliveryState(row.state), Trouble(row.trouble) if row.trouble else None)
        for row in session.scalars(before)
    )
