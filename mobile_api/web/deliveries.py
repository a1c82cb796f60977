"""
My deliveries (我的寄递): where each one is, in our words and the courier's own; its code for the
hand-over, and the ways on where it did not go its way.

The code stands on the answer to one touch and nowhere after it.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.core.errors import Conflict, Invalid, KioskError, TooMany, WrongState
from kiosk_server.core.identifiers import digest, is_id
from kiosk_server.deliveries import handing_over, queries, services
from kiosk_server.deliveries.heard import waits_at_site
from kiosk_server.deliveries.life import DeliveryState, Trouble
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.parties import address_of_order
from kiosk_server.deliveries.postage_orders import postage_of
from kiosk_server.deliveries.rules import Direction, WayOn
from kiosk_server.payments.life import PAYABLE
from kiosk_server.places.queries import site
from kiosk_server.residents.assurance import Act
from kiosk_server.web.request_context import database
from kiosk_server.web.security import allow_position
from mobile_api.access import holder
from mobile_api.booking_terms import refusals_noted
from mobile_api.v1.certificates import in_words
from mobile_api.v1.deliveries_told import MINE, DeliverySeen, delivery_seen
from mobile_api.wallets import actor_id
from mobile_api.web import going_on
from mobile_api.web.addresses import AddressTold, address_told
from mobile_api.web.frame import page
from mobile_api.web.guard import may, own_id

HERE = "/m/deliveries"
ON_A_PAGE = 20
_EVENT = AuditEvent.DELIVERY_REFUSED
_S = DeliveryState
_OVER = frozenset({_S.DELIVERED, _S.CANCELLED})
_CANCELLABLE = frozenset({_S.CREATED, _S.UNKNOWN, _S.ACCEPTED})


@dataclass(frozen=True)
class DeliveryLine:
    """One delivery in the list."""

    id: str
    direction: Direction
    site: str
    state: DeliveryState
    trouble: Trouble | None
    to_site: str | None
    waits_at_site: bool
    opened_at: datetime


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of deliveries."""
    blueprint.get("/deliveries", endpoint="deliveries")(deliveries)
    blueprint.get("/deliveries/<delivery_id>", endpoint="delivery")(delivery)
    blueprint.get("/deliveries/<delivery_id>/state", endpoint="delivery_state")(state)
    blueprint.post("/deliveries/<delivery_id>/code", endpoint="delivery_code")(make_code)
    blueprint.get("/deliveries/<delivery_id>/cancel", endpoint="delivery_ask")(ask_to_cancel)
    blueprint.post("/deliveries/<delivery_id>/cancel", endpoint="delivery_cancel")(cancel)
    blueprint.post("/deliveries/<delivery_id>/way-on", endpoint="delivery_way_on")(go_on)


def deliveries() -> ResponseReturnValue:
    """List my deliveries, the newest first."""
    may(Act.SEND)
    asked = request.args.get("after", "")
    after = asked if is_id(asked) else None
    with database().reading() as session:
        found = queries.deliveries_of(session, actor_id(), after=after, limit=ON_A_PAGE + 1)
        lines = [_line(session, each) for each in found[:ON_A_PAGE]]
    more = found[ON_A_PAGE - 1].id if len(found) > ON_A_PAGE else None
    return page("m/deliveries.html", tab="home", lines=lines, more=more)


def delivery(delivery_id: str) -> ResponseReturnValue:
    """Show one delivery of mine."""
    may(Act.SEND)
    return _delivery_page(own_id(delivery_id))


def state(delivery_id: str) -> ResponseReturnValue:
    """Answer what a delivery's page asks now and then; 304 while nothing was heard."""
    may(Act.SEND)
    with refusals_noted(_EVENT), database().reading() as session:
        order = queries.delivery_of(session, actor_id(), own_id(delivery_id))
        version = _version(session, order, delivery_seen(session, order))
    response = Response(version, content_type="text/plain; charset=utf-8")
    response.set_etag(version)
    return response.make_conditional(request)


def make_code(delivery_id: str) -> ResponseReturnValue:
    """Show a new code for the hand-over, once; the one before it serves no more."""
    may(Act.SEND)
    own_id(delivery_id)
    try:
        with refusals_noted(_EVENT), database().unit_of_work() as session:
            order = queries.delivery_of(session, actor_id(), delivery_id)
            line = _line(session, order)
            code = handing_over.new_code(session, delivery_id, by=holder().actor)
    except (WrongState, TooMany) as refused:
        return _delivery_page(delivery_id, refused)
    return page("m/delivery_code.html", tab="home", one=line, code=_in_halves(code))


def ask_to_cancel(delivery_id: str) -> ResponseReturnValue:
    """Ask once before a courier is sent away."""
    may(Act.SEND)
    with refusals_noted(_EVENT), database().reading() as session:
        order = queries.delivery_of(session, actor_id(), own_id(delivery_id))
        if not _can_cancel(order):
            raise WrongState("delivery_under_way", state=order.state)
        return page("m/delivery_cancel.html", tab="home", one=_line(session, order))


