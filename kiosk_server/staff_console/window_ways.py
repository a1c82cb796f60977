"""
How a result shall come, asked at the window (柜台选领取方式): for whoever comes to a clerk and to
no screen. A fee is paid on the page that follows.

The resident sits there and says where he lives. Each look at his address book is audited.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.cases.models import Case
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound, Refused, Unavailable
from kiosk_server.core.identifiers import digest, new_id
from kiosk_server.core.masking import mask_name, mask_phone
from kiosk_server.deliveries.addresses import Address, AddressWish, addresses_of, keep
from kiosk_server.deliveries.destinations import near_home_of, pick_up_sites
from kiosk_server.deliveries.ports import Payer
from kiosk_server.deliveries.rules import LONGEST_NAME, LONGEST_STREET, is_county
from kiosk_server.deliveries.services import quote
from kiosk_server.gateways.couriers_assembly import couriers_from
from kiosk_server.payments.rules import Origin, as_yuan
from kiosk_server.places.queries import division_tree
from kiosk_server.results.models import CaseResult
from kiosk_server.results.queries import result_of
from kiosk_server.results.rules import ResultWay
from kiosk_server.results.services import choose
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.fleet_view import site_name
from kiosk_server.staff_console.queue_window import Desk
from kiosk_server.staff_console.session import actor, require
from kiosk_server.staff_console.window import HERE, case_of_mine, desk_here
from kiosk_server.web.problem import Problem
from kiosk_server.web.problems import title_of
from kiosk_server.web.request_context import database, request_id, settings
from kiosk_server.web.words import current_language, words


@dataclass(frozen=True)
class Place:
    """Where a result can be sent: `to` names it in the form."""

    to: str
    name: str
    more: str


def add_routes(blueprint: Blueprint) -> None:
    """Put the page under *blueprint*."""
    blueprint.get("/window/cases/<case_id>/ways")(window_ways_page)
    blueprint.post("/window/cases/<case_id>/ways")(choose_at_window)


def window_ways_page(case_id: str) -> ResponseReturnValue:
    """Show the ways that are open for a case of mine."""
    require(Right.WINDOW_WORK)
    desk = desk_here()
    return redirect(HERE, code=303) if desk is None else _page(desk, case_id)


def choose_at_window(case_id: str) -> ResponseReturnValue:
    """Keep what the resident wishes; what stands against it is said on the same page."""
    require(Right.WINDOW_WORK)
    desk = desk_here()
    if desk is None:
        return redirect(HERE, code=303)
    with database().reading() as session:
        case = case_of_mine(session, case_id)
    try:
        with database().unit_of_work() as session:
            _choose(session, case, desk)
    except (Conflict, Invalid, NotFound, Refused, Unavailable) as refused:
        problem = Problem.of(refused, request_id())
        return _page(desk, case_id, refused=title_of(problem)), problem.status
    return redirect(f"{HERE}/cases/{case_id}", code=303)


def _choose(session: Session, case: Case, desk: Desk) -> None:
    kind, _, named = request.form.get("to", "").partition(":")
    key = digest(f"window:{case.id}:{request.form.get('number', '')}")
    before = session.get(CaseResult, case.id)
    if before is not None and before.request_key == key:
        # The same form, sent twice: its address is kept once.
        return
    wish = partial(choose, session, case.id, by=actor(), origin=Origin.COUNTER, request_key=key)
    send = partial(
        wish,
        ResultWay.SEND,
        courier=couriers_from(settings(), database()).first(),
        payer=payer_chosen(),
    )
    match kind:
        case ResultWay.HERE.value:
            wish(ResultWay.HERE)
        case ResultWay.COLLECT.value:
            wish(ResultWay.COLLECT, to_site_id=desk.site.id)
        case "address":
            send(address_id=named)
        case "site":
            send(to_site_id=named)
        case "new":
            send(address_id=keep(session, case.resident_id, address_typed(), by=actor()).id)
        case _:
            raise Invalid(fields=[FieldFault("to", "choice_unknown")])


def address_typed() -> AddressWish:
    """Return the new address that was typed; whoever keeps it looks whether it is one."""
    form = request.form
    return AddressWish(
        name=form.get("recipient", "")[: 2 * LONGEST_NAME],
        phone=form.get("phone", "")[:20],
        division_code=form.get("division", ""),
        street=form.get("street", "")[: 2 * LONGEST_STREET],
    )


def payer_chosen() -> Payer:
    """Return who pays, as the form says; raises `Invalid("payer_not_offered")`."""
    asked = request.form.get("payer", settings().couriers.payers[0])
    if asked not in settings().couriers.payers:
        raise Invalid("payer_not_offered", fields=[FieldFault("payer", "payer_not_offered")])
    return Payer(asked)


def _page(desk: Desk, case_id: str, *, refused: str | None = None) -> str:
    language = current_language().code
    with database().reading() as session:
        case = case_of_mine(session, case_id)
    with database().unit_of_work() as session:
        view = result_of(session, case)
        names = catalogue.version(session, case.item_version_id).content.names
        divisions = counties(session)
        sends = ResultWay.SEND in view.open_ways
        places = _places(session, case, dict(divisions)) if sends else []
        facts = {"addresses": sum(each.to.startswith("address:") for each in places)}
        subject = Subject("case", case_id)
        note(session, AuditEvent.WINDOW_LOOKED_UP, actor=actor(), subject=subject, facts=facts)
    return render_template(
        "staff/window_ways.html",
        window=desk.window.label,
        name=site_name(desk.site),
        case_id=case_id,
        item=names.get(language) or names["zh"],
        ways=[way.value for way in view.open_ways],
        places=places,
        divisions=divisions,
        payers=settings().couriers.payers,
        longest_name=LONGEST_NAME,
        longest_street=LONGEST_STREET,
        number=new_id(),
        refused=refused,
        typed=address_typed(),
        to=request.form.get("to", ""),
        payer=request.form.get("payer", settings().couriers.payers[0]),
    )


def counties(session: Session) -> list[tuple[str, str]]:
    """Return the divisions that an address can name, each with its words."""
    language = current_language().code
    return [
        (each.code, each.names.get(language) or each.names["zh"])
        for each in division_tree(session)
        if is_county(each.code)
    ]


def address_place(one: Address, divisions: Mapping[str, str]) -> Place:
    """Return one address of a book, under its id; its holder masked."""
    whose = f"{mask_name(one.name)} {mask_phone(one.phone)}"
    return Place(one.id, f"{divisions.get(one.division_code, '')} {one.street}".strip(), whose)


def _places(session: Session, case: Case, divisions: Mapping[str, str]) -> list[Place]:
    """Return where a result can be sent, each with what that costs."""

    def postage(division_code: str) -> str:
        fee = as_yuan(quote(session, case.site_id, division_code, 1))
        return words("staff-window-ways-postage", yuan=fee)

    own = []
    for each in addresses_of(session, case.resident_id):
        told = address_place(each, divisions)
        more = f"{told.more} · {postage(each.division_code)}"
        own.append(replace(told, to=f"address:{each.id}", more=more))
    sites = [
        Place(f"site:{each.id}", site_name(each), postage(each.division_code))
        for each in pick_up_sites(session, near_home_of(session, case.resident_id))
        if each.id != case.site_id
    ]
    return own + sites
