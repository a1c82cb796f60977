"""`/deliveries`: have a result sent or papers fetched, follow it, cancel it, go on from trouble."""

from http import HTTPStatus
from typing import Literal

from pydantic import BaseModel, Field

from kiosk_server.audit.events import AuditEvent
from kiosk_server.cases.own import case_of
from kiosk_server.core.errors import FieldFault, Invalid, Refused
from kiosk_server.deliveries import queries, services, settling
from kiosk_server.deliveries.addresses import address_of
from kiosk_server.deliveries.destinations import destination
from kiosk_server.deliveries.handing_over import new_code
from kiosk_server.deliveries.ports import CourierName, Payer
from kiosk_server.deliveries.rules import (
    LONGEST_TITLE,
    MOST_PIECES,
    Direction,
    WayOn,
)
from kiosk_server.deliveries.services import DeliveryWish, PieceWish
from kiosk_server.payments.rules import Origin
from kiosk_server.results.rules import ResultWay
from kiosk_server.results.services import choose
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.booking_terms import refusals_noted, request_key
from mobile_api.courier_partners import couriers, first_courier, payer, payers
from mobile_api.doors import Door
from mobile_api.v1.addresses import MAY
from mobile_api.v1.deliveries_told import DeliverySeen, Site, delivery_seen
from mobile_api.v1.schemas import Asked, Id, Page, PageAsked, page_of
from mobile_api.wallets import actor_id

_EVENT = AuditEvent.DELIVERY_REFUSED


class PieceAsked(Asked):
    """One paper that is fetched from me."""

    title: str = Field(min_length=1, max_length=LONGEST_TITLE)
    original: bool = Field(description="An original that has to come back to me.")


class DeliveryAsked(Asked):
    """What goes where: a result names its case; papers name the site, or the case, they are for."""

    direction: Direction
    address_id: Id | None = None
    to_site_id: Site | None = Field(
        default=None, description="In place of an address: the site where I come for my result."
    )
    case_id: Id | None = None
    site_id: Site | None = None
    payer: Payer | None = Field(default=None, description="The usual one of this house without.")
    pieces: list[PieceAsked] = Field(default_factory=list, max_length=MOST_PIECES)


class QuoteAsked(BaseModel):
    """From which office to which address of mine or site, how many papers."""

    address_id: Id | None = None
    to_site_id: Site | None = None
    site_id: Site | None = None
    case_id: Id | None = None
    pieces: int = Field(default=1, ge=1, le=MOST_PIECES)
    payer: Payer | None = None


class Quote(BaseModel):
    """What it costs, and who pays."""

    courier: CourierName
    simulated: bool
    payer: Payer
    payers: list[Payer] = Field(description="Who may pay here, the usual one first.")
    fee_fen: int = Field(
        description="Paid to the courier at the door, or beforehand; 0 where the office pays."
    )


class WayAsked(Asked):
    """What shall follow: sent again, there or elsewhere; back to its window; or collected."""

    way: Literal[WayOn.SEND_AGAIN, WayOn.SEND_BACK, WayOn.COLLECT]
    address_id: Id | None = None
    to_site_id: Site | None = Field(
        default=None, description="In place of an address: a site that hands parcels out."
    )


class HandOverCode(BaseModel):
    """Tell it to whoever hands the parcel over; it is shown once."""

    code: str


def quote_delivery(query: QuoteAsked) -> Quote:
    """Tell what sending would cost, and who pays it."""
    with refusals_noted(_EVENT), database().reading() as session:
        site_id = query.site_id
        if query.case_id is not None:
            site_id = case_of(session, actor_id(), query.case_id).site_id
        if site_id is None:
            raise Invalid("delivery_invalid")
        home = destination(
            session, actor_id(), query.address_id, query.to_site_id, office_id=site_id
        )
        fee = services.quote(session, site_id, home.division_code, query.pieces)
        who = payer(query.payer)
    name = first_courier()
    return Quote(
        courier=name,
        simulated=couriers().by_name[name].simulated,
        payer=who,
        payers=list(payers()),
        fee_fen=fee if who is not Payer.OFFICE else 0,
    )


def open_delivery(body: DeliveryAsked) -> DeliverySeen:
    """Open a delivery; sent again with its key, it is the same one. A result is so chosen to go."""
    if body.direction is Direction.RESULT:
        return _send_result(body)
    wish = DeliveryWish(
        actor_id(),
        body.direction,
        body.address_id,
        case_id=body.case_id,
        site_id=body.site_id,
        to_site_id=body.to_site_id,
        pieces=[PieceWish(each.title, each.original) for each in body.pieces],
    )
    with refusals_noted(_EVENT), database().unit_of_work() as session:
        order = services.open_delivery(
            session,
            wish,
            first_courier(),
            payer(body.payer),
            by=holder().actor,
            origin=Origin.PHONE,
            request_key=request_key(),
        )
        return delivery_seen(session, order)


