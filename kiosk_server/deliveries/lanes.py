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
