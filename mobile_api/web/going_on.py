"""
Where a delivery of mine can go on to: where it went before, an address of mine, or a site that
hands parcels out, each with what that costs me. Nothing here decides: the room does.
"""

from dataclasses import dataclass, replace

from flask import request
from sqlalchemy.orm import Session

from kiosk_server.core.errors import NotFound
from kiosk_server.core.identifiers import is_id
from kiosk_server.deliveries import settling
from kiosk_server.deliveries.addresses import address_of, addresses_of
from kiosk_server.deliveries.going_on import lies_at, ways_of, window_of
from kiosk_server.deliveries.heard import lies_at_site
from kiosk_server.deliveries.life import Trouble
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.parties import address_of_order
from kiosk_server.deliveries.ports import Payer
from kiosk_server.deliveries.postage_orders import postage_kept_fen
from kiosk_server.deliveries.rules import Direction, WayOn, needs_another_address
from kiosk_server.places.queries import site
from mobile_api.access import holder
from mobile_api.courier_partners import couriers
from mobile_api.v1.certificates import in_words
from mobile_api.wallets import actor_id
from mobile_api.web.result_told import AT_SITE, Destination, doors_to, sites_to

_LONGEST_SITE = 40


@dataclass(frozen=True)
class Onward:
    """What the page of a delivery offers where its papers go on."""

    window: str
    """Where they are collected, or go back to."""
    before: bool
    """It may go where it went before."""
    paid: bool
    """Its postage carries it on; nothing is owed anew."""
    doors: list[Destination]
    sites: list[Destination]


def onward(session: Session, order: DeliveryOrder) -> Onward:
    """Return where *order* can go on to, as far as it can."""
    ways = ways_of(session, order)
    back = WayOn.SEND_BACK in ways
    window = window_of(session, order) if back else order.site_id
    told = Onward(in_words(site(session, window).names), False, False, [], [])
    if WayOn.SEND_AGAIN not in ways:
        return told
    unfetched = lies_at_site(order)
    trouble = Trouble.NOT_FETCHED if unfetched else order.trouble and Trouble(order.trouble)
    start = lies_at(session, order)
    to_sites = sites_to(session, start) if order.direction == Direction.RESULT else []
    kept = not unfetched and postage_kept_fen(session, order) > 0
    free = kept or order.payer == Payer.OFFICE
    return replace(
        told,
        before=not needs_another_address(WayOn.SEND_AGAIN, trouble or None),
        paid=kept,
        doors=[
            _costs(each, free)
            for each in doors_to(session, start)
            if each.value not in _where_it_was(session, order)
        ],
        sites=[_costs(each, free) for each in to_sites],
    )


def _where_it_was(session: Session, order: DeliveryOrder) -> set[str]:
    """Return which of my addresses are still the very one it went to before."""
    before = address_of_order(session, order)
    return {
        each.id
        for each in addresses_of(session, order.resident_id)
        if replace(each, id="", is_default=False) == before
    }


def go_on(session: Session, delivery_id: str, way: WayOn) -> str:
    """Let *way* follow, to where the form says; return the delivery that is shown from now on."""
    where = request.form.get("where", "")
    to_site = where.removeprefix(AT_SITE)[:_LONGEST_SITE] if where.startswith(AT_SITE) else None
    if where and to_site is None and not is_id(where):
        raise NotFound("address_not_found")
    at_home = where and to_site is None
    made = settling.go_on(
        session,
        delivery_id,
        way,
        couriers(),
        by=holder().actor,
        address=address_of(session, actor_id(), where) if at_home else None,
        to_site_id=to_site,
    )
    return made.id if made is not None else delivery_id


def _costs(one: Destination, free: bool) -> Destination:
    return replace(one, fee_fen=0) if free else one
