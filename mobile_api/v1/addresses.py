"""`/addresses`, `/divisions`: my address book (地址簿), and the divisions to choose from."""

from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from kiosk_server.audit.events import AuditEvent
from kiosk_server.deliveries import addresses
from kiosk_server.deliveries.addresses import Address, AddressWish
from kiosk_server.deliveries.rules import LONGEST_NAME, LONGEST_STREET, is_county
from kiosk_server.places.queries import division_tree
from kiosk_server.residents.assurance import Act
from kiosk_server.web.request_context import database
from mobile_api.access import ANYBODY, holder, signed_in
from mobile_api.booking_terms import refusals_noted
from mobile_api.doors import Door
from mobile_api.v1.certificates import in_words
from mobile_api.v1.schemas import Asked
from mobile_api.wallets import actor_id

DivisionCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6,12}$")]


class AddressAsked(Asked):
    """An address as it is typed."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    phone: str = Field(min_length=1, max_length=20, description="A mobile number.")
    division_code: DivisionCode = Field(description="A county or what lies in one.")
    street: str = Field(min_length=1, max_length=LONGEST_STREET)
    is_default: bool = False


class AddressSeen(BaseModel):
    """One address of mine."""

    id: str
    name: str
    phone: str
    division_code: str
    street: str
    is_default: bool


class AddressBook(BaseModel):
    """My addresses, the default first."""

    items: list[AddressSeen]


class DivisionSeen(BaseModel):
    """One division (行政区划)."""

    code: str
    parent_code: str | None
    name: str
    sends: bool = Field(description="Whether an address may name it: a county, or beneath one.")


class DivisionTree(BaseModel):
    """Every division that is known here, parents before their children."""

    items: list[DivisionSeen]


def list_addresses() -> AddressBook:
    """List my addresses."""
    with database().reading() as session:
        found = addresses.addresses_of(session, actor_id())
    return AddressBook(items=[_seen(each) for each in found])


def keep_address(body: AddressAsked) -> AddressSeen:
    """Keep an address; the first one is the default."""
    with _noted(), database().unit_of_work() as session:
        return _seen(addresses.keep(session, actor_id(), _wish(body), by=holder().actor))


def change_address(address_id: str, body: AddressAsked) -> AddressSeen:
    """Change an address of mine; parcels on their way keep theirs."""
    with _noted(), database().unit_of_work() as session:
        changed = addresses.change(session, actor_id(), address_id, _wish(body), by=holder().actor)
        return _seen(changed)


def forget_address(address_id: str) -> None:
    """Delete an address of mine."""
    with _noted(), database().unit_of_work() as session:
        addresses.forget(session, actor_id(), address_id, by=holder().actor)


def list_divisions() -> DivisionTree:
    """List the divisions to choose from."""
    with database().reading() as session:
        found = division_tree(session)
    return DivisionTree(
        items=[
            DivisionSeen(
                code=each.code,
                parent_code=each.parent_code,
                name=in_words(each.names),
                sends=is_county(each.code),
            )
            for each in found
        ]
    )


def _noted() -> AbstractContextManager[None]:
    return refusals_noted(AuditEvent.DELIVERY_REFUSED)


def _wish(body: AddressAsked) -> AddressWish:
    return AddressWish(body.name, body.phone, body.division_code, body.street, body.is_default)


def _seen(address: Address) -> AddressSeen:
    return AddressSeen(
        id=address.id,
        name=address.name,
        phone=address.phone,
        division_code=address.division_code,
        street=address.street,
        is_default=address.is_default,
    )


MAY = signed_in(Act.SEND)
GONE = {HTTPStatus.NOT_FOUND: ("address_not_found",)}
WRONG = {HTTPStatus.UNPROCESSABLE_ENTITY: ("address_invalid",)}
DOORS = (
    Door("GET", "/addresses", list_addresses, MAY),
    Door(
        "POST",
        "/addresses",
        keep_address,
        MAY,
        HTTPStatus.CREATED,
        refuses=WRONG | {HTTPStatus.FORBIDDEN: ("addresses_enough",)},
    ),
    Door("PUT", "/addresses/<address_id>", change_address, MAY, refuses=GONE | WRONG),
    Door(
        "DELETE",
        "/addresses/<address_id>",
        forget_address,
        MAY,
        HTTPStatus.NO_CONTENT,
        refuses=GONE,
    ),
    Door("GET", "/divisions", list_divisions, ANYBODY),
)