def _send_result(body: DeliveryAsked) -> DeliverySeen:
    with refusals_noted(_EVENT), database().unit_of_work() as session:
        if body.case_id is None:
            raise Invalid("delivery_invalid", fields=[FieldFault("case_id", "case_missing")])
        chosen = choose(
            session,
            case_of(session, actor_id(), body.case_id).id,
            ResultWay.SEND,
            by=holder().actor,
            origin=Origin.PHONE,
            address_id=body.address_id,
            to_site_id=body.to_site_id,
            courier=first_courier(),
            payer=payer(body.payer),
            request_key=request_key(),
        )
        if chosen.delivery is None:
            raise Refused("case_without_result")
        return delivery_seen(session, chosen.delivery)


def list_deliveries(query: PageAsked) -> Page[DeliverySeen]:
    """List my deliveries."""
    with database().reading() as session:
        found = queries.deliveries_of(
            session, actor_id(), after=query.cursor, limit=query.limit + 1
        )
        items = [delivery_seen(session, each) for each in found]
    return page_of(items, [item.id for item in items], query.limit)


def see_delivery(delivery_id: str) -> DeliverySeen:
    """Show one of my deliveries, with everything that was heard of it."""
    with refusals_noted(_EVENT), database().reading() as session:
        return delivery_seen(session, queries.delivery_of(session, actor_id(), delivery_id))


def cancel_delivery(delivery_id: str) -> DeliverySeen:
    """Cancel a delivery of mine, or have its courier asked to."""
    with refusals_noted(_EVENT), database().unit_of_work() as session:
        order = queries.delivery_of(session, actor_id(), delivery_id)
        services.cancel(session, delivery_id, by=holder().actor)
        return delivery_seen(session, order)


def make_code(delivery_id: str) -> HandOverCode:
    """Make the code for the hand-over; the one before it serves no more."""
    with refusals_noted(_EVENT), database().unit_of_work() as session:
        queries.delivery_of(session, actor_id(), delivery_id)
        return HandOverCode(code=new_code(session, delivery_id, by=holder().actor))


def choose_way_on(delivery_id: str, body: WayAsked) -> DeliverySeen:
    """Say what shall follow from trouble; answers with the delivery that takes its place, or it."""
    with refusals_noted(_EVENT), database().unit_of_work() as session:
        mine = queries.delivery_of(session, actor_id(), delivery_id)
        address = address_of(session, actor_id(), body.address_id) if body.address_id else None
        new = settling.go_on(
            session,
            delivery_id,
            body.way,
            couriers(),
            by=holder().actor,
            address=address,
            to_site_id=body.to_site_id,
        )
        return delivery_seen(session, new or mine)


Refuses = dict[HTTPStatus, tuple[str, ...]]
GONE: Refuses = {HTTPStatus.NOT_FOUND: ("delivery_not_found",)}
NOBODY: Refuses = {HTTPStatus.SERVICE_UNAVAILABLE: ("no_courier",)}
THERE: Refuses = {HTTPStatus.NOT_FOUND: ("address_not_found", "case_not_found", "site_not_found")}
WRONG: Refuses = {HTTPStatus.UNPROCESSABLE_ENTITY: ("delivery_invalid", "payer_not_offered")}
DOORS = (
    Door(
        "GET",
        "/delivery-quotes",
        quote_delivery,
        MAY,
        refuses=THERE | NOBODY | WRONG,
    ),
    Door(
        "POST",
        "/deliveries",
        open_delivery,
        MAY,
        HTTPStatus.CREATED,
        refuses=THERE
        | NOBODY
        | {
            HTTPStatus.FORBIDDEN: (
                "deliveries_enough",
                "case_without_result",
                "result_missing",
                "result_gone",
                "way_not_open",
            ),
            HTTPStatus.CONFLICT: ("delivery_open", "order_open"),
        }
        | WRONG,
    ),
    Door("GET", "/deliveries", list_deliveries, MAY),
    Door("GET", "/deliveries/<delivery_id>", see_delivery, MAY, refuses=GONE),
    Door(
        "POST",
        "/deliveries/<delivery_id>/cancel",
        cancel_delivery,
        MAY,
        refuses=GONE | {HTTPStatus.CONFLICT: ("delivery_under_way",)},
    ),
    Door(
        "POST",
        "/deliveries/<delivery_id>/codes",
        make_code,
        MAY,
        HTTPStatus.CREATED,
        holds_secrets=True,
        refuses=GONE
        | {
            HTTPStatus.CONFLICT: ("delivery_over",),
            HTTPStatus.TOO_MANY_REQUESTS: ("too_many_hand_over_codes_made",),
        },
    ),
    Door(
        "POST",
        "/deliveries/<delivery_id>/ways-on",
        choose_way_on,
        MAY,
        HTTPStatus.CREATED,
        refuses=NOBODY
        | {
            HTTPStatus.NOT_FOUND: ("delivery_not_found", "address_not_found", "site_not_found"),
            HTTPStatus.CONFLICT: ("way_not_open",),
            HTTPStatus.UNPROCESSABLE_ENTITY: ("address_missing", "delivery_invalid"),
        },
    ),
)
