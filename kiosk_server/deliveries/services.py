"""
Deliveries: open one, send what came back again, cancel it.

    open_delivery(session, wish, courier, payer, *, by, request_key=None)   -> DeliveryOrder
    cancel(session, order_id, *, by)                                        -> DeliveryState
    quote(session, site_id, division_code, pieces)                          -> fen

When its courier is asked: `releasing`; asking him is the outbox's work: `asking`. What is told of
it: `heard`, `following`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, FactValue, Subject, note
from kiosk_server.cases.models import Case
from kiosk_server.cases.own import case_of
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, Refused, WrongState
from kiosk_server.core.identifiers import new_id
from kiosk_server.deliveries.addresses import Address
from kiosk_server.deliveries.destinations import destination
from kiosk_server.deliveries.fees import quote_fen
from kiosk_server.deliveries.heard import enter, held
from kiosk_server.deliveries.lanes import DELIVERY_CALLED_OFF, emit_to_courier
from kiosk_server.deliveries.life import DeliveryState, Step
from kiosk_server.deliveries.models import DeliveryOrder, DeliveryPiece
from kiosk_server.deliveries.parties import seal_party
from kiosk_server.deliveries.ports import CourierName, Payer
from kiosk_server.deliveries.postage_orders import open_postage, postage_kept_fen
from kiosk_server.deliveries.queries import pieces_of
from kiosk_server.deliveries.releasing import may_have_result, release_if_free
from kiosk_server.deliveries.rules import (
    LONGEST_TITLE,
    MOST_OPEN,
    MOST_PIECES,
    Direction,
)
from kiosk_server.payments.rules import Origin
from kiosk_server.places.queries import site
from kiosk_server.residents.models import Resident

_RESULT = "办理结果"
_OVER = (DeliveryState.DELIVERED.value, DeliveryState.CANCELLED.value)


@dataclass(frozen=True)
class PieceWish:
    """One paper: what it is, and whether it is an original that must come back."""

    title: str
    original: bool


@dataclass(frozen=True)
class DeliveryWish:
    """What is sent where. A result names its case; papers name the site that asks for them."""

    resident_id: str
    direction: Direction
    address_id: str | None
    case_id: str | None = None
    site_id: str | None = None
    pieces: Sequence[PieceWish] = ()
    to_site_id: str | None = None
    """In place of an address: the site (代收点) where the resident comes for his result."""


def open_delivery(
    session: Session,
    wish: DeliveryWish,
    courier: CourierName,
    payer: Payer,
    *,
    by: Actor,
    origin: Origin = Origin.SYSTEM,
    request_key: str | None = None,
) -> DeliveryOrder:
    """
    Open a delivery; for a result the courier is asked once its case is decided, for papers at once.
    A paper that is owed for waits until it is paid, and so does postage that is paid beforehand:
    its payment order, made at *origin*, is `postage_of`.

    Sent again under its *request_key* it is the same one. Raises `NotFound` for an address, case or
    site that is not the resident's or none, `Invalid("delivery_invalid")`,
    `Refused("deliveries_enough")`, `Refused("case_without_result")`, `Conflict("delivery_open")`.
    """
    # The resident's row is what two of his phones wait for each other at.
    session.get_one(Resident, wish.resident_id, with_for_update=True)
    again = _known(session, request_key)
    if again is not None:
        return again
    case = _case(session, wish)
    office = site(session, case.site_id if case is not None else wish.site_id or "")
    address = destination(
        session, wish.resident_id, wish.address_id, wish.to_site_id, office_id=office.id
    )
    pieces = _pieces(wish)
    _require_room(session, wish)
    order = _write(
        session,
        resident_id=wish.resident_id,
        direction=wish.direction,
        case_id=wish.case_id,
        site_id=office.id,
        to_site_id=wish.to_site_id,
        address=address,
        courier=courier,
        payer=payer,
        pieces=pieces,
        request_key=request_key,
    )
    facts = {"direction": wish.direction.value, "courier": courier.value, "pieces": len(pieces)}
    _note(session, AuditEvent.DELIVERY_OPENED, order, by, facts)
    if payer is Payer.PREPAID:
        open_postage(session, order, origin=origin, by=by)
    release_if_free(session, order)
    return order


@dataclass(frozen=True)
class Goal:
    """From which site papers go on, and where to: an address, which may be that of a site."""

    from_site_id: str
    address: Address
    to_site_id: str | None


def send_anew(
    session: Session,
    before: DeliveryOrder,
    goal: Goal,
    courier: CourierName,
    payer: Payer,
    *,
    by: Actor,
    brought: bool = False,
) -> DeliveryOrder:
    """
    Open another delivery of the papers of *before*, in its place.

    *brought*: the one before did what it was paid for, so that postage is owed for this one.
    """
    order = _write(
        session,
        resident_id=before.resident_id,
        direction=Direction(before.direction),
        case_id=before.case_id,
        site_id=goal.from_site_id,
        to_site_id=goal.to_site_id,
        address=goal.address,
        courier=courier,
        payer=payer,
        pieces=[PieceWish(each.title, each.original) for each in pieces_of(session, before.id)],
        replaces=before.id,
    )
    _note(session, AuditEvent.DELIVERY_OPENED, order, by, {"replaces": before.id})
    if payer is Payer.PREPAID and brought:
        open_postage(session, order, origin=Origin.SYSTEM, by=by)
    elif payer is Payer.PREPAID:
        _carry_postage_on(session, before, order, by)
    release_if_free(session, order)
    return order


def cancel(session: Session, order_id: str, *, by: Actor) -> DeliveryState:
    """
    Cancel a delivery: at once where no courier was asked, and otherwise by asking him.

    Raises `WrongState` once it is on its way. Asked again while the courier is being asked, it
    changes nothing.
    """
    order = held(session, order_id)
    state = DeliveryState(order.state)
    if state not in (DeliveryState.CREATED, DeliveryState.UNKNOWN, DeliveryState.ACCEPTED):
        raise WrongState("delivery_under_way", state=state.value)
    if order.cancel_asked_at is not None:
        return state
    order.cancel_asked_at = clock.now()
    _note(session, AuditEvent.DELIVERY_CANCEL_ASKED, order, by, {})
    if order.asked_at is None:
        enter(session, order, Step.CANCEL, by=by)
    else:
        emit_to_courier(session, DELIVERY_CALLED_OFF, order)
    return DeliveryState(order.state)


def quote(session: Session, site_id: str, division_code: str, pieces: int) -> int:
    """Return what sending between a site and a division costs, in fen."""
    return quote_fen(site(session, site_id).division_code, division_code, pieces)


def _write(
    session: Session,
    *,
    resident_id: str,
    direction: Direction,
    case_id: str | None,
    site_id: str,
    to_site_id: str | None,
    address: Address,
    courier: CourierName,
    payer: Payer,
    pieces: Sequence[PieceWish],
    request_key: str | None = None,
    replaces: str | None = None,
) -> DeliveryOrder:
    row, now = new_id(), clock.now()
    fee = 0
    if payer is not Payer.OFFICE:
        fee = quote(session, site_id, address.division_code, len(pieces))
    order = DeliveryOrder(
        id=row,
        resident_id=resident_id,
        direction=direction.value,
        case_id=case_id,
        site_id=site_id,
        to_site_id=to_site_id,
        division_code=address.division_code,
        party_sealed=seal_party(session, row, address),
        courier=courier.value,
        payer=payer.value,
        fee_fen=fee,
        state=DeliveryState.CREATED.value,
        request_key=request_key,
        opened_at=now,
        changed_at=now,
        replaces=replaces,
    )
    session.add(order)
    session.flush()
    keyring = keyring_of(session)
    for each in pieces:
        piece = new_id()
        title = keyring.seal(each.title, table="delivery_piece", column="title", row=piece)
        session.add(
            DeliveryPiece(id=piece, order_id=row, title_sealed=title, original=each.original)
        )
    session.flush()
    return order


def _carry_postage_on(
    session: Session, before: DeliveryOrder, order: DeliveryOrder, by: Actor
) -> None:
    """Let money that is kept carry the next delivery too; what went back is owed anew."""
    order.fee_fen = before.fee_fen
    if postage_kept_fen(session, before):
        order.postage_of = before.postage_of
    else:
        open_postage(session, order, origin=Origin.SYSTEM, by=by)


def _known(session: Session, request_key: str | None) -> DeliveryOrder | None:
    if request_key is None:
        return None
    wanted = select(DeliveryOrder).where(DeliveryOrder.request_key == request_key)
    return session.scalars(wanted).first()


def _case(session: Session, wish: DeliveryWish) -> Case | None:
    if wish.to_site_id is not None and wish.direction is not Direction.RESULT:
        raise Invalid("delivery_invalid", fields=[FieldFault("to_site_id", "papers_have_a_door")])
    if wish.case_id is None:
        if wish.direction is Direction.RESULT:
            raise Invalid("delivery_invalid", fields=[FieldFault("case_id", "case_missing")])
        return None
    case = case_of(session, wish.resident_id, wish.case_id)
    if wish.direction is Direction.RESULT and not may_have_result(case):
        raise Refused("case_without_result")
    return case


def _pieces(wish: DeliveryWish) -> list[PieceWish]:
    pieces = [PieceWish(" ".join(each.title.split()), each.original) for each in wish.pieces]
    if wish.direction is Direction.RESULT and not pieces:
        pieces = [PieceWish(_RESULT, original=True)]
    named = all(0 < len(each.title) <= LONGEST_TITLE for each in pieces)
    if not named or not 0 < len(pieces) <= MOST_PIECES:
        raise Invalid("delivery_invalid", fields=[FieldFault("pieces", "pieces_not_named")])
    return pieces


def _require_room(session: Session, wish: DeliveryWish) -> None:
    mine = (
        select(func.count())
        .select_from(DeliveryOrder)
        .where(
            DeliveryOrder.resident_id == wish.resident_id,
            DeliveryOrder.state.not_in(_OVER),
            DeliveryOrder.way_on.is_(None),
        )
    )
    if (session.scalar(mine) or 0) >= MOST_OPEN:
        raise Refused("deliveries_enough", most=MOST_OPEN)
    same = mine.where(
        DeliveryOrder.case_id == wish.case_id, DeliveryOrder.direction == wish.direction.value
    )
    if wish.case_id is not None and session.scalar(same):
        raise Conflict("delivery_open")


def _note(
    session: Session,
    event: AuditEvent,
    order: DeliveryOrder,
    by: Actor,
    facts: Mapping[str, FactValue],
) -> None:
    note(session, event, actor=by, subject=Subject("delivery_order", order.id), facts=facts)