def cancel(delivery_id: str) -> ResponseReturnValue:
    """Cancel a delivery of mine, or have its courier asked to."""
    may(Act.SEND)
    own_id(delivery_id)
    try:
        with refusals_noted(_EVENT), database().unit_of_work() as session:
            queries.delivery_of(session, actor_id(), delivery_id)
            services.cancel(session, delivery_id, by=holder().actor)
    except WrongState as refused:
        return _delivery_page(delivery_id, refused)
    return redirect(f"{HERE}/{delivery_id}", code=303)


def go_on(delivery_id: str) -> ResponseReturnValue:
    """Say what shall follow: sent elsewhere, back, or collected; a double touch does it once."""
    may(Act.SEND)
    own_id(delivery_id)
    asked = request.form.get("way", "")
    way = next((each for each in MINE if each == asked), None)
    if way is None:
        return _delivery_page(delivery_id, Conflict("way_not_open"))
    try:
        with refusals_noted(_EVENT), database().unit_of_work() as session:
            queries.delivery_of(session, actor_id(), delivery_id)
            leads_to = going_on.go_on(session, delivery_id, way)
    except (Conflict, Invalid) as refused:
        return _delivery_page(delivery_id, refused)
    return redirect(f"{HERE}/{leads_to}", code=303)


def _delivery_page(delivery_id: str, refused: KioskError | None = None) -> ResponseReturnValue:
    with refusals_noted(_EVENT), database().reading() as session:
        order = queries.delivery_of(session, actor_id(), delivery_id)
        seen = delivery_seen(session, order)
        postage = postage_of(session, order)
        if seen.ways_on:
            allow_position()
        return page(
            "m/delivery.html",
            tab="home",
            status=409 if refused else 200,
            fault=refused.code if refused else None,
            one=seen,
            party=_party(session, order),
            version=_version(session, order, seen),
            lives=seen.state not in _OVER or seen.waits_at_site,
            owed=postage is not None and postage.state in PAYABLE,
            can_cancel=_can_cancel(order),
            cancel_asked=order.cancel_asked_at is not None and seen.state in _CANCELLABLE,
            can_have_code=_can_have_code(order, seen),
            onward=going_on.onward(session, order),
            comes_back=_comes_back(seen),
        )


def _party(session: Session, order: DeliveryOrder) -> AddressTold | None:
    """Return my end of the way; None where a site hands it out."""
    if order.to_site_id is not None:
        return None
    return address_told(session, address_of_order(session, order))


def _line(session: Session, order: DeliveryOrder) -> DeliveryLine:
    return DeliveryLine(
        id=order.id,
        direction=Direction(order.direction),
        site=in_words(site(session, order.site_id).names),
        state=DeliveryState(order.state),
        trouble=Trouble(order.trouble) if order.trouble else None,
        to_site=in_words(site(session, order.to_site_id).names) if order.to_site_id else None,
        waits_at_site=waits_at_site(order),
        opened_at=order.opened_at,
    )


def _can_cancel(order: DeliveryOrder) -> bool:
    return DeliveryState(order.state) in _CANCELLABLE and order.cancel_asked_at is None


def _in_halves(code: str) -> str:
    """Return a short code as it is told: `563 560`."""
    half = len(code) // 2
    return f"{code[:half]} {code[half:]}"


def _can_have_code(order: DeliveryOrder, seen: DeliverySeen) -> bool:
    """Return whether somebody may yet hand it over: a courier, or the window where it waits."""
    waits_here = seen.way_on is WayOn.COLLECT
    if order.handed_over_at is not None:
        return False
    if seen.waits_at_site or (
        seen.trouble is Trouble.NOT_FETCHED and WayOn.SEND_BACK in seen.ways_on
    ):
        return True
    return seen.state not in _OVER and (waits_here or seen.trouble is None)


def _comes_back(seen: DeliverySeen) -> bool:
    """Return whether a courier still has what did not reach me: what follows is asked later."""
    not_taken = seen.trouble in (Trouble.REFUSED, Trouble.WRONG_ADDRESS, Trouble.RETURNED)
    return not_taken and seen.state in (_S.EXCEPTION, _S.RETURNING)


def _version(session: Session, order: DeliveryOrder, seen: DeliverySeen) -> str:
    postage = postage_of(session, order)
    told = (
        seen.trouble,
        seen.way_on,
        seen.waybill,
        seen.handed_over_at,
        order.cancel_asked_at,
        postage.state if postage is not None else None,
        [each.found for each in seen.pieces],
        [(each.at, each.step, each.words) for each in seen.lines],
    )
    return f"{seen.state}:{digest(repr(told))[:16]}"
