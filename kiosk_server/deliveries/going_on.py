"""
Where papers lie that go on, and what may follow for them: of a delivery in trouble, and of what
waits at a site for its resident, who may have it sent elsewhere at any time.

    ways_of(session, order)          -> what may follow now, whoever chooses it
    is_undecided(session, order)     -> whether nothing follows yet, or no more
    lies_at(session, order)          -> the site from which it goes on
    replacement_of(session, order)   -> the delivery that takes its place
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case
from kiosk_server.deliveries.heard import lies_at_site
from kiosk_server.deliveries.life import DeliveryState, Trouble
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.rules import Direction, WayOn, ways_on


def ways_of(session: Session, order: DeliveryOrder) -> frozenset[WayOn]:
    """Return what may follow now from a delivery; nothing once it is decided."""
    if not is_undecided(session, order):
        return frozenset()
    state, trouble = DeliveryState(order.state), Trouble(order.trouble) if order.trouble else None
    if lies_at_site(order):
        # What waits there may go on as well as what nobody came for.
        state, trouble = DeliveryState.EXCEPTION, Trouble.NOT_FETCHED
    made_at = window_of(session, order)
    found = ways_on(state, trouble, Direction(order.direction), away=order.site_id != made_at)
    return found - {WayOn.SEND_BACK} if lies_at(session, order) == made_at else found


def is_undecided(session: Session, order: DeliveryOrder) -> bool:
    """Return whether nothing was decided yet; or it was, and what should carry it on was cancelled
    while the papers lie where they lay."""
    if order.way_on is None:
        return True
    if not lies_at_site(order):
        return False
    after = replacement_of(session, order)
    return after is None or after.state == DeliveryState.CANCELLED


def replacement_of(session: Session, order: DeliveryOrder) -> DeliveryOrder | None:
    """Return the delivery that takes the place of *order*; None where none does."""
    wanted = select(DeliveryOrder).where(DeliveryOrder.replaces == order.id)
    return session.scalars(wanted).first()


def lies_at(session: Session, order: DeliveryOrder, way: WayOn | None = None) -> str:
    """Return the site from which the papers of *order* go on by *way*.

    What is made anew is made by the window that made it first.
    """
    if way is WayOn.ISSUE_ANEW:
        return window_of(session, order)
    if lies_at_site(order) and order.to_site_id is not None:
        return order.to_site_id
    return order.site_id


def window_of(session: Session, order: DeliveryOrder) -> str:
    """Return the site whose window made the result; the sender's where there is no case."""
    case = session.get(Case, order.case_id) if order.case_id is not None else None
    return case.site_id if case is not None else order.site_id
