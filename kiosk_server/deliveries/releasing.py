"""
When a delivery may go to its courier: a result once its case is decided, papers at once; and what
is owed for it is paid.

    release_if_free(session, order)     -> whether its courier is asked from now on
    release_decided(session)            what a chore does: what waited and need not any more

A paper that costs something and postage that is paid beforehand let it go while their money is
kept here, and not a moment before or after.
"""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case, CaseState, Outcome
from kiosk_server.core import clock
from kiosk_server.deliveries.heard import enter
from kiosk_server.deliveries.lanes import DELIVERY_RELEASED, emit_to_courier
from kiosk_server.deliveries.life import DeliveryState, Step
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.ports import Payer
from kiosk_server.deliveries.postage_orders import postage_kept_fen
from kiosk_server.deliveries.rules import Direction
from kiosk_server.payments.case_fees import is_owed

_DECIDED = (CaseState.DECIDED, CaseState.COMPLETED)


def release_if_free(session: Session, order: DeliveryOrder) -> bool:
    """Let *order* go if nothing keeps it here; the caller holds its row."""
    if not waits(order) or not _is_free(session, order):
        return False
    _release(session, order)
    return True


def release_decided(session: Session) -> int:
    """Let go what waited and need not, and cancel what will have no result; return how many."""
    waiting = (
        select(DeliveryOrder, Case)
        .join(Case, Case.id == DeliveryOrder.case_id)
        .where(
            DeliveryOrder.state == DeliveryState.CREATED.value,
            DeliveryOrder.released_at.is_(None),
            or_(Case.decided_at.is_not(None), Case.ended_at.is_not(None)),
        )
        .with_for_update(of=DeliveryOrder, skip_locked=True)
    )
    moved = 0
    for order, case in session.execute(waiting).all():
        if order.direction == Direction.RESULT and not may_have_result(case):
            enter(session, order, Step.CANCEL)
            moved += 1
        else:
            moved += release_if_free(session, order)
    return moved


def _release(session: Session, order: DeliveryOrder) -> None:
    order.released_at = clock.now()
    emit_to_courier(session, DELIVERY_RELEASED, order, dedup=f"delivery:{order.id}")


def waits(order: DeliveryOrder) -> bool:
    """Return whether *order* still waits here, and no courier has heard of it."""
    return order.state == DeliveryState.CREATED and order.released_at is None


def may_have_result(case: Case) -> bool:
    """Return whether a case has a result to send, or may still have one."""
    if CaseState(case.state) in (CaseState.DECLINED, CaseState.WITHDRAWN):
        return False
    return case.outcome != Outcome.REFUSED.value


def _is_free(session: Session, order: DeliveryOrder) -> bool:
    if order.payer == Payer.PREPAID and postage_kept_fen(session, order) == 0:
        return False
    if order.case_id is None or order.direction != Direction.RESULT:
        # Papers of a case are what it waits for: they do not wait for it.
        return True
    case = session.get_one(Case, order.case_id)
    return CaseState(case.state) in _DECIDED and not is_owed(session, case)
