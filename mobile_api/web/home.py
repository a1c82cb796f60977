"""The home page: who is signed in here, what is still to be proven, and the rooms that are open."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from kiosk_server.bookings.queries import expected_of
from kiosk_server.core.masking import mask_name
from kiosk_server.residents.accounts import masked_number
from kiosk_server.residents.assurance import Act, allows, names_person
from kiosk_server.residents.models import PhoneAccount, Resident
from kiosk_server.residents.services import name_of
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.notices import unread
from mobile_api.web.bookings import line_of
from mobile_api.web.frame import open_rooms, page
from mobile_api.web.guard import may


def add_routes(blueprint: Blueprint) -> None:
    """Open `/m/`."""
    blueprint.get("/")(home)


def home() -> ResponseReturnValue:
    """Show the rooms."""
    may(Act.SEE_ACCOUNT)
    seen = holder()
    with database().reading() as session:
        number = masked_number(session, session.get_one(PhoneAccount, seen.account_id))
        resident = session.get(Resident, seen.resident_id) if seen.resident_id else None
        name = mask_name(name_of(session, resident)) if resident else None
        books = resident is not None and allows(seen.level, Act.BOOK)
        ahead = expected_of(session, resident.id)[:1] if books and resident else []
        following = [line_of(session, each) for each in ahead]
    return page(
        "m/home.html",
        tab="home",
        name=name,
        number=number,
        proven=names_person(seen.level),
        rooms=open_rooms(),
        unread=unread(),
        following=following,
    )
