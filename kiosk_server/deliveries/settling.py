"""
What a person finds out about a delivery that went wrong, and what follows: every trouble has its
way on.

    find_out(session, order_id, finding, *, by, waybill=None)
    go_on(session, order_id, way, couriers, *, by, address=None, to_site_id=None)
                                                  -> the new delivery, where one is
    check_piece(session, order_id, piece_id, found, *, by)
"""

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid, NotFound, Unavailable, WrongState
from kiosk_server.deliveries.addresses import Address
from kiosk_server.deliveries.destinations import at_site, site_named
from kiosk_server.deliveries.going_on import lies_at, replacement_of, ways_of, window_of
from kiosk_server.deliveries.heard import enter, held, lies_at_site, waits_at_site
from kiosk_server.deliveries.lanes import emit_for_postage
from kiosk_server.deliveries.life import DeliveryState, Step, Trouble
from kiosk_server.deliveries.models import DeliveryOrder, DeliveryPiece
from kiosk_server.deliveries.parties import address_of_order
from kiosk_server.deliveries.ports import CourierName, Couriers, Payer
from kiosk_server.deliveries.rules import (
    FINDINGS,
    Direction,
    Finding,
    Found,
    WayOn,
    needs_another_address,
    open_findings,
)
from kiosk_server.deliveries.services import Goal, send_anew
from kiosk_server.notices import services as notices
from kiosk_server.notices.rules import Topic
from kiosk_server.places.queries import site

_LONGEST_WAYBILL = 40


def find_out(
    session: Session,
    order_id: str,
    finding: Finding,
    *,
    by: Actor,
    waybill: str | None = None,
) -> DeliveryState:
    """Write down what a person found out. Raises `WrongState` where it is no question now, and
    `Invalid("waybill_missing")` where the courier has it and nobody says under which number."""
    order = held(session, order_id)
    if finding not in open_findings(*_standing(order)):
        raise WrongState("finding_not_open", state=order.state)
    if finding is Finding.HAS_IT:
        number = (waybill or "").strip()
        if not 0 < len(number) <= _LONGEST_WAYBILL:
            raise Invalid("waybill_missing", fields=[FieldFault("waybill", "waybill_missing")])
        order.waybill = number
        order.subscribe_at = clock.now()
    step, trouble = FINDINGS[finding]
    enter(session, order, step, trouble=trouble, by=by)
    _note(session, AuditEvent.DELIVERY_FOUND_OUT, order, by, finding=finding.value)
    return DeliveryState(order.state)


def go_on(
    session: Session,
    order_id: str,
    way: WayOn,
    couriers: Couriers,
    *,
    by: Actor,
    address: Address | None = None,
    to_site_id: str | None = None,
) -> DeliveryOrder | None:
    """
    Let *way* follow, once; return the delivery that takes this one's place, where there is one.

    It goes to *address*, to the site *to_site_id* that hands out, or where it went before. Raises
    `WrongState` where it cannot follow now, `Invalid("address_missing")` where the papers would go
    to the same wrong place again, `Invalid("delivery_invalid")` and `NotFound` for a site that is
    none, `Unavailable("no_courier")`.
    """
    order = held(session, order_id)
    if way not in ways_of(session, order):
        raise WrongState("way_not_open", state=order.state)
    if waits_at_site(order):
        enter(session, order, Step.WAIT_OUT, trouble=Trouble.NOT_FETCHED, by=by)
    _, trouble = _standing(order)
    sends = way in (WayOn.SEND_AGAIN, WayOn.SEND_BACK, WayOn.ISSUE_ANEW)
    goal = _goal(session, order, way, address, to_site_id) if sends else None
    brought = lies_at_site(order)
    order.way_on = way.value
    _note(session, AuditEvent.DELIVERY_WENT_ON, order, by, way=way.value)
    emit_for_postage(session, order)
    if way is WayOn.COLLECT:
        notices.tell(
            session, order.resident_id, Topic.DELIVERY_COLLECT, order.id, site=order.site_id
        )
    if goal is None:
        return None
    courier = _courier(couriers, order, trouble)
    payer = Payer(order.payer) if way is WayOn.SEND_AGAIN else Payer.OFFICE
    _make_way(session, order)
    return send_anew(session, order, goal, courier, payer, by=by, brought=brought)


def check_piece(session: Session, order_id: str, piece_id: str, found: Found, *, by: Actor) -> None:
    """Write down what became of one piece; one that is missing needs a person.

    Raises `WrongState("delivery_not_here")` before the parcel has come,
    `NotFound("piece_not_found")` for a piece of another delivery.
    """
    order = held(session, order_id)
    if DeliveryState(order.state) not in (DeliveryState.DELIVERED, DeliveryState.RETURNED):
        raise WrongState("delivery_not_here", state=order.state)
    piece = session.get(DeliveryPiece, piece_id)
    if piece is None or piece.order_id != order.id:
        raise NotFound("piece_not_found")
    piece.found, piece.checked_at = found.value, clock.now()
    _note(session, AuditEvent.DELIVERY_PIECE_CHECKED, order, by, found=found.value)
    if found is Found.MISSING:
        enter(session, order, Step.STRAY, trouble=Trouble.PIECE_MISSING, by=by)


def _goal(
    session: Session,
    order: DeliveryOrder,
    way: WayOn,
    address: Address | None,
    to_site_id: str | None,
) -> Goal:
    """Return where the papers go now; another place is named, or it is where they went before."""
    _, trouble = _standing(order)
    start = lies_at(session, order, way)
    if way is WayOn.SEND_BACK:
        window = site(session, window_of(session, order))
        return Goal(start, at_site(session, order.resident_id, window), window.id)
    if to_site_id is not None:
        if Direction(order.direction) is not Direction.RESULT or address is not None:
            raise Invalid(
                "delivery_invalid", fields=[FieldFault("to_site_id", "papers_have_a_door")]
            )
        there = site_named(session, order.resident_id, to_site_id, office_id=start)
        return Goal(start, there, to_site_id)
    if address is not None:
        return Goal(start, address, None)
    if needs_another_address(way, trouble) or order.to_site_id == start:
        raise Invalid("address_missing", fields=[FieldFault("address_id", "address_missing")])
    return Goal(start, address_of_order(session, order), order.to_site_id)


def _make_way(session: Session, order: DeliveryOrder) -> None:
    """Let another delivery take the place of one that was cancelled before it had anything."""
    before = replacement_of(session, order)
    if before is not None:
        held(session, before.id).replaces = None
        session.flush()


def _standing(order: DeliveryOrder) -> tuple[DeliveryState, Trouble | None]:
    return DeliveryState(order.state), Trouble(order.trouble) if order.trouble else None


def _courier(couriers: Couriers, order: DeliveryOrder, trouble: Trouble | None) -> CourierName:
    """Return who carries it now: whoever turned it down is not asked again."""
    besides = frozenset({CourierName(order.courier)}) if trouble is Trouble.TURNED_DOWN else None
    found = couriers.first(besides=besides or frozenset())
    if found is None:
        raise Unavailable("no_courier")
    return found


def _note(
    session: Session, event: AuditEvent, order: DeliveryOrder, by: Actor, **facts: str
) -> None:
    note(session, event, actor=by, subject=Subject("delivery_order", order.id), facts=facts)
