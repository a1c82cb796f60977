"""Who carries what is sent from this house (寄递), who pays him, and what that costs."""

from dataclasses import dataclass

from flask import current_app
from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case
from kiosk_server.deliveries.addresses import Address, addresses_of
from kiosk_server.deliveries.destinations import pick_up_sites
from kiosk_server.deliveries.ports import CourierName, Couriers, Payer
from kiosk_server.deliveries.services import quote
from kiosk_server.gateways.couriers_assembly import couriers_from
from kiosk_server.payments.rules import as_yuan
from kiosk_server.places import queries as places
from kiosk_server.places.nearness import Near
from kiosk_server.places.queries import SiteView
from kiosk_server.terminals import queries as terminals
from kiosk_server.web.guards import terminal
from kiosk_server.web.request_context import database, settings
from kiosk_ui.view_models import Postage

EXTENSION = "kiosk_couriers"
"""Where the application keeps them; a test puts others there."""


@dataclass(frozen=True)
class Destination:
    """Where a result can go, with what that costs: one's own address, or a site."""

    to: str
    where: Address | SiteView
    postage: Postage


def courier_here() -> CourierName | None:
    """Return who carries, or None where nothing can be sent."""
    return _couriers().first()


def payer_here() -> Payer:
    """Return who pays the courier, as is usual in this house."""
    return Payer(settings().couriers.payers[0])


def payers_here() -> tuple[Payer, ...]:
    """Return who may pay the courier here, the usual one first."""
    return tuple(Payer(each) for each in settings().couriers.payers)


def carries_in_play() -> bool:
    """Return whether who carries only plays the part."""
    name = courier_here()
    return name is not None and _couriers().by_name[name].simulated


def destinations_of(session: Session, case: Case) -> list[Destination]:
    """Return where the result of *case* can be sent: the default address first, then the sites
    that hand out, those near this terminal first."""
    own = addresses_of(session, case.resident_id)
    near = near_this_terminal(session)
    sites = [each for each in pick_up_sites(session, near) if each.id != case.site_id]
    return [
        *(_destination(session, case, f"address:{each.id}", each) for each in own),
        *(_destination(session, case, f"site:{each.id}", each) for each in sites),
    ]


def near_this_terminal(session: Session) -> Near:
    """Return what is near to where this terminal stands."""
    machine = terminal()
    known = terminals.find(session, machine.id)
    host = (
        places.host_place(session, known.host_place_id) if known and known.host_place_id else None
    )
    return Near.place(places.site(session, machine.site_id), host)


def _destination(session: Session, case: Case, to: str, where: Address | SiteView) -> Destination:
    name, payer = courier_here(), payer_here()
    courier = _couriers().by_name.get(name) if name else None
    fen = quote(session, case.site_id, where.division_code, 1) if payer is not Payer.OFFICE else 0
    simulated = courier.simulated if courier else False
    return Destination(to, where, Postage(as_yuan(fen), payer.value, simulated))


def _couriers() -> Couriers:
    found: Couriers | None = current_app.extensions.get(EXTENSION)
    if found is None:
        made = couriers_from(settings(), database())
        found = current_app.extensions.setdefault(EXTENSION, made)
    return found
