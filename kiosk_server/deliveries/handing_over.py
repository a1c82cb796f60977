"""
The check at the hand-over (收件核验): a one-time code that the resident has and whoever gives him
the parcel types. Kept as a digest; five wrong ones, and a new one has to be asked for.

    new_code(session, order_id, *, by)                        -> the code, told once
    hand_over(session, order_id, typed, *, by, source)        -> HandedOver | CodeWrong
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import TooMany, WrongState
from kiosk_server.core.identifiers import new_code as random_code
from kiosk_server.core.limits import count_attempt, forgive
from kiosk_server.deliveries.heard import enter, held
from kiosk_server.deliveries.life import DeliveryState, Step, is_known
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.rules import (
    HAND_OVER_DIGITS,
    MOST_CODES_A_DAY,
    MOST_WRONG_HAND_OVERS,
    Direction,
    WayOn,
)
from kiosk_server.residents.one_time_codes import code_mac, is_code

_PURPOSE = "delivery_hand_over"
_A_DAY = timedelta(days=1)
_OVER = (DeliveryState.DELIVERED, DeliveryState.CANCELLED)


@dataclass(frozen=True)
class HandedOver:
    """The parcel is with its resident, or his papers with the courier."""


@dataclass(frozen=True)
class CodeWrong:
    """Not this code; with no tries left it serves no more."""

    tries_left: int


def new_code(session: Session, order_id: str, *, by: Actor) -> str:
    """Return a new code for one's delivery; the one before it serves no more.

    Raises `WrongState("delivery_over")`, `TooMany("too_many_hand_over_codes_made")`.
    """
    order = held(session, order_id)
    if DeliveryState(order.state) in _OVER or order.handed_over_at is not None:
        raise WrongState("delivery_over", state=order.state)
    count_attempt(session, "hand_over_codes_made", order.id, limit=MOST_CODES_A_DAY, window=_A_DAY)
    forgive(session, "hand_over_code", order.id)
    code = random_code(HAND_OVER_DIGITS)
    order.code_mac = code_mac(keyring_of(session), order.id, code, purpose=_PURPOSE)
    _note(session, AuditEvent.HAND_OVER_CODE_MADE, order, by)
    session.flush()
    return code


def hand_over(
    session: Session, order_id: str, typed: str, *, by: Actor, source: str
) -> HandedOver | CodeWrong:
    """
    Hand a parcel over to whoever tells its code; a wrong one is counted, so let the unit commit.

    A result becomes delivered, papers are picked up; what waits at the window is collected. Raises
    `WrongState("delivery_over")` for what was handed over before.
    """
    order = held(session, order_id)
    if order.handed_over_at is not None or DeliveryState(order.state) in _OVER:
        raise WrongState("delivery_over", state=order.state)
    try:
        left = count_attempt(
            session, "hand_over_code", order.id, limit=MOST_WRONG_HAND_OVERS, window=_A_DAY
        )
    except TooMany:
        order.code_mac = None
        left = 0
    keyring = keyring_of(session)
    if order.code_mac is None or not is_code(
        keyring, order.id, typed, order.code_mac, purpose=_PURPOSE
    ):
        order.code_mac = order.code_mac if left else None
        _note(session, AuditEvent.HAND_OVER_CODE_WRONG, order, by)
        session.flush()
        return CodeWrong(left)
    forgive(session, "hand_over_code", order.id)
    order.code_mac, order.handed_over_at = None, clock.now()
    _note(session, AuditEvent.DELIVERY_HANDED_OVER, order, by)
    step = Step.DELIVER if order.direction == Direction.RESULT else Step.PICK_UP
    at_window = order.way_on == WayOn.COLLECT.value
    if not at_window and is_known(DeliveryState(order.state), step):
        enter(session, order, step, source=source, by=by)
    session.flush()
    return HandedOver()


def _note(session: Session, event: AuditEvent, order: DeliveryOrder, by: Actor) -> None:
    note(session, event, actor=by, subject=Subject("delivery_order", order.id))
