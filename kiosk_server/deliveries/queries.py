"""
Look up deliveries: a resident's own, what was heard of one, its pieces, what needs a person.

    delivery_of(session, resident_id, delivery_id)   -> `NotFound` for anybody else's and for none
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import NotFound
from kiosk_server.deliveries.life import NEEDS_A_PERSON, DeliveryState, Step, Trouble
from kiosk_server.deliveries.models import DeliveryEvent, DeliveryOrder, DeliveryPiece
from kiosk_server.deliveries.ports import CourierName
from kiosk_server.deliveries.rules import Direction, Found, WayOn


@dataclass(frozen=True)
class Line:
    """One line of a delivery's way; `text` as the courier wrote it."""

    at: datetime
    step: Step | None
    text: str


@dataclass(frozen=True)
class Piece:
    """One paper in a delivery, in clear."""

    id: str
    title: str
    original: bool
    found: Found | None


def delivery_of(session: Session, resident_id: str, delivery_id: str) -> DeliveryOrder:
    """Return one's own delivery; `NotFound("delivery_not_found")` otherwise."""
    found = session.get(DeliveryOrder, delivery_id)
    if found is None or found.resident_id != resident_id:
        raise NotFound("delivery_not_found")
    return found


def deliveries_of(
    session: Session, resident_id: str, *, after: str | None = None, limit: int = 50
) -> list[DeliveryOrder]:
    """Return a resident's deliveries, the newest first, from the one *after* a delivery."""
    mine = select(DeliveryOrder).where(DeliveryOrder.resident_id == resident_id)
    if after:
        mine = mine.where(DeliveryOrder.id < after)
    return list(session.scalars(mine.order_by(DeliveryOrder.id.desc()).limit(limit)))


def results_sent_of(session: Session, case_id: str) -> list[DeliveryOrder]:
    """Return every delivery of a case's result, the oldest first."""
    sent = select(DeliveryOrder).where(
        DeliveryOrder.case_id == case_id, DeliveryOrder.direction == Direction.RESULT.value
    )
    return list(session.scalars(sent.order_by(DeliveryOrder.id)))


def deliveries_of_case(session: Session, case_id: str) -> list[DeliveryOrder]:
    """Return every delivery of a case, of its result and of papers for it, the oldest first."""
    mine = select(DeliveryOrder).where(DeliveryOrder.case_id == case_id)
    return list(session.scalars(mine.order_by(DeliveryOrder.id)))


def lines_of(session: Session, order_id: str) -> list[Line]:
    """Return what was heard of a delivery, the first thing first."""
    mine = select(DeliveryEvent).where(DeliveryEvent.order_id == order_id)
    rows = session.scalars(mine.order_by(DeliveryEvent.at, DeliveryEvent.id))
    return [
        Line(row.at, Step(row.step) if row.step else None, text_of(session, row)) for row in rows
    ]


def text_of(session: Session, event: DeliveryEvent) -> str:
    """Return the words of one line; empty where there were none."""
    if event.text_sealed is None:
        return ""
    return keyring_of(session).open(
        event.text_sealed, table="delivery_event", column="text", row=event.id
    )


def pieces_of(session: Session, order_id: str) -> list[Piece]:
    """Return the papers of a delivery in clear."""
    keyring = keyring_of(session)
    mine = select(DeliveryPiece).where(DeliveryPiece.order_id == order_id)
    return [
        Piece(
            row.id,
            keyring.open(row.title_sealed, table="delivery_piece", column="title", row=row.id),
            row.original,
            Found(row.found) if row.found else None,
        )
        for row in session.scalars(mine.order_by(DeliveryPiece.id))
    ]


def needing_a_person(
    session: Session, sites: Collection[str], *, limit: int = 100
) -> list[DeliveryOrder]:
    """
    Return what somebody at one of *sites* has to look at, the oldest first: what is in trouble or
    unknown with no way on decided, what waits at the window, papers that came and were not looked
    through; and what was brought there to be handed out, or to go on because nobody came for it.
    """
    after = aliased(DeliveryOrder)
    not_fetched = and_(
        DeliveryOrder.state == DeliveryState.EXCEPTION.value,
        DeliveryOrder.trouble == Trouble.NOT_FETCHED.value,
    )
    carried_on = (
        select(after.id)
        .where(after.replaces == DeliveryOrder.id, after.state != DeliveryState.CANCELLED.value)
        .exists()
    )
    nothing_follows = or_(DeliveryOrder.way_on.is_(None), and_(not_fetched, ~carried_on))
    undecided = and_(
        DeliveryOrder.state.in_([state.value for state in NEEDS_A_PERSON]), nothing_follows
    )
    waiting = and_(
        DeliveryOrder.way_on == WayOn.COLLECT.value, DeliveryOrder.handed_over_at.is_(None)
    )
    unchecked = select(DeliveryPiece.id).where(
        DeliveryPiece.order_id == DeliveryOrder.id, DeliveryPiece.found.is_(None)
    )
    came = and_(
        DeliveryOrder.direction == Direction.PAPERS.value,
        DeliveryOrder.state == DeliveryState.DELIVERED.value,
        unchecked.exists(),
    )
    to_hand_out = and_(
        DeliveryOrder.to_site_id.in_(sites),
        or_(
            DeliveryOrder.state == DeliveryState.DELIVERED.value,
            and_(not_fetched, nothing_follows),
        ),
        DeliveryOrder.handed_over_at.is_(None),
    )
    sent_from_here = and_(DeliveryOrder.site_id.in_(sites), or_(undecided, waiting, came))
    wanted = (
        select(DeliveryOrder)
        .where(or_(sent_from_here, to_hand_out))
        .order_by(DeliveryOrder.changed_at, DeliveryOrder.id)
        .limit(limit)
    )
    return list(session.scalars(wanted))


def by_waybill(session: Session, courier: str, waybill: str) -> DeliveryOrder | None:
    """Return the delivery that a courier's way-bill belongs to."""
    wanted = (
        select(DeliveryOrder)
        .where(DeliveryOrder.waybill == waybill, DeliveryOrder.courier == courier)
        .order_by(DeliveryOrder.id.desc())
        .limit(1)
    )
    return session.scalars(wanted).first()


def by_number(session: Session, number: str, sites: Collection[str]) -> DeliveryOrder | None:
    """Return the delivery from or to one of *sites* that an order's id or a way-bill names."""
    named = or_(DeliveryOrder.id == number.lower(), DeliveryOrder.waybill == number)
    here = or_(DeliveryOrder.site_id.in_(sites), DeliveryOrder.to_site_id.in_(sites))
    wanted = select(DeliveryOrder).where(named, here).order_by(DeliveryOrder.id.desc()).limit(1)
    return session.scalars(wanted).first()


def is_carried_by(session: Session, order_id: str, courier: CourierName) -> bool:
    """Return whether there is such a delivery, and *courier* is who was asked to carry it."""
    found = session.get(DeliveryOrder, order_id)
    return found is not None and found.courier == courier.value
