"""
Parcels that need a person (寄递异常): unknown, in trouble, on their way back, waiting at the
window, and papers that came and were not looked through.

Who lives where is not shown here: for what is decided nobody needs it.
"""

from dataclasses import dataclass
from typing import TypeVar

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.audit.services import Subject
from kiosk_server.core.errors import FieldFault, Invalid, NotFound
from kiosk_server.deliveries.handing_over import CodeWrong, hand_over
from kiosk_server.deliveries.heard import OFFICE
from kiosk_server.deliveries.life import DeliveryState, Trouble
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.queries import Piece, needing_a_person, pieces_of
from kiosk_server.deliveries.rules import (
    Direction,
    Finding,
    Found,
    WayOn,
    open_findings,
    ways_on,
)
from kiosk_server.deliveries.settling import check_piece, find_out, go_on
from kiosk_server.gateways.couriers_assembly import couriers_from
from kiosk_server.places.queries import site
from kiosk_server.staff.rules import Right, has
from kiosk_server.staff_console.fleet_view import moment, site_name
from kiosk_server.staff_console.session import actor, audit_refusal, require, staff
from kiosk_server.staff_console.terminals import my_sites
from kiosk_server.web.request_context import database, settings

HERE = "/staff/deliveries"
Choice = TypeVar("Choice", Finding, WayOn, Found)


@dataclass(frozen=True)
class Card:
    """One parcel as the page shows it, with what may be said of it now."""

    order: DeliveryOrder
    site: str
    findings: list[str]
    ways: list[str]
    waits: bool
    pieces: list[Piece]


def add_routes(blueprint: Blueprint) -> None:
    """Put the page and its deeds under *blueprint*."""
    blueprint.get("/deliveries")(deliveries_page)
    blueprint.post("/deliveries/<delivery_id>/find")(find_out_of_delivery)
    blueprint.post("/deliveries/<delivery_id>/go-on")(go_on_with_delivery)
    blueprint.post("/deliveries/<delivery_id>/hand-over")(hand_delivery_over)
    blueprint.post("/deliveries/<delivery_id>/pieces/<piece_id>")(check_delivery_piece)


def deliveries_for_me() -> int | None:
    """Return how many parcels of my sites need a person; None for who does not see them."""
    if not has(staff(), Right.DELIVERIES_WORK):
        return None
    with database().reading() as session:
        return len(needing_a_person(session, my_sites(session, Right.DELIVERIES_WORK)))


def deliveries_page() -> ResponseReturnValue:
    """Show what needs a person, the oldest first."""
    require(Right.DELIVERIES_WORK)
    return _page()


def find_out_of_delivery(delivery_id: str) -> ResponseReturnValue:
    """Write down what somebody found out about a parcel."""
    _require_mine(delivery_id)
    finding = _chosen(Finding, "finding")
    with database().unit_of_work() as session:
        waybill = request.form.get("waybill", "")
        find_out(session, delivery_id, finding, by=actor(), waybill=waybill)
    return redirect(HERE, code=303)


def go_on_with_delivery(delivery_id: str) -> ResponseReturnValue:
    """Let something follow from trouble."""
    _require_mine(delivery_id)
    way = _chosen(WayOn, "way")
    with database().unit_of_work() as session:
        go_on(session, delivery_id, way, couriers_from(settings(), database()), by=actor())
    return redirect(HERE, code=303)


def hand_delivery_over(delivery_id: str) -> ResponseReturnValue:
    """Hand over what waits at the window, against its code."""
    _require_mine(delivery_id)
    with database().unit_of_work() as session:
        code = request.form.get("code", "")
        outcome = hand_over(session, delivery_id, code, by=actor(), source=OFFICE)
    if isinstance(outcome, CodeWrong):
        return _page(wrong=delivery_id, tries_left=outcome.tries_left), 422
    return redirect(HERE, code=303)


def check_delivery_piece(delivery_id: str, piece_id: str) -> ResponseReturnValue:
    """Write down what became of one piece."""
    _require_mine(delivery_id)
    found = _chosen(Found, "found")
    with database().unit_of_work() as session:
        check_piece(session, delivery_id, piece_id, found, by=actor())
    return redirect(HERE, code=303)


def _page(*, wrong: str | None = None, tries_left: int = 0) -> str:
    with database().reading() as session:
        mine = my_sites(session, Right.DELIVERIES_WORK)
        cards = [_card(session, order) for order in needing_a_person(session, mine)]
    return render_template(
        "staff/deliveries.html",
        cards=cards,
        moment=moment,
        found=[each.value for each in Found],
        wrong=wrong,
        tries_left=tries_left,
    )


def _card(session: Session, order: DeliveryOrder) -> Card:
    state, direction = DeliveryState(order.state), Direction(order.direction)
    trouble = Trouble(order.trouble) if order.trouble else None
    decided = order.way_on is not None
    came = state is DeliveryState.DELIVERED
    return Card(
        order=order,
        site=site_name(site(session, order.site_id)),
        findings=[] if decided else sorted(open_findings(state, trouble)),
        ways=[] if decided else sorted(ways_on(state, trouble, direction)),
        waits=order.way_on == WayOn.COLLECT.value,
        pieces=[each for each in pieces_of(session, order.id) if each.found is None]
        if came
        else [],
    )


def _require_mine(delivery_id: str) -> None:
    require(Right.DELIVERIES_WORK)
    with database().reading() as session:
        order = session.get(DeliveryOrder, delivery_id)
        mine = my_sites(session, Right.DELIVERIES_WORK)
    if order is None or order.site_id not in mine:
        subject = Subject("delivery_order", delivery_id) if order is not None else None
        audit_refusal(Right.DELIVERIES_WORK, subject)
        raise NotFound("delivery_not_found")


def _chosen(choices: type[Choice], field: str) -> Choice:
    try:
        return choices(request.form.get(field, ""))
    except ValueError:
        raise Invalid(fields=[FieldFault(field, "choice_unknown")]) from None
