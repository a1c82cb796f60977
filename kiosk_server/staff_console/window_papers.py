"""
Papers fetched from the resident's door, asked for at the window (柜台约上门取件): which papers,
each an original or a copy, from where, who pays; then the code for the courier, told once.

For a case that lies on the table, and to its office. What is paid beforehand is paid at the same
window. Each look at an address book is audited.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.cases.models import Case
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound, Refused, Unavailable
from kiosk_server.core.identifiers import digest, new_id
from kiosk_server.deliveries import handing_over, services
from kiosk_server.deliveries.addresses import Address, addresses_of, keep
from kiosk_server.deliveries.life import DeliveryState
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.named_papers import named_papers
from kiosk_server.deliveries.postage_orders import postage_of
from kiosk_server.deliveries.queries import Piece, deliveries_of_case, pieces_of
from kiosk_server.deliveries.rules import LONGEST_NAME, LONGEST_STREET, LONGEST_TITLE, Direction
from kiosk_server.deliveries.services import DeliveryWish, PieceWish
from kiosk_server.gateways.couriers_assembly import couriers_from
from kiosk_server.payments.life import UNPAID
from kiosk_server.payments.rules import Origin, as_yuan
from kiosk_server.places.queries import site
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.fleet_view import moment, site_name
from kiosk_server.staff_console.queue_window import Desk
from kiosk_server.staff_console.session import actor, require
from kiosk_server.staff_console.window import HERE, case_of_mine, desk_here
from kiosk_server.staff_console.window_ways import (
    Place,
    address_place,
    address_typed,
    counties,
    payer_chosen,
)
from kiosk_server.web.problem import Problem
from kiosk_server.web.problems import title_of
from kiosk_server.web.request_context import database, request_id, settings
from kiosk_server.web.words import current_language, words

PIECES = 6
_BEFORE_FETCHED = (DeliveryState.CREATED, DeliveryState.UNKNOWN, DeliveryState.ACCEPTED)


@dataclass(frozen=True)
class Fetched:
    """Papers of this case that are fetched, or were, with what may be done now."""

    order: DeliveryOrder
    pieces: list[Piece]
    owed: str | None
    """The order of its postage, while it is unpaid."""
    may_have_code: bool


def add_routes(blueprint: Blueprint) -> None:
    """Put the page under *blueprint*."""
    blueprint.get("/window/cases/<case_id>/papers")(window_papers_page)
    blueprint.post("/window/cases/<case_id>/papers")(fetch_papers_at_window)
    blueprint.post("/window/cases/<case_id>/papers/<delivery_id>/code")(tell_papers_code)


def window_papers_page(case_id: str) -> ResponseReturnValue:
    """Show what is fetched for a case of mine, and ask what else shall be."""
    require(Right.WINDOW_WORK)
    desk = desk_here()
    return redirect(HERE, code=303) if desk is None else _page(desk, case_id)


def fetch_papers_at_window(case_id: str) -> ResponseReturnValue:
    """Call a courier to the resident's door; what stands against it is said on the same page."""
    require(Right.WINDOW_WORK)
    desk = desk_here()
    if desk is None:
        return redirect(HERE, code=303)
    with database().reading() as session:
        case = case_of_mine(session, case_id)
    try:
        with database().unit_of_work() as session:
            _open(session, case)
    except (Conflict, Invalid, NotFound, Refused, Unavailable) as refused:
        problem = Problem.of(refused, request_id())
        return _page(desk, case_id, refused=title_of(problem)), problem.status
    return redirect(f"{HERE}/cases/{case_id}/papers", code=303)


def tell_papers_code(case_id: str, delivery_id: str) -> ResponseReturnValue:
    """Show a new code for the courier, once, to be told or printed; the one before is void."""
    require(Right.WINDOW_WORK)
    desk = desk_here()
    if desk is None:
        return redirect(HERE, code=303)
    with database().reading() as session:
        case_of_mine(session, case_id)
    with database().unit_of_work() as session:
        order = next(
            (each for each in _papers_of(session, case_id) if each.id == delivery_id), None
        )
        if order is None:
            raise NotFound("delivery_not_found")
        code = handing_over.new_code(session, order.id, by=actor())
        office = site(session, order.site_id)
    return render_template(
        "staff/window_papers_code.html",
        case_id=case_id,
        office=office.names["zh"],
        code=f"{code[:3]} {code[3:]}",
        waybill=order.waybill,
    )


