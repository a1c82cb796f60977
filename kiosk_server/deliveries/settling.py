"""
What a person finds out about a delivery that went wrong, and what follows: every trouble has its
way on.

    find_out(session, order_id, finding, *, by, waybill=None)
    go_on(session, order_id, way, couriers, *, by, address=None)   -> the new delivery, where one is
    check_piece(session, order_id, piece_id, found, *, by)
"""

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid, NotFound, Unavailable, WrongState
from kiosk_server.deliveries.addresses import Address
from kiosk_server.deliveries.heard import enter, held
from kiosk_server.deliveries.life import DeliveryState, Step, Trouble
from kiosk_server.deliveries.models import DeliveryOrder, DeliveryPiece
from kiosk_server.deliveries.ports import CourierName, Couriers, Payer
from kiosk_server.deliveries.rules import (
    FINDINGS,
    Direction,
    Finding,
    Found,
    WayOn,
    needs_another_address,
    open_findings,
    ways_on,
)
from kiosk_server.deliveries.services import send_anew
from kiosk_server.notices import services as notices
from kiosk_server.notices.rules import Topic

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
) -> DeliveryOrder | None:
    """
    Let *way* follow, once; return the delivery that takes this one's place, where there is one.

    Raises `WrongState` where it cannot follow now, `Invalid("address_missing")` where the papers
    would go to the same wrong address again, `Unavailable("no_courier")`.
    """
    order = held(session, order_id)
    state, trouble = _standing(order)
    if order.way_on is not None or way not in ways_on(state, trouble, Direction(order.direction)):
        raise WrongState("way_not_open", state=order.state)
    if needs_another_address(way, trouble) and address is None:
        raise Invalid("address_missing", fields=[FieldFault("address_id", "address_missing")])
    order.way_on = way.value
    _note(session, AuditEvent.DELIVERY_WENT_ON, order, by, way=way.value)
    if way is WayOn.COLLECT:
        notices.tell(
            session, order.resident_id, Topic.DELIVERY_COLLECT, order.id, site=order.site_id
        )
    if way not in (WayOn.SEND_AGAIN, WayOn.ISSUE_ANEW):
        return None
    courier = _courier(couriers, order, trouble)
    payer = Payer.OFFICE if way is WayOn.ISSUE_ANEW else Payer(order.payer)
    return send_anew(session, order, address, courier, payer, by=by)


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
