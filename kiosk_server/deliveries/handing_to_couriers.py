"""
What a site gives to couriers (交寄): which parcels wait for the driver, the label of each, the list
that the driver signs, and that he has taken them.

    waiting_for_couriers(session, sites)                     -> list[DeliveryOrder]
    label_of(session, order_id, *, courier, paid, sample, by)     -> ParcelLabel, audited
    list_of(session, site_id, courier, *, ...)               -> CourierList, audited
    taken_by_courier(session, site_id, courier, ids, *, by)  -> how many

A label shows no whole name and no whole number (GB/T 41833: 电子运单): the courier has them with
the order, and whoever carries the parcel past others does not need them.
"""

import re
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import WrongState
from kiosk_server.core.masking import mask_name
from kiosk_server.deliveries.heard import OFFICE, enter, held
from kiosk_server.deliveries.life import DeliveryState, Step
from kiosk_server.deliveries.models import DeliveryEvent, DeliveryOrder
from kiosk_server.deliveries.parties import consignment_of
from kiosk_server.deliveries.ports import CourierName, Party
from kiosk_server.deliveries.queries import pieces_of
from kiosk_server.deliveries.rules import Direction
from kiosk_server.payments.rules import day_in_beijing
from kiosk_server.places.models import Division
from kiosk_server.places.queries import site
from kiosk_server.printing.documents.parcel_papers import (
    CourierList,
    LabelEnd,
    LabelPiece,
    ListedParcel,
    ParcelLabel,
)

_MOST = 200
_ROOM = re.compile(r"[0-9A-Za-z一二三四五六七八九十-]+(?=号?(?:单元|室|户))")
_COUNTY_DIGITS = 6


def waiting_for_couriers(session: Session, sites: Collection[str]) -> list[DeliveryOrder]:
    """Return the results at *sites* that a courier has accepted and not taken, the oldest first."""
    wanted = select(DeliveryOrder).where(DeliveryOrder.site_id.in_(sites), _IS_RESULT, _IS_ACCEPTED)
    return list(session.scalars(wanted.order_by(DeliveryOrder.id).limit(_MOST)))


def label_of(
    session: Session, order_id: str, *, courier: str, simulated: bool, by: Actor
) -> ParcelLabel:
    """Return the label of a result that a courier has accepted; who made it is audited.

    *courier* is his name in words. Raises `WrongState("delivery_not_accepted")`.
    """
    order = held(session, order_id)
    if order.state != DeliveryState.ACCEPTED or order.direction != Direction.RESULT:
        raise WrongState("delivery_not_accepted", state=order.state)
    note(
        session,
        AuditEvent.DELIVERY_LABEL_PRINTED,
        actor=by,
        subject=Subject("delivery_order", order.id),
    )
    wanted = consignment_of(session, order)
    return ParcelLabel(
        order=order.id,
        courier=courier,
        waybill=order.waybill,
        sender=_end(wanted.sender),
        receiver=_masked(wanted.receiver),
        paid="寄方月结，收件人不付费" if wanted.on_account else "到付，由收件人付给快递",
        contents=wanted.contents,
        weight_grams=wanted.weight_grams,
        pieces=tuple(
            LabelPiece(each.title, each.original) for each in pieces_of(session, order.id)
        ),
        printed_at=clock.now(),
        at_site=site(session, order.to_site_id).names["zh"] if order.to_site_id else None,
        sample=simulated,
    )


def list_of(
    session: Session,
    site_id: str,
    name: CourierName,
    *,
    courier: str,
    simulated: bool,
    by: Actor,
) -> CourierList:
    """Return what *name* takes from a site today: what waits for him, and what he took already."""
    today = clock.beijing_today()
    orders = _of_day(session, site_id, name, today)
    note(
        session,
        AuditEvent.COURIER_LIST_PRINTED,
        actor=by,
        subject=Subject("site", site_id),
        facts={"courier": name.value, "parcels": len(orders)},
    )
    return CourierList(
        site=site(session, site_id).names["zh"],
        courier=courier,
        day=today,
        parcels=tuple(
            ListedParcel(
                order.id,
                order.waybill,
                _county(session, order.division_code),
                len(pieces_of(session, order.id)),
            )
            for order in orders
        ),
        printed_at=clock.now(),
        sample=simulated,
    )


def taken_by_courier(
    session: Session, site_id: str, name: CourierName, ids: Sequence[str], *, by: Actor
) -> int:
    """Write down that a driver took these; what is not his, or not here, is left out."""
    taken = 0
    for order_id in ids:
        order = held(session, order_id)
        ours = (order.site_id, order.courier) == (site_id, name.value)
        if ours and order.state == DeliveryState.ACCEPTED and order.direction == Direction.RESULT:
            enter(session, order, Step.PICK_UP, by=by)
            taken += 1
    return taken


def _of_day(
    session: Session, site_id: str, name: CourierName, day: date
) -> Sequence[DeliveryOrder]:
    begins, ends = day_in_beijing(day)
    taken = select(DeliveryEvent.id).where(
        DeliveryEvent.order_id == DeliveryOrder.id,
        DeliveryEvent.source == OFFICE,
        DeliveryEvent.step == Step.PICK_UP.value,
        DeliveryEvent.heard_at >= begins,
        DeliveryEvent.heard_at < ends,
    )
    wanted = select(DeliveryOrder).where(
        DeliveryOrder.site_id == site_id,
        DeliveryOrder.courier == name.value,
        and_(_IS_RESULT, or_(_IS_ACCEPTED, taken.exists())),
    )
    return session.scalars(wanted.order_by(DeliveryOrder.id).limit(_MOST)).all()


def _end(party: Party) -> LabelEnd:
    return LabelEnd(
        party.name, party.phone, party.province + party.city + party.county, party.street
    )


def _masked(party: Party) -> LabelEnd:
    hidden = f"{party.phone[:3]}******{party.phone[-2:]}"
    street = _ROOM.sub("*", party.street)
    end = _end(party)
    return LabelEnd(mask_name(end.name), hidden, end.county, street)


def _county(session: Session, code: str) -> str:
    found = session.get(Division, code[:_COUNTY_DIGITS])
    return found.names["zh"] if found is not None else code


_IS_RESULT = DeliveryOrder.direction == Direction.RESULT.value
_IS_ACCEPTED = DeliveryOrder.state == DeliveryState.ACCEPTED.value
