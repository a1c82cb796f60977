"""
The payment order of a delivery's postage (寄递资费), where the resident pays it beforehand.

    open_postage(session, order, *, origin, by)   -> PaymentOrder, under the delivery's own id
    postage_of(session, order)                    -> PaymentOrder | None
    postage_kept_fen(session, order)              -> fen that are here and were not asked back

What is sent again after trouble is carried by the postage of what it takes the place of.
"""

from sqlalchemy.orm import Session

from kiosk_server.audit.services import Actor, Subject
from kiosk_server.deliveries.fees import postage_item
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.queries import kept_fen, orders_about
from kiosk_server.payments.rules import Origin
from kiosk_server.payments.services import open_order

SUBJECT = "delivery_order"
"""What a payment order for postage names, with the delivery's id."""


def open_postage(
    session: Session, order: DeliveryOrder, *, origin: Origin, by: Actor
) -> PaymentOrder:
    """Open the order for the postage of a delivery that has none; its courier waits for it."""
    order.postage_of = order.id
    return open_order(
        session,
        subject=Subject(SUBJECT, order.id),
        items=[postage_item(order.fee_fen)],
        payer_id=order.resident_id,
        channel=origin,
        by=by,
    )


def postage_of(session: Session, order: DeliveryOrder) -> PaymentOrder | None:
    """Return the order that pays for a delivery's way; None where nobody pays beforehand."""
    if order.postage_of is None:
        return None
    found = orders_about(session, SUBJECT, order.postage_of)
    return found[-1] if found else None


def postage_kept_fen(session: Session, order: DeliveryOrder) -> int:
    """Return how much of a delivery's postage is here and was not asked back."""
    found = postage_of(session, order)
    return kept_fen(session, found.id) if found is not None else 0
