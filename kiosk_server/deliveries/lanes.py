"""What deliveries ask through the outbox: a topic for each question, a lane for each courier."""

from sqlalchemy.orm import Session

from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.outbox.services import emit

DELIVERY_RELEASED = "delivery.released"
"""`{"delivery": id}`: the courier is asked to carry it."""
DELIVERY_CALLED_OFF = "delivery.called_off"
"""`{"delivery": id}`: the courier is asked to cancel it."""
DELIVERY_LOOKED_FOR = "delivery.looked_for"
"""`{"delivery": id}`: its courier is asked where it is."""
DELIVERY_FOLLOWED = "delivery.followed"
"""`{"delivery": id}`: pushes of its way-bill are asked for."""
DELIVERY_POSTAGE = "delivery.postage_due"
"""`{"delivery": id}`: what became of it, or of its postage, is brought together."""
DELIVERY_ARRIVED = "delivery.arrived"
"""`{"delivery": id}`: it is with its resident; perhaps said twice."""
TRACKER = "courier-tracker"
"""The lane of who follows way-bills; a courier's own is `courier-` and his name."""


def emit_to_courier(
    session: Session, topic: str, order: DeliveryOrder, *, dedup: str | None = None
) -> None:
    """Ask a delivery's courier something, in his own lane."""
    lane = f"courier-{order.courier}"
    emit(session, topic, {"delivery": order.id}, lane=lane, dedup=dedup)


def emit_to_tracker(session: Session, topic: str, order: DeliveryOrder) -> None:
    """Ask who follows way-bills something, in his lane."""
    emit(session, topic, {"delivery": order.id}, lane=TRACKER)


def emit_for_postage(session: Session, order: DeliveryOrder) -> None:
    """Let the worker see whether a delivery that is paid for beforehand goes, or its money."""
    if order.postage_of is not None:
        emit(session, DELIVERY_POSTAGE, {"delivery": order.id})


def tell_arrival(session: Session, order: DeliveryOrder) -> None:
    """Let the house know that a delivery is with whom it was for."""
    emit(session, DELIVERY_ARRIVED, {"delivery": order.id})
