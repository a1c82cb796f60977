"""
Paying at a terminal (自助机缴费): which order a visit shows, and that it is let go with its visit.

    order_here(session, visit)               -> PaymentOrder | None
    show_here(session, visit, order)         the visit is over: so is the order
    keep_slip(session, visit, order, until=) -> PaymentSlip   a slip carries it from now on
    let_go_of_visit(session, visit_id)

Which visit shows an order is written down only while the visit lasts: it is no record of where
somebody went (P39).
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.core.errors import Refused
from kiosk_server.payments.life import PAYABLE
from kiosk_server.payments.models import PaymentOrder, PaymentSlip, PaymentVisit
from kiosk_server.payments.queries import slip_of
from kiosk_server.payments.rules import Origin
from kiosk_server.payments.services import close, keep_for_window
from kiosk_server.payments.settling import lock_order
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.drafts import draft_of
from kiosk_server.visits.models import Visit

PAY_ORDER = "pay_order"
"""Draft: the order that the visit is at; whoever opened it puts it there."""


def order_here(session: Session, visit: Visit) -> PaymentOrder | None:
    """Return the order that *visit* is at, or None."""
    order_id = draft_of(session, visit).get(PAY_ORDER)
    return session.get(PaymentOrder, order_id) if order_id is not None else None


def needed_here(session: Session, visit: Visit) -> PaymentOrder:
    """Return the order that *visit* is at; `Refused("nothing_to_pay")` where there is none."""
    order = order_here(session, visit)
    if order is None:
        raise Refused("nothing_to_pay")
    return order


def show_here(session: Session, visit: Visit, order: PaymentOrder) -> None:
    """
    Write down that *visit* shows *order*, which ends with it; twice is once.

    An order of somebody's phone is only looked at here, and one that a slip carries stays open.
    """
    if order.origin != Origin.KIOSK or order.state not in PAYABLE:
        return
    if slip_of(session, order.id) is None and _shown(session, order.id) is None:
        session.add(PaymentVisit(order_id=order.id, visit_id=visit.id))
        session.flush()


def keep_slip(
    session: Session, visit: Visit, order: PaymentOrder, *, until: datetime
) -> PaymentSlip:
    """Keep *order* open *until* the window closes, whatever becomes of *visit*."""
    slip = keep_for_window(session, order.id, until=until, by=resident_at(visit))
    shown = _shown(session, order.id)
    if shown is not None:
        session.delete(shown)
        session.flush()
    return slip


def let_go_of_visit(session: Session, visit_id: str) -> None:
    """Let go what a visit that is over showed and nobody has paid; paid meanwhile, it is paid."""
    wanted = select(PaymentVisit).where(PaymentVisit.visit_id == visit_id)
    for shown in session.scalars(wanted.order_by(PaymentVisit.order_id)).all():
        order = lock_order(session, shown.order_id)
        if order.state in PAYABLE:
            close(session, order.id, by=SYSTEM)
        session.delete(shown)
    session.flush()


def _shown(session: Session, order_id: str) -> PaymentVisit | None:
    return session.get(PaymentVisit, order_id)
