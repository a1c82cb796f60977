"""Look up fiscal bills: those of an order, and those that want a person."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk_server.fiscal.models import FiscalBill
from kiosk_server.fiscal.rules import BillKind, BillState


def fiscal_bills_of(session: Session, order_id: str) -> list[FiscalBill]:
    """Return the bills of an order, the blue one first, then the red ones as they were made."""
    wanted = select(FiscalBill).where(FiscalBill.order_id == order_id)
    return list(session.scalars(wanted.order_by(FiscalBill.id)))


def blue_bill_of(session: Session, order_id: str) -> FiscalBill | None:
    """Return the bill that was issued, or is to be issued, for an order's money."""
    wanted = select(FiscalBill).where(
        FiscalBill.order_id == order_id, FiscalBill.kind == BillKind.BLUE.value
    )
    return session.scalars(wanted).one_or_none()


def refused_bills(session: Session, *, limit: int = 100) -> list[FiscalBill]:
    """Return the bills that the treasury would not issue, the oldest first."""
    wanted = select(FiscalBill).where(FiscalBill.state == BillState.REFUSED.value)
    return list(session.scalars(wanted.order_by(FiscalBill.id).limit(limit)))


def refused_count(session: Session) -> int:
    """Return how many bills the treasury would not issue."""
    wanted = select(func.count()).select_from(FiscalBill)
    return session.scalar(wanted.where(FiscalBill.state == BillState.REFUSED.value)) or 0
