"""
Where a delivery ends at the resident's side: at an address of his book, or at a site that hands
parcels out (代收点), such as the village's, where he comes for it with his code.

    destination(session, resident_id, address_id, to_site_id, *, office_id)   -> Address
    site_named(session, resident_id, to_site_id, *, office_id)                 -> Address
    at_site(session, resident_id, place)                                       -> Address
    pick_up_sites(session, near=…)     -> list[SiteView], the nearest first
"""

from sqlalchemy.orm import Session

from kiosk_server.core.errors import FieldFault, Invalid
from kiosk_server.deliveries.addresses import Address, address_of, addresses_of
from kiosk_server.places.nearness import NOWHERE, Near, by_nearness
from kiosk_server.places.queries import SiteView, site, sites
from kiosk_server.residents.accounts import number_of, of_resident
from kiosk_server.residents.models import Resident
from kiosk_server.residents.services import name_of


def pick_up_sites(session: Session, near: Near = NOWHERE) -> list[SiteView]:
    """Return the sites that hand parcels out to residents, the nearest to *near* first."""
    return by_nearness([each for each in sites(session) if each.hands_out], near)


def near_home_of(session: Session, resident_id: str) -> Near:
    """Return what is near to a resident's default address; nowhere where his book has none."""
    book = addresses_of(session, resident_id)
    return Near(book[0].division_code) if book else NOWHERE


def destination(
    session: Session,
    resident_id: str,
    address_id: str | None,
    to_site_id: str | None,
    *,
    office_id: str,
) -> Address:
    """
    Return where a parcel of the office *office_id* goes: one of the two is named.

    Raises `NotFound` for an address that is not the resident's and a site that is none, and
    `Invalid("delivery_invalid")` where none or both are named, or the site hands nothing out.
    """
    if (address_id is None) == (to_site_id is None):
        raise _invalid("address_id", "destination_not_one")
    if address_id is not None:
        return address_of(session, resident_id, address_id)
    return site_named(session, resident_id, to_site_id or "", office_id=office_id)


def site_named(session: Session, resident_id: str, to_site_id: str, *, office_id: str) -> Address:
    """Return a site that hands parcels out as where a parcel of *office_id* goes.

    Raises `NotFound("site_not_found")`, and `Invalid("delivery_invalid")` where it hands nothing
    out or is the sender itself.
    """
    place = site(session, to_site_id)
    if not place.hands_out:
        raise _invalid("to_site_id", "site_hands_nothing_out")
    if place.id == office_id:
        raise _invalid("to_site_id", "site_is_the_sender")
    return at_site(session, resident_id, place)


def at_site(session: Session, resident_id: str, place: SiteView) -> Address:
    """Return *place* as where a parcel goes for a resident, who comes for it there."""
    account = of_resident(session, resident_id)
    own_number = number_of(session, account) if account is not None else None
    return Address(
        id="",
        name=name_of(session, session.get_one(Resident, resident_id)),
        phone=own_number or place.phone,
        division_code=place.division_code,
        street=f"{place.addresses['zh']}（{place.names['zh']}代收）",
        is_default=False,
    )


def _invalid(at: str, code: str) -> Invalid:
    return Invalid("delivery_invalid", fields=[FieldFault(at, code)])
