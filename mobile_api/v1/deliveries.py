"""`/deliveries`: have a result sent or papers fetched, follow it, cancel it, go on from trouble."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.cases.own import case_of
from kiosk_server.core.errors import Invalid
from kiosk_server.deliveries import queries, services, settling
from kiosk_server.deliveries.addresses import address_of
from kiosk_server.deliveries.handing_over import new_code
from kiosk_server.deliveries.life import DeliveryState, Step, Trouble
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.ports import CourierName, Payer
from kiosk_server.deliveries.rules import (
    LONGEST_TITLE,
    MOST_PIECES,
    Direction,
    Found,
    WayOn,
    ways_on,
)
from kiosk_server.deliveries.services import DeliveryWish, PieceWish
from kiosk_server.places.queries import site
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.booking_terms import refusals_noted, request_key
from mobile_api.courier_partners import couriers, first_courier, payer
from mobile_api.doors import Door
from mobile_api.v1.addresses import MAY
from mobile_api.v1.certificates import in_words
from mobile_api.v1.schemas import Asked, Id, Page, PageAsked, page_of
from mobile_api.wallets import actor_id

Site = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
_EVENT = AuditEvent.DELIVERY_REFUSED


class PieceAsked(Asked):
    """One paper that is fetched from me."""

    title: str = Field(min_length=1, max_length=LONGEST_TITLE)
    original: bool = Field(description="An original that has to come back to me.")


class DeliveryAsked(Asked):
    """What goes where: a result names its case; papers name the site, or the case, they are for."""

    direction: Direction
    address_id: Id
    case_id: Id | None = None
    site_id: Site | None = None
    pieces: list[PieceAsked] = Field(default_factory=list, max_length=MOST_PIECES)


class QuoteAsked(BaseModel):
    """From which office to which address of mine, how many papers."""

    address_id: Id
    site_id: Site | None = None
    case_id: Id | None = None
    pieces: int = Field(default=1, ge=1, le=MOST_PIECES)


class Quote(BaseModel):
    """What it costs, and who pays."""

    courier: CourierName
    simulated: bool
    payer: Payer
    fee_fen: int = Field(description="Paid to the courier at the door; 0 where the office pays.")


class LineSeen(BaseModel):
    """One line of a parcel's way; `step` is null where the courier's code says nothing to us."""

    at: datetime
    step: Step | None
    words: str = Field(description="As the courier wrote it.")


class PieceSeen(BaseModel):
    """One paper in it; `found` once it was looked for where it arrived."""

    title: str
    original: bool
    found: Found | None


class DeliverySeen(BaseModel):
    """One delivery of mine."""

    id: str
    direction: Direction
    case_id: str | None
    site: str
    courier: CourierName
    simulated: bool = Field(description="Nothing is carried: the courier only plays the part.")
    payer: Payer
    fee_fen: int
    state: DeliveryState
    trouble: Trouble | None
    way_on: WayOn | None
    waybill: str | None
    opened_at: datetime
    changed_at: datetime
    handed_over_at: datetime | None
    replaces: str | None
    pieces: list[PieceSeen]
    lines: list[LineSeen]
    ways_on: list[WayOn] = Field(description="What I may choose to follow now.")


class WayAsked(Asked):
    """What shall follow: sent again, to another address or the same, or collected."""

    way: Literal[WayOn.SEND_AGAIN, WayOn.COLLECT]
    address_id: Id | None = None


class HandOverCode(BaseModel):
    """Tell it to whoever hands the parcel over; it is shown once."""

    code: str


def quote_delivery(query: QuoteAsked) -> Quote:
    """Tell what sending would cost, and who pays it."""
    with refusals_noted(_EVENT), database().reading() as session:
        address = address_of(session, actor_id(), query.address_id)
        site_id = query.site_id
        if query.case_id is not None:
            site_id = case_of(session, actor_id(), query.case_id).site_id
        if site_id is None:
            raise Invalid("delivery_invalid")
        fee = services.quote(session, site_id, address.division_code, query.pieces)
    name, who = first_courier(), payer()
    return Quote(
        courier=name,
        simulated=couriers().by_name[name].simulated,
        payer=who,
        fee_fen=fee if who is Payer.RECIPIENT else 0,
    )


def open_delivery(body: DeliveryAsked) -> DeliverySeen:
    """Open a delivery; sent again with its key, it is the same one."""
    wish = DeliveryWish(
        actor_id(),
        body.direction,
        body.address_id,
        case_id=body.case_id,
        site_id=body.site_id,
        pieces=[PieceWish(each.title, each.original) for each in body.pieces],
    )
    with refusals_noted(_EVENT), database().unit_of_work() as session:
        order = services.open_delivery(
            session,
            wish,
            first_courier(),
            payer(),
            by=holder().actor,
            request_key=request_key(),
        )
        return _seen(session, order)


def list_deliveries(query: PageAsked) -> Page[DeliverySeen]:
    """List my deliveries."""
    with database().reading() as session:
        found = queries.deliveries_of(
            session, actor_id(), after=query.cursor, limit=query.limit + 1
        )
        items = [_seen(session, each) for each in found]
    return page_of(items, [item.id for item in items], query.limit)


def see_delivery(delivery_id: str) -> DeliverySeen:
    """Show one of my deliveries, with everything that was heard of it."""
    with refusals_noted(_EVENT), database().reading() as session:
        return _seen(session, queries.delivery_of(session, actor_id(), delivery_id))


def cancel_delivery(delivery_id: str) -> DeliverySeen:
    """Cancel a delivery of mine, or have its courier asked to."""
    with refusals_noted(_EVENT), database().unit_of_work() as session:
        order = queries.delivery_of(session, actor_id(), delivery_id)
        services.cancel(session, delivery_id, by=holder().actor)
        return _seen(session, order)


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
            session, delivery_id, body.way, couriers(), by=holder().actor, address=address
        )
        return _seen(session, new or mine)


def _seen(session: Session, order: DeliveryOrder) -> DeliverySeen:
    name = CourierName(order.courier)
    courier = couriers().by_name.get(name)
    state, direction = DeliveryState(order.state), Direction(order.direction)
    trouble = Trouble(order.trouble) if order.trouble else None
    mine = {WayOn.SEND_AGAIN, WayOn.COLLECT} if order.way_on is None else set()
    return DeliverySeen(
        id=order.id,
        direction=direction,
        case_id=order.case_id,
        site=in_words(site(session, order.site_id).names),
        courier=name,
        simulated=courier.simulated if courier else False,
        payer=Payer(order.payer),
        fee_fen=order.fee_fen,
        state=state,
        trouble=trouble,
        way_on=WayOn(order.way_on) if order.way_on else None,
        waybill=order.waybill,
        opened_at=order.opened_at,
        changed_at=order.changed_at,
        handed_over_at=order.handed_over_at,
        replaces=order.replaces,
        pieces=[
            PieceSeen(title=each.title, original=each.original, found=each.found)
            for each in queries.pieces_of(session, order.id)
        ],
        lines=[
            LineSeen(at=each.at, step=each.step, words=each.text)
            for each in queries.lines_of(session, order.id)
        ],
        ways_on=sorted(ways_on(state, trouble, direction) & mine),
    )


GONE = {HTTPStatus.NOT_FOUND: ("delivery_not_found",)}
NOBODY = {HTTPStatus.SERVICE_UNAVAILABLE: ("no_courier",)}
THERE = {HTTPStatus.NOT_FOUND: ("address_not_found", "case_not_found", "site_not_found")}
DOORS = (
    Door(
        "GET",
        "/delivery-quotes",
        quote_delivery,
        MAY,
        refuses=THERE | NOBODY | {HTTPStatus.UNPROCESSABLE_ENTITY: ("delivery_invalid",)},
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
            HTTPStatus.FORBIDDEN: ("deliveries_enough", "case_without_result"),
            HTTPStatus.CONFLICT: ("delivery_open",),
            HTTPStatus.UNPROCESSABLE_ENTITY: ("delivery_invalid",),
        },
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
            HTTPStatus.NOT_FOUND: ("delivery_not_found", "address_not_found"),
            HTTPStatus.CONFLICT: ("way_not_open",),
            HTTPStatus.UNPROCESSABLE_ENTITY: ("address_missing",),
        },
    ),
)
