"""
Asking couriers, by the worker: to carry, to cancel. Never two orders of one delivery.

    ask_courier(database, couriers, delivery_id)     -> what `delivery.released` does
    call_off(database, couriers, delivery_id)        -> what `delivery.called_off` does

Before a courier is asked it is written down that he may have the order. Whoever comes after that,
because an answer was lost or a worker died, asks for the order by its id before he asks to carry.
Where that cannot be asked, the delivery stays unknown until a person settles it.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Unavailable
from kiosk_server.deliveries.heard import enter, held
from kiosk_server.deliveries.lanes import DELIVERY_CALLED_OFF, emit_to_courier
from kiosk_server.deliveries.life import DeliveryState, Step, Trouble
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.parties import consignment_of
from kiosk_server.deliveries.ports import (
    AnswerLost,
    CalledOff,
    CannotTell,
    Consignment,
    Courier,
    CourierName,
    Couriers,
    NoSuchOrder,
    NotAsked,
    TakeAnswer,
    Taken,
    TooLate,
    TurnedDown,
)
from kiosk_server.outbox.dispatcher import OutcomeUnknown

_TO_ASK = (DeliveryState.CREATED, DeliveryState.UNKNOWN)
_TO_CANCEL = (DeliveryState.UNKNOWN, DeliveryState.ACCEPTED)


@dataclass(frozen=True)
class _Question:
    consignment: Consignment
    courier: Courier
    asked_before: bool
    cancel_wanted: bool


def ask_courier(database: Database, couriers: Couriers, delivery_id: str) -> None:
    """
    Have a delivery carried; safe to be run again at any time, and by two workers at once.

    Raises `Unavailable` to be tried again, `OutcomeUnknown` where only a person can tell.
    """
    question = _begin(database, couriers, delivery_id)
    if question is None:
        return
    answer: TakeAnswer | CalledOff | CannotTell | NoSuchOrder = NoSuchOrder()
    if question.asked_before:
        answer = question.courier.find(delivery_id)
    if isinstance(answer, NoSuchOrder) and question.cancel_wanted:
        answer = CalledOff()
    if isinstance(answer, NoSuchOrder):
        answer = question.courier.take(question.consignment)
        if isinstance(answer, NotAsked) and not question.asked_before:
            _take_back(database, delivery_id)
    with database.unit_of_work() as session:
        _enter(session, delivery_id, answer)
    if isinstance(answer, NotAsked | AnswerLost):
        raise Unavailable("courier_does_not_answer")
    if isinstance(answer, CannotTell):
        raise OutcomeUnknown("courier_answer_lost")


def call_off(database: Database, couriers: Couriers, delivery_id: str) -> None:
    """Have an order cancelled; what is on its way already stays so. Raises `Unavailable`."""
    with database.unit_of_work() as session:
        order = held(session, delivery_id)
        state = DeliveryState(order.state)
        if state is DeliveryState.CREATED:
            # Whoever is asking him sees the wish when the answer comes.
            if order.asked_at is None:
                enter(session, order, Step.CANCEL)
            return
        if state not in _TO_CANCEL:
            return
        courier = _courier(couriers, order)
        waybill = order.waybill
    answer = courier.cancel(delivery_id, waybill)
    with database.unit_of_work() as session:
        order = held(session, delivery_id)
        if isinstance(answer, CalledOff):
            enter(session, order, Step.CANCEL)
        elif isinstance(answer, TooLate) and state is DeliveryState.ACCEPTED:
            order.cancel_asked_at = None
    if isinstance(answer, NotAsked | AnswerLost):
        raise Unavailable("courier_does_not_answer")


def _begin(database: Database, couriers: Couriers, delivery_id: str) -> _Question | None:
    with database.unit_of_work() as session:
        order = held(session, delivery_id)
        if DeliveryState(order.state) not in _TO_ASK:
            return None
        asked_before = order.asked_at is not None
        if order.cancel_asked_at is not None and not asked_before:
            enter(session, order, Step.CANCEL)
            return None
        courier = _courier(couriers, order)
        order.asked_at = order.asked_at or clock.now()
        cancel_wanted = order.cancel_asked_at is not None
        return _Question(consignment_of(session, order), courier, asked_before, cancel_wanted)


def _courier(couriers: Couriers, order: DeliveryOrder) -> Courier:
    found = couriers.by_name.get(CourierName(order.courier))
    if found is None:
        raise Unavailable("courier_not_connected")
    return found


def _take_back(database: Database, delivery_id: str) -> None:
    """Nothing was sent: until it is, a delivery can be cancelled without asking anybody."""
    with database.unit_of_work() as session:
        held(session, delivery_id).asked_at = None


def _enter(
    session: Session,
    delivery_id: str,
    answer: TakeAnswer | CalledOff | CannotTell | NoSuchOrder,
) -> None:
    order = held(session, delivery_id)
    match answer:
        case Taken(waybill):
            order.waybill = waybill or order.waybill
            order.subscribe_at = clock.now() if order.waybill else None
            enter(session, order, Step.ACCEPT)
            if order.cancel_asked_at is not None:
                emit_to_courier(session, DELIVERY_CALLED_OFF, order)
        case TurnedDown(code):
            enter(session, order, Step.TURN_DOWN, trouble=Trouble.TURNED_DOWN, code=code)
        case CalledOff():
            enter(session, order, Step.CANCEL)
        case AnswerLost() | CannotTell() if DeliveryState(order.state) is DeliveryState.CREATED:
            enter(session, order, Step.LOSE_ANSWER)
