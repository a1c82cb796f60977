"""`/phones`: my phones, signing out there, and the key of this one."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from kiosk_server.residents.assurance import Act, Level
from kiosk_server.residents.my_phones import (
    PhoneView,
    phone_of,
    phones_of,
    set_key,
    sign_out_there,
)
from kiosk_server.residents.phone_rules import PhoneKind
from kiosk_server.web.request_context import database
from mobile_api.access import holder, own_phone, signed_in
from mobile_api.doors import Door
from mobile_api.v1.schemas import Asked, Page, PageAsked, page_of

Coordinate = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{43}$")]
GONE = {HTTPStatus.NOT_FOUND: ("phone_not_found",)}


class Phone(BaseModel):
    """One phone that is signed in to this account."""

    id: str
    kind: PhoneKind
    label: str
    level: Level
    added_at: datetime
    last_used_at: datetime
    has_key: bool
    is_this: bool = Field(description="Whether it is the one that asks.")


class PublicKey(Asked):
    """A public key as a JWK (RFC 7517): P-256 or Ed25519."""

    kty: Literal["EC", "OKP"]
    crv: Literal["P-256", "Ed25519"]
    x: Coordinate
    y: Coordinate | None = None


def list_phones(query: PageAsked) -> Page[Phone]:
    """List my phones."""
    with database().reading() as session:
        found = phones_of(session, holder(), after=query.cursor, limit=query.limit + 1)
    return page_of([_phone(view) for view in found], [view.id for view in found], query.limit)


def see_phone(phone_id: str) -> Phone:
    """Show one of my phones."""
    with database().reading() as session:
        return _phone(phone_of(session, holder(), phone_id))


def sign_phone_out(phone_id: str) -> None:
    """Sign one of my phones out, wherever it is."""
    with database().unit_of_work() as session:
        sign_out_there(session, holder(), phone_id)


def keep_key(body: PublicKey) -> Phone:
    """Keep the public key of this phone; what is given to it from now on is bound to that key."""
    with database().unit_of_work() as session:
        set_key(session, holder(), body.model_dump(exclude_none=True))
        return _phone(phone_of(session, holder(), holder().phone_id))


def _phone(view: PhoneView) -> Phone:
    return Phone.model_validate(view, from_attributes=True)


MANAGE = Act.MANAGE_PHONES
DOORS = (
    Door("GET", "/phones", list_phones, signed_in(MANAGE)),
    Door("GET", "/phones/<phone_id>", see_phone, own_phone(MANAGE), refuses=GONE),
    Door(
        "DELETE",
        "/phones/<phone_id>",
        sign_phone_out,
        own_phone(MANAGE),
        HTTPStatus.NO_CONTENT,
        refuses=GONE,
    ),
    Door(
        "PUT",
        "/phones/this/key",
        keep_key,
        signed_in(MANAGE),
        refuses={HTTPStatus.UNPROCESSABLE_ENTITY: ("key_invalid",)},
    ),
)
