"""
A cashier's day (现金日结): the drawer is counted against the book, and a second person settles it.

    count_drawer(session, site_id, float_fen=, counted_fen=, by=)  -> CashCount
    settle_drawer(session, count_id, how, by=)                     -> CashCount
    uncounted(session, cashier_id, site_id)                        what stands since the last count
    drawers_to_settle(session, site_ids)                           differences that wait

Who counts does not settle. The cashier counts without being told what should be there.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, NotFound, Refused, WrongState
from kiosk_server.core.identifiers import new_id
from kiosk_server.payments.cash_rules import BY_SECOND_PERSON, DrawerSettlement, check_drawer
from kiosk_server.payments.models import CashCount, CashMovement
from kiosk_server.payments.rules import Movement


def uncounted(session: Session, cashier_id: str, site_id: str) -> Sequence[CashMovement]:
    """Return what a cashier took and gave back at a site since his last count, in its order."""
    return list(session.scalars(_open(cashier_id, site_id).order_by(CashMovement.at)))


def count_drawer(
    session: Session, site_id: str, *, float_fen: int, counted_fen: int, by: Actor
) -> CashCount:
    """
    Keep what a cashier found in the drawer: *counted_fen* in all, *float_fen* of it for change.

    Raises `Invalid("cash_invalid")`, and `Conflict("drawer_untouched")` where nothing moved.
    """
    check_drawer(float_fen, counted_fen)
    moved = session.scalars(_open(by.id, site_id).with_for_update().order_by(CashMovement.id)).all()
    if not moved:
        raise Conflict("drawer_untouched")
    now = clock.now()
    count = CashCount(
        id=new_id(),
        cashier_id=by.id,
        site_id=site_id,
        movements=len(moved),
        book_fen=sum(_signed(each) for each in moved),
        float_fen=float_fen,
        counted_fen=counted_fen,
        counted_at=now,
    )
    if count.difference_fen == 0:
        count.settled_at, count.settled_how = now, DrawerSettlement.EVEN.value
    session.add(count)
    session.flush()
    for each in moved:
        each.count_id = count.id
    session.flush()
    _note(session, AuditEvent.DRAWER_COUNTED, count, by, difference_fen=count.difference_fen)
    return count


def settle_drawer(
    session: Session, count_id: str, how: DrawerSettlement, *, by: Actor
) -> CashCount:
    """
    Let a second person say how a drawer's difference came to its end.

    Raises `NotFound("drawer_not_found")`, `Refused("own_drawer")` for whoever counted it, and
    `WrongState`: it is settled, or *how* is nothing that a person can say.
    """
    count = session.get(CashCount, count_id, with_for_update=True)
    if count is None:
        raise NotFound("drawer_not_found")
    if count.cashier_id == by.id:
        raise Refused("own_drawer")
    if count.settled_at is not None or how not in BY_SECOND_PERSON:
        raise WrongState
    count.settled_at, count.settled_by, count.settled_how = clock.now(), by.id, how.value
    session.flush()
    _note(session, AuditEvent.DRAWER_SETTLED, count, by, how=how.value)
    return count


def drawers_to_settle(session: Session, site_ids: Collection[str]) -> Sequence[CashCount]:
    """Return the counts of these sites whose difference waits for a second person."""
    wanted = select(CashCount).where(
        CashCount.settled_at.is_(None), CashCount.site_id.in_(sorted(site_ids))
    )
    return list(session.scalars(wanted.order_by(CashCount.id)))


def last_counts(session: Session, cashier_id: str, *, limit: int = 5) -> Sequence[CashCount]:
    """Return a cashier's last counts, the newest first."""
    wanted = select(CashCount).where(CashCount.cashier_id == cashier_id)
    return list(session.scalars(wanted.order_by(CashCount.id.desc()).limit(limit)))


def _open(cashier_id: str, site_id: str) -> Select[CashMovement]:
    return select(CashMovement).where(
        CashMovement.cashier_id == cashier_id,
        CashMovement.site_id == site_id,
        CashMovement.count_id.is_(None),
    )


def _signed(each: CashMovement) -> int:
    return each.amount_fen if each.movement == Movement.RECEIVED else -each.amount_fen


def _note(
    session: Session, event: AuditEvent, count: CashCount, by: Actor, **facts: int | str
) -> None:
    told = {"site": count.site_id, **facts}
    note(session, event, actor=by, subject=Subject("payment_drawer", count.id), facts=told)