def _open(session: Session, case: Case) -> None:
    form = request.form
    key = digest(f"window-papers:{case.id}:{form.get('number', '')}")
    if any(each.request_key == key for each in _papers_of(session, case.id)):
        # The same form, sent twice: its address is kept once.
        return
    courier = couriers_from(settings(), database()).first()
    if courier is None:
        raise Unavailable("no_courier")
    pieces, payer = _pieces(), payer_chosen()
    named = form.get("from", "")
    if named == "new":
        named = keep(session, case.resident_id, address_typed(), by=actor()).id
    wish = DeliveryWish(case.resident_id, Direction.PAPERS, named, case_id=case.id, pieces=pieces)
    services.open_delivery(
        session, wish, courier, payer, by=actor(), origin=Origin.COUNTER, request_key=key
    )


def _pieces() -> list[PieceWish]:
    titles = request.form.getlist("piece")[:PIECES]
    originals = set(request.form.getlist("original"))
    found = [
        PieceWish(title[: LONGEST_TITLE + 1], str(at) in originals)
        for at, title in enumerate(titles)
        if title.strip()
    ]
    if not found:
        raise Invalid("delivery_invalid", fields=[FieldFault("piece", "pieces_not_named")])
    return found


def _papers_of(session: Session, case_id: str) -> list[DeliveryOrder]:
    every = deliveries_of_case(session, case_id)
    return [each for each in every if each.direction == Direction.PAPERS]


def _fetched(session: Session, order: DeliveryOrder) -> Fetched:
    postage = postage_of(session, order)
    owed = postage.id if postage is not None and postage.state in UNPAID else None
    waits = DeliveryState(order.state) in _BEFORE_FETCHED and not handing_over.is_over(order)
    return Fetched(order, pieces_of(session, order.id), owed, waits and owed is None)


def _door(session: Session, case: Case, one: Address, divisions: Mapping[str, str]) -> Place:
    """Return one address with what fetching there costs: six papers weigh as much as one."""
    fee = as_yuan(services.quote(session, case.site_id, one.division_code, PIECES))
    told = address_place(one, divisions)
    return replace(told, more=f"{told.more} · {words('staff-window-ways-postage', yuan=fee)}")


def _page(desk: Desk, case_id: str, *, refused: str | None = None) -> str:
    language = current_language().code
    with database().reading() as session:
        case = case_of_mine(session, case_id)
    with database().unit_of_work() as session:
        names = catalogue.version(session, case.item_version_id).content.names
        named = dict(counties(session))
        places = [
            _door(session, case, each, named) for each in addresses_of(session, case.resident_id)
        ]
        fetched = [_fetched(session, each) for each in _papers_of(session, case_id)]
        office, divisions = site(session, case.site_id), counties(session)
        facts = {"addresses": len(places)}
        subject = Subject("case", case_id)
        note(session, AuditEvent.WINDOW_LOOKED_UP, actor=actor(), subject=subject, facts=facts)
    carrier = couriers_from(settings(), database())
    first = carrier.first()
    return render_template(
        "staff/window_papers.html",
        window=desk.window.label,
        name=site_name(desk.site),
        office=site_name(office),
        case_id=case_id,
        number=new_id(),
        item=names.get(language) or names["zh"],
        fetched=fetched,
        places=places,
        divisions=divisions,
        papers=[paper.title for paper in named_papers().values()],
        rows=PIECES,
        payers=settings().couriers.payers,
        carried=first is not None,
        simulated=first is not None and carrier.by_name[first].simulated,
        longest={"name": LONGEST_NAME, "street": LONGEST_STREET, "title": LONGEST_TITLE},
        moment=moment,
        refused=refused,
    )
