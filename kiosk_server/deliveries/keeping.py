"""What is forgotten of deliveries, and when: half a year after the last that was heard of one."""

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session, aliased

from kiosk_server.core import clock
from kiosk_server.deliveries.models import DeliveryEvent, DeliveryOrder, DeliveryPiece
from kiosk_server.deliveries.rules import KEPT

_AT_ONCE = 500


def forget_deliveries(session: Session) -> int:
    """Delete what is older than it is kept; return how many deliveries.

    One that another takes the place of goes after it.
    """
    following = aliased(DeliveryOrder)
    old = (
        select(DeliveryOrder.id)
        .where(
            DeliveryOrder.changed_at < clock.now() - KEPT,
            ~select(following.id).where(following.replaces == DeliveryOrder.id).exists(),
        )
        .limit(_AT_ONCE)
    )
    ids = session.scalars(old).all()
    for table in (DeliveryEvent, DeliveryPiece):
        session.execute(delete(table).where(table.order_id.in_(ids)))
    result = session.execute(delete(DeliveryOrder).where(DeliveryOrder.id.in_(ids)))
    return result.rowcount if isinstance(result, CursorResult) else 0
