"""Who stands at the two ends of a delivery, in the words that couriers want."""

import json
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kiosk_server.core.database import canonical_json, keyring_of
from kiosk_server.deliveries.addresses import Address
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.ports import Consignment, Party, Payer
from kiosk_server.deliveries.queries import pieces_of
from kiosk_server.deliveries.rules import Direction, weight_grams
from kiosk_server.places.models import Division
from kiosk_server.places.queries import site

_CONTENTS = {
    Direction.RESULT: "政务服务办理结果（纸质文件）",
    Direction.PAPERS: "政务服务申请材料（纸质文件）",
}
_COUNTY_DIGITS = 6


@dataclass(frozen=True)
class _Divisions:
    province: str
    city: str
    county: str
    beneath: str


def seal_party(session: Session, order_id: str, address: Address) -> bytes:
    """Return the resident's end of a delivery, sealed for its row."""
    told = {"name": address.name, "phone": address.phone, "street": address.street}
    return keyring_of(session).seal(
        canonical_json(told), table="delivery_order", column="party", row=order_id
    )


def address_of_order(session: Session, order: DeliveryOrder) -> Address:
    """Return the resident's end in clear, as it was when the delivery was opened."""
    text = keyring_of(session).open(
        order.party_sealed, table="delivery_order", column="party", row=order.id
    )
    told = json.loads(text)
    return Address(
        id="",
        name=told["name"],
        phone=told["phone"],
        division_code=order.division_code,
        street=told["street"],
        is_default=False,
    )


def consignment_of(session: Session, order: DeliveryOrder) -> Consignment:
    """Return what a courier is asked to carry."""
    direction = Direction(order.direction)
    place = site(session, order.site_id)
    office = _party(
        session, place.names["zh"], place.phone, place.division_code, place.addresses["zh"]
    )
    home = address_of_order(session, order)
    resident = _party(session, home.name, home.phone, home.division_code, home.street)
    sent = direction is Direction.RESULT
    pieces = len(pieces_of(session, order.id))
    return Consignment(
        order_id=order.id,
        sender=office if sent else resident,
        receiver=resident if sent else office,
        contents=_CONTENTS[direction],
        pieces=pieces,
        weight_grams=weight_grams(pieces),
        payer=Payer(order.payer),
        made_at=order.opened_at,
        office_sends=sent,
    )


def _party(session: Session, name: str, phone: str, division: str, street: str) -> Party:
    named = _divisions(session, division)
    return Party(name, phone, named.province, named.city, named.county, named.beneath + street)


def _divisions(session: Session, code: str) -> _Divisions:
    names: list[str] = []
    beneath: list[str] = []
    found = session.get(Division, code)
    while found is not None:
        (names if len(found.code) <= _COUNTY_DIGITS else beneath).insert(0, found.names["zh"])
        found = session.get(Division, found.parent_code) if found.parent_code else None
    names += [""] * (3 - len(names))
    return _Divisions(names[0], names[1], names[2], "".join(beneath))
