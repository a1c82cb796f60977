"""
Parcels that need a person (寄递异常): unknown, in trouble, on their way back, waiting at the
window, and papers that came and were not looked through.

Who lives where is not shown here: for what is decided nobody needs it. At the window, and at a site
that hands parcels out, one parcel is found by its number and handed to whoever tells its code.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.audit.services import Subject
from kiosk_server.core.errors import FieldFault, Invalid, NotFound
from kiosk_server.deliveries.destinations import pick_up_sites
from kiosk_server.deliveries.going_on import is_undecided, lies_at, ways_of
from kiosk_server.deliveries.handing_over import CodeWrong, hand_over, is_over
from kiosk_server.deliveries.handing_to_couriers import waiting_for_couriers
from kiosk_server.deliveries.heard import OFFICE, lies_at_site, waits_at_site
from kiosk_server.deliveries.life import DeliveryState, Trouble
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.queries import Piece, by_number, needing_a_person, pieces_of
from kiosk_server.deliveries.rules import (
    Direction,
    Finding,
    Found,
    WayOn,
    needs_another_address,
    open_findings,
)
from kiosk_server.deliveries.settling import check_piece, find_out, go_on
from kiosk_server.gateways.couriers_assembly import couriers_from
from kiosk_server.places.nearness import Near
from kiosk_server.places.queries import site
from kiosk_server.staff.rules import Right, has
from kiosk_server.staff_console.fleet_view import moment, site_name
from kiosk_server.staff_console.session import actor, audit_refusal, require, staff
from kiosk_server.staff_console.terminals import my_sites
from kiosk_server.web.request_context import database, settings

HERE = "/staff/deliveries"
HAND_OVER = "hand-over"
_LONGEST_NUMBER = 40
_OF_ITS_OFFICE = {Finding.BACK_HERE}
_TO_A_PLACE = {WayOn.SEND_AGAIN, WayOn.ISSUE_ANEW}
Choice = TypeVar("Choice", Finding, WayOn, Found)


@dataclass(frozen=True)
class Card:
    """One parcel as the page shows it, with what may be said of it now."""

    order: DeliveryOrder
    site: str
    to_site: str | None
    findings: list[str]
    ways: list[str]
    places: list[tuple[str, str]]
    """Sites that hand out, to which it may be sent: id and name, the nearest first."""
    same_place: bool
    """It may go where it went before."""
    waits: bool
    pieces: list[Piece]

    @property
    def colour(self) -> str:
        """Return how its standing is shown."""
        state = DeliveryState(self.order.state)
        if state in (DeliveryState.EXCEPTION, DeliveryState.RETURNED) and not self.waits:
            return "stop"
        asks = state in (DeliveryState.UNKNOWN, DeliveryState.RETURNING)
        return "warn" if asks or self.waits or self.pieces else "good"


def add_routes(blueprint: Blueprint) -> None:
    """Put the page and its deeds under *blueprint*."""
    blueprint.get("/deliveries")(deliveries_page)
    blueprint.get(f"/deliveries/{HAND_OVER}")(hand_over_page)
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
    """Write down what somebody found out about a parcel; that it is back, its own office says."""
    by_office = request.form.get("finding") == Finding.BACK_HERE
    require_mine(delivery_id, unfetched=not by_office)
    finding = _chosen(Finding, "finding")
    with database().unit_of_work() as session:
        waybill = request.form.get("waybill", "")
        find_out(session, delivery_id, finding, by=actor(), waybill=waybill)
    return redirect(HERE, code=303)


def go_on_with_delivery(delivery_id: str) -> ResponseReturnValue:
    """Let something follow from trouble, or for what nobody fetched."""
    require_mine(delivery_id, unfetched=True)
    way = _chosen(WayOn, "way")
    to_site = request.form.get("to_site", "")[:_LONGEST_NUMBER] or None
    with database().unit_of_work() as session:
        go_on(
            session,
            delivery_id,
            way,
            couriers_from(settings(), database()),
            by=actor(),
            to_site_id=to_site if way in _TO_A_PLACE else None,
        )
    return _back(delivery_id)


def hand_delivery_over(delivery_id: str) -> ResponseReturnValue:
    """Hand over what waits at the window, against its code."""
    require_mine(delivery_id, where_it_lies=True)
    with database().unit_of_work() as session:
        code = request.form.get("code", "")
        outcome = hand_over(session, delivery_id, code, by=actor(), source=OFFICE)
    if isinstance(outcome, CodeWrong):
        told = {"wrong": delivery_id, "tries_left": outcome.tries_left}
        if request.form.get("from") == HAND_OVER:
            return hand_over_page_of(delivery_id, told), 422
        return _page(told), 422
    return _back(delivery_id)


def check_delivery_piece(delivery_id: str, piece_id: str) -> ResponseReturnValue:
    """Write down what became of one piece."""
    require_mine(delivery_id, where_it_lies=True)
    found = _chosen(Found, "found")
    with database().unit_of_work() as session:
        check_piece(session, delivery_id, piece_id, found, by=actor())
    return _back(delivery_id)


def hand_over_page() -> ResponseReturnValue:
    """Show the parcel whose number was typed or scanned, to be handed over or looked through."""
    require(Right.DELIVERIES_WORK)
    return hand_over_page_of(request.args.get("number", "").strip()[:_LONGEST_NUMBER], {})


def hand_over_page_of(number: str, told: Mapping[str, object]) -> str:
    """Show one parcel of my sites by its number; *told* is what a wrong code left."""
    with database().reading() as session:
        mine = my_sites(session, Right.DELIVERIES_WORK)
        order = by_number(session, number, mine) if number else None
        card = card_of(session, order, mine) if order is not None else None
        if card is not None and order is not None and not is_over(order):
            card = replace(card, waits=True, findings=[], ways=[])
    return render_template(
        "staff/hand_over.html",
        number=number,
        card=card,
        origin=HAND_OVER,
        moment=moment,
        found=[each.value for each in Found],
        **told,
    )


def _back(delivery_id: str) -> ResponseReturnValue:
    if request.form.get("from") == HAND_OVER:
        return redirect(f"{HERE}/{HAND_OVER}?number={delivery_id}", code=303)
    return redirect(HERE, code=303)


def _page(told: Mapping[str, object] | None = None) -> str:
    with database().reading() as session:
        mine = my_sites(session, Right.DELIVERIES_WORK)
        cards = [card_of(session, order, mine) for order in needing_a_person(session, mine)]
        waiting = len(waiting_for_couriers(session, mine))
    return render_template(
        "staff/deliveries.html",
        cards=cards,
        for_couriers=waiting,
        moment=moment,
        found=[each.value for each in Found],
        **(told or {}),
    )


def card_of(session: Session, order: DeliveryOrder, mine: Collection[str]) -> Card:
    """Return a parcel as its page shows it to whoever works at the sites *mine*."""
    state = DeliveryState(order.state)
    trouble = Trouble(order.trouble) if order.trouble else None
    open_ = is_undecided(session, order)
    at_window = order.way_on == WayOn.COLLECT.value and order.handed_over_at is None
    at_site = lies_at_site(order) and open_ and order.to_site_id in mine
    came = state is DeliveryState.DELIVERED and not waits_at_site(order)
    # While it waits, its resident alone may wish it elsewhere.
    ways = frozenset[WayOn]() if waits_at_site(order) else ways_of(session, order)
    found = open_findings(state, trouble) if open_ else frozenset[Finding]()
    return Card(
        order=order,
        site=site_name(site(session, order.site_id)),
        to_site=site_name(site(session, order.to_site_id)) if order.to_site_id else None,
        findings=sorted(found - _OF_ITS_OFFICE if order.site_id not in mine else found),
        ways=sorted(ways),
        places=_places(session, order) if ways & _TO_A_PLACE else [],
        same_place=not needs_another_address(WayOn.SEND_AGAIN, trouble),
        waits=at_window or at_site,
        pieces=[each for each in pieces_of(session, order.id) if each.found is None]
        if came
        else [],
    )


def _places(session: Session, order: DeliveryOrder) -> list[tuple[str, str]]:
    if order.direction != Direction.RESULT:
        return []
    start = lies_at(session, order)
    near = Near(order.division_code)
    return [(each.id, site_name(each)) for each in pick_up_sites(session, near) if each.id != start]


def require_mine(delivery_id: str, *, where_it_lies: bool = False, unfetched: bool = False) -> None:
    """
    Let on who works with deliveries of its office; or, *where_it_lies*, of the site it went to; or,
    *unfetched*, of that site alone where it lies there and nobody comes for it.

    Raises `NotFound("delivery_not_found")`, and audits who tried.
    """
    require(Right.DELIVERIES_WORK)
    with database().reading() as session:
        order = session.get(DeliveryOrder, delivery_id)
        mine = my_sites(session, Right.DELIVERIES_WORK)
    is_mine = order is not None and order.site_id in mine
    if order is not None and (where_it_lies or (unfetched and lies_at_site(order))):
        is_mine = is_mine or order.to_site_id in mine
    if not is_mine:
        subject = Subject("delivery_order", delivery_id) if order is not None else None
        audit_refusal(Right.DELIVERIES_WORK, subject)
        raise NotFound("delivery_not_found")


def _chosen(choices: type[Choice], field: str) -> Choice:
    try:
        return choices(request.form.get(field, ""))
    except ValueError:
        raise Invalid(fields=[FieldFault(field, "choice_unknown")]) from None
