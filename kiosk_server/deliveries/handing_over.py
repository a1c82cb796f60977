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
from kiosk_server.deliveries.going_on import replacement_of
from kiosk_server.deliveries.heard import enter, held, lies_at_site
from kiosk_server.deliveries.lanes import tell_arrival
from kiosk_server.deliveries.life import DeliveryState, Step, Trouble, is_known
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.rules import (
    HAND_OVER_DIGITS,
    MOST_CODES_A_DAY,
    MOST_WRONG_HAND_OVERS,
    Direction,
    WayOn,
    was_carried,
)
from kiosk_server.deliveries.services import cancel
from kiosk_server.residents.one_time_codes import code_mac, is_code

_PURPOSE = "delivery_hand_over"
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class HandedOver:
    """The parcel is with its resident, or his papers with the courier."""


@dataclass(frozen=True)
class CodeWrong:
    """Not this code; with no tries left it serves no more."""

    tries_left: int


def is_over(order: DeliveryOrder) -> bool:
    """Return whether nothing of a delivery is left to hand over.

    What was brought to a site that hands parcels out waits there for its resident.
    """
    if order.handed_over_at is not None or order.state == DeliveryState.CANCELLED:
        return True
    return order.state == DeliveryState.DELIVERED and order.to_site_id is None


def new_code(session: Session, order_id: str, *, by: Actor) -> str:
    """Return a new code for one's delivery; the one before it serves no more.

    Raises `WrongState("delivery_over")`, `TooMany("too_many_hand_over_codes_made")`.
    """
    order = held(session, order_id)
    if is_over(order) or _is_gone(session, order):
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

    A result becomes delivered, papers are picked up; what waits at the window, or at the site it
    was sent to, is collected. Raises `WrongState("delivery_over")` for what was handed over before.
    """
    order = held(session, order_id)
    if is_over(order) or _is_gone(session, order):
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
    _keep_here(session, order, by)
    order.code_mac, order.handed_over_at = None, clock.now()
    _note(session, AuditEvent.DELIVERY_HANDED_OVER, order, by)
    step = Step.DELIVER if order.direction == Direction.RESULT else Step.PICK_UP
    at_window = order.way_on == WayOn.COLLECT.value
    if not at_window and is_known(DeliveryState(order.state), step):
        enter(session, order, step, source=source, by=by)
    if order.direction == Direction.RESULT:
        tell_arrival(session, order)
    session.flush()
    return HandedOver()


def _is_gone(session: Session, order: DeliveryOrder) -> bool:
    """Return whether another delivery has the papers by now."""
    after = replacement_of(session, order)
    if after is None or after.state == DeliveryState.CANCELLED:
        return False
    trouble = Trouble(after.trouble) if after.trouble else None
    return not lies_at_site(order) or was_carried(DeliveryState(after.state), trouble)


def _keep_here(session: Session, order: DeliveryOrder, by: Actor) -> None:
    """Call off what should carry it on: its resident came for it after all."""
    after = replacement_of(session, order)
    if after is not None and after.state == DeliveryState.EXCEPTION:
        # Turned down: nobody has to be told.
        enter(session, held(session, after.id), Step.CANCEL, by=by)
    elif after is not None and after.state != DeliveryState.CANCELLED:
        cancel(session, after.id, by=by)
    if lies_at_site(order):
        order.way_on = None


def _note(session: Session, event: AuditEvent, order: DeliveryOrder, by: Actor) -> None:
    note(session, event, actor=by, subject=Subject("delivery_order", order.id))
