"""
What waits at a site (代收点) for its resident: he is reminded twice, and when its time there is
over it waits no more, but for somebody who says where it goes on to.

    look_after_waiting(session, kept)     what a chore does

At the window that made it, it waits as long as he needs: there is nowhere to send it back to.
"""

from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case
from kiosk_server.core import clock
from kiosk_server.deliveries.heard import enter
from kiosk_server.deliveries.life import DeliveryState, Step, Trouble
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.rules import reminders_due
from kiosk_server.notices import services as notices
from kiosk_server.notices.rules import Topic

_AT_ONCE = 200


def look_after_waiting(session: Session, kept: timedelta) -> int:
    """Remind whose parcels wait, and end the waiting of what lies there for *kept*; how many."""
    now, since = clock.now(), DeliveryOrder.waits_since
    due = or_(
        and_(DeliveryOrder.reminded == 0, since <= now - kept / 3),
        and_(DeliveryOrder.reminded == 1, since <= now - kept * 2 / 3),
        and_(since <= now - kept, DeliveryOrder.to_site_id != Case.site_id),
    )
    waiting = (
        select(DeliveryOrder, Case.site_id)
        .join(Case, Case.id == DeliveryOrder.case_id)
        .where(
            DeliveryOrder.state == DeliveryState.DELIVERED.value,
            DeliveryOrder.to_site_id.is_not(None),
            DeliveryOrder.handed_over_at.is_(None),
            due,
        )
        .limit(_AT_ONCE)
        .with_for_update(of=DeliveryOrder, skip_locked=True)
    )
    found = session.execute(waiting).all()
    for order, made_at in found:
        _look_after(session, order, kept, ends=order.to_site_id != made_at)
    return len(found)


def _look_after(session: Session, order: DeliveryOrder, kept: timedelta, *, ends: bool) -> None:
    if order.waits_since is None or order.to_site_id is None:
        return
    place, waited = order.to_site_id, clock.now() - order.waits_since
    if ends and waited >= kept:
        enter(session, order, Step.WAIT_OUT, trouble=Trouble.NOT_FETCHED)
        notices.tell(session, order.resident_id, Topic.DELIVERY_NOT_FETCHED, order.id, site=place)
        return
    order.reminded = reminders_due(waited, kept)
    if ends:
        last = clock.to_beijing(order.waits_since + kept).date().isoformat()
        notices.tell(
            session, order.resident_id, Topic.DELIVERY_WAITS, order.id, site=place, day=last
        )
    else:
        notices.tell(session, order.resident_id, Topic.DELIVERY_COLLECT, order.id, site=place)
