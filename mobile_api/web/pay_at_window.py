"""
Paying at a window from a phone (窗口缴费): the code that a cashier types or scans, and until when.

The order is kept open until the window closes on its next working day; who has it on paper and who
has it on a phone says the same twelve digits.
"""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.payments import queries
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.services import keep_for_window
from kiosk_server.payments.slip_rules import end_of_next_working_day
from kiosk_server.places.queries import sites
from kiosk_server.places.site_hours import hours_of
from kiosk_server.residents.assurance import Act
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.v1.payments import strangers_noted
from mobile_api.wallets import actor_id
from mobile_api.web.guard import may, own_id
from mobile_api.web.payments import HERE, payment_page


def add_routes(blueprint: Blueprint) -> None:
    """Open the way to a window."""
    blueprint.post("/payments/<order_id>/window", endpoint="payment_window")(keep)


def keep(order_id: str) -> ResponseReturnValue:
    """Keep an order of mine for a window; a double touch gives the same code."""
    may(Act.PAY)
    own_id(order_id)
    try:
        with strangers_noted(), database().unit_of_work() as session:
            order = queries.order_of(session, actor_id(), order_id)
            hours = hours_of(session, _window_of(session, order))
            until = end_of_next_working_day(hours, clock.now())
            if until is None:
                raise Conflict("no_window_open")
            keep_for_window(session, order_id, until=until, by=holder().actor)
    except Conflict as refused:
        return payment_page(order_id, refused)
    return redirect(f"{HERE}/{order_id}#window", code=303)


def _window_of(session: Session, order: PaymentOrder) -> str:
    """Return the site whose hours count: of the case or parcel, and otherwise the city's centre."""
    case = session.get(Case, order.subject_id) if order.subject_kind == "case" else None
    parcel = session.get(DeliveryOrder, order.subject_id) if case is None else None
    found = case or parcel
    return found.site_id if found is not None else sites(session)[0].id
