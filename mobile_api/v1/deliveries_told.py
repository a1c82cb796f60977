"""One delivery as the phone is told of it, by its own doors and by those of its case."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy.orm import Session

from kiosk_server.deliveries import queries
from kiosk_server.deliveries.going_on import ways_of, window_of
from kiosk_server.deliveries.heard import waits_at_site
from kiosk_server.deliveries.life import DeliveryState, Step, Trouble
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.ports import CourierName, Payer
from kiosk_server.deliveries.postage_orders import postage_of
from kiosk_server.deliveries.rules import Direction, Found, WayOn
from kiosk_server.places.queries import site
from kiosk_server.web.request_context import settings
from mobile_api.courier_partners import couriers
from mobile_api.v1.certificates import in_words

MINE = frozenset({WayOn.SEND_AGAIN, WayOn.SEND_BACK, WayOn.COLLECT})
"""What its resident may choose; the rest is for staff."""
Site = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]


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
    to_site_id: str | None
    to_site: str | None = Field(description="Where I come for it; null: it goes to my door.")
    courier: CourierName
    simulated: bool = Field(description="Nothing is carried: the courier only plays the part.")
    payer: Payer
    fee_fen: int
    payment_id: str | None = Field(
        description="The payment order of its postage, see /payments; it goes once that is paid."
    )
    state: DeliveryState
    trouble: Trouble | None
    way_on: WayOn | None
    waybill: str | None
    opened_at: datetime
    changed_at: datetime
    handed_over_at: datetime | None
    waits_at_site: bool = Field(description="It lies at `to_site` for me, who comes with the code.")
    waits_until: datetime | None = Field(
        description="Until then; after that I choose where it goes. Null: as long as I need."
    )
    replaces: str | None
    pieces: list[PieceSeen]
    lines: list[LineSeen]
    ways_on: list[WayOn] = Field(description="What I may choose to follow now.")


def delivery_seen(session: Session, order: DeliveryOrder) -> DeliverySeen:
    """Return a delivery as the phone shows it."""
    name = CourierName(order.courier)
    courier = couriers().by_name.get(name)
    postage = postage_of(session, order)
    return DeliverySeen(
        id=order.id,
        direction=Direction(order.direction),
        case_id=order.case_id,
        site=in_words(site(session, order.site_id).names),
        to_site_id=order.to_site_id,
        to_site=in_words(site(session, order.to_site_id).names) if order.to_site_id else None,
        courier=name,
        simulated=courier.simulated if courier else False,
        payer=Payer(order.payer),
        fee_fen=order.fee_fen,
        payment_id=postage.id if postage is not None else None,
        state=DeliveryState(order.state),
        trouble=Trouble(order.trouble) if order.trouble else None,
        way_on=WayOn(order.way_on) if order.way_on else None,
        waybill=order.waybill,
        opened_at=order.opened_at,
        changed_at=order.changed_at,
        handed_over_at=order.handed_over_at,
        waits_at_site=waits_at_site(order),
        waits_until=_waits_until(session, order),
        replaces=order.replaces,
        pieces=[
            PieceSeen(title=each.title, original=each.original, found=each.found)
            for each in queries.pieces_of(session, order.id)
        ],
        lines=[
            LineSeen(at=each.at, step=each.step, words=each.text)
            for each in queries.lines_of(session, order.id)
        ],
        ways_on=sorted(ways_of(session, order) & MINE),
    )


def _waits_until(session: Session, order: DeliveryOrder) -> datetime | None:
    ends = order.to_site_id != window_of(session, order)
    if not (waits_at_site(order) and ends and order.waits_since is not None):
        return None
    return order.waits_since + timedelta(days=settings().couriers.site_days)
