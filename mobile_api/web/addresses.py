"""
My address book (地址簿): where results are sent and papers are fetched.

One form for a new address and for a change. The division is chosen level by level in it; whoever
has no script presses a button between two levels, and what he typed stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.core.errors import Invalid, Refused
from kiosk_server.core.masking import mask_phone
from kiosk_server.deliveries import addresses as book
from kiosk_server.deliveries.addresses import Address, AddressWish
from kiosk_server.deliveries.rules import LONGEST_NAME, LONGEST_STREET, MOST_ADDRESSES
from kiosk_server.residents.assurance import Act
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.booking_terms import refusals_noted
from mobile_api.wallets import actor_id
from mobile_api.web.division_choice import division_choice, path_to, place_in_words
from mobile_api.web.frame import page
from mobile_api.web.guard import HOME, may, own_id, safe_next

HERE = "/m/addresses"
_LONGEST_PHONE = 20
_EVENT = AuditEvent.DELIVERY_REFUSED
_FIELDS: Mapping[str, str] = {"name": "recipient", "division_code": "division"}
"""What the form calls a field that the room calls otherwise."""


@dataclass(frozen=True)
class AddressTold:
    """One address in a list; the number is whole only where it is changed."""

    id: str
    name: str
    phone: str
    place: str
    street: str
    division_code: str
    is_default: bool


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of the address book."""
    blueprint.get("/addresses", endpoint="addresses")(addresses)
    blueprint.get("/addresses/new", endpoint="address_new")(new_form)
    blueprint.post("/addresses/new", endpoint="address_keep")(keep)
    blueprint.get("/addresses/<address_id>", endpoint="address")(change_form)
    blueprint.post("/addresses/<address_id>", endpoint="address_change")(change)
    blueprint.post("/addresses/<address_id>/default", endpoint="address_default")(make_default)
    blueprint.get("/addresses/<address_id>/forget", endpoint="address_ask")(ask_to_forget)
    blueprint.post("/addresses/<address_id>/forget", endpoint="address_forget")(forget)


def addresses() -> ResponseReturnValue:
    """List my addresses, the default first."""
    may(Act.SEND)
    with database().reading() as session:
        mine = addresses_told(session)
    return page("m/addresses.html", tab="me", mine=mine, most=MOST_ADDRESSES)


def new_form() -> ResponseReturnValue:
    """Ask for an address."""
    may(Act.SEND)
    return _form(None, AddressWish("", "", "", ""), ())


def keep() -> ResponseReturnValue:
    """Keep a new address, or offer the divisions beneath the chosen one."""
    may(Act.SEND)
    wish = _typed()
    if request.form.get("step") == "divisions":
        return _form(None, wish, ())
    try:
        with refusals_noted(_EVENT), database().unit_of_work() as session:
            book.keep(session, actor_id(), wish, by=holder().actor)
    except Invalid as wrong:
        return _form(None, wish, _faults(wrong))
    except Refused as refused:
        return _form(None, wish, (), refused=refused.code)
    return redirect(_onward(), code=303)


def change_form(address_id: str) -> ResponseReturnValue:
    """Show one of my addresses to be changed."""
    may(Act.SEND)
    one = _mine(own_id(address_id))
    return _form(one.id, _wish_of(one), ())


def change(address_id: str) -> ResponseReturnValue:
    """Change an address of mine; parcels on their way keep theirs."""
    may(Act.SEND)
    wish = _typed()
    _mine(own_id(address_id))
    if request.form.get("step") == "divisions":
        return _form(address_id, wish, ())
    try:
        with refusals_noted(_EVENT), database().unit_of_work() as session:
            book.change(session, actor_id(), address_id, wish, by=holder().actor)
    except Invalid as wrong:
        return _form(address_id, wish, _faults(wrong))
    return redirect(_onward(), code=303)


def make_default(address_id: str) -> ResponseReturnValue:
    """Let an address of mine be the one that is offered first."""
    may(Act.SEND)
    wish = replace(_wish_of(_mine(own_id(address_id))), is_default=True)
    with refusals_noted(_EVENT), database().unit_of_work() as session:
        book.change(session, actor_id(), address_id, wish, by=holder().actor)
    return redirect(HERE, code=303)


def ask_to_forget(address_id: str) -> ResponseReturnValue:
    """Ask once before an address is deleted."""
    may(Act.SEND)
    with refusals_noted(_EVENT), database().reading() as session:
        one = book.address_of(session, actor_id(), own_id(address_id))
        return page("m/address_forget.html", tab="me", one=address_told(session, one))


def forget(address_id: str) -> ResponseReturnValue:
    """Delete an address of mine."""
    may(Act.SEND)
    with refusals_noted(_EVENT), database().unit_of_work() as session:
        book.forget(session, actor_id(), own_id(address_id), by=holder().actor)
    return redirect(HERE, code=303)


def addresses_told(session: Session) -> list[AddressTold]:
    """Return the addresses of whoever is signed in, to be chosen from."""
    return [address_told(session, each) for each in book.addresses_of(session, actor_id())]


def address_told(session: Session, one: Address) -> AddressTold:
    """Return one address in words, its number in part."""
    place = place_in_words(session, one.division_code)
    return AddressTold(
        id=one.id,
        name=one.name,
        phone=mask_phone(one.phone),
        place=place,
        street=one.street,
        division_code=one.division_code,
        is_default=one.is_default,
    )


def _mine(address_id: str) -> Address:
    with refusals_noted(_EVENT), database().reading() as session:
        return book.address_of(session, actor_id(), address_id)


def _wish_of(one: Address) -> AddressWish:
    return AddressWish(one.name, one.phone, one.division_code, one.street, one.is_default)


def _typed() -> AddressWish:
    """Return what was typed, cut where no form of ours would have let it grow."""
    with database().reading() as session:
        chosen = division_choice(session, request.form.getlist("division")[:10])
    return AddressWish(
        name=request.form.get("recipient", "")[: LONGEST_NAME + 1],
        phone=request.form.get("phone", "")[:_LONGEST_PHONE],
        division_code=chosen.code,
        street=request.form.get("street", "")[: LONGEST_STREET + 1],
        is_default=request.form.get("default") == "1",
    )


def _faults(wrong: Invalid) -> tuple[str, ...]:
    return tuple(_FIELDS.get(each.at, each.at) for each in wrong.fields)


def _onward() -> str:
    asked = safe_next(request.form.get("next"))
    return HERE if asked == HOME else asked


def _form(
    address_id: str | None,
    wish: AddressWish,
    faults: tuple[str, ...],
    *,
    refused: str | None = None,
) -> ResponseReturnValue:
    status = 422 if faults else 403 if refused else 200
    with database().reading() as session:
        picked = request.form.getlist("division")[:10] or path_to(session, wish.division_code)
        choice = division_choice(session, picked)
    return page(
        "m/address_form.html",
        tab="me",
        status=status,
        address_id=address_id,
        asked=wish,
        choice=choice,
        faults=faults,
        refused=refused,
        onward=safe_next(request.values.get("next")),
        longest_name=LONGEST_NAME,
        longest_street=LONGEST_STREET,
    )
