"""
The slip of bills that were paid at a terminal (缴费凭条): what, how much, and how to ask later.

It names nobody; accounts stand on it by their last signs.
"""

from sqlalchemy.orm import Session

from kiosk_server.bills.life import MONEY_BACK, BillState
from kiosk_server.bills.queries import PaidBill, bills_of_order
from kiosk_server.cases.slips import queue, slip_possible
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound, Refused
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.queries import counted_attempt, receipt_of
from kiosk_server.payments.rules import Channel, as_yuan
from kiosk_server.places import queries as places
from kiosk_server.printing.models import PrintJob
from kiosk_server.printing.shown_slips import bill_slip
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.models import Visit

TITLE = "缴费凭条"
_ENDING = 4


def bill_slip_asked(session: Session, visit: Visit, order_id: str) -> bool:
    """Return whether *visit* has printed the receipt of an order already."""
    return _mark(order_id) in draft_of(session, visit)


def queue_bill_slip(session: Session, visit: Visit, order: PaymentOrder) -> PrintJob | None:
    """
    Ask for the slip of an *order* of bills that is paid; None at a second touch.

    Raises `NotFound("bill_not_found")` where it is none, `Refused("slip_not_possible")` where the
    receipt printer cannot print now.
    """
    if bill_slip_asked(session, visit, order.id):
        return None
    bills, receipt = bills_of_order(session, order.id), receipt_of(session, order.id)
    if not bills or receipt is None:
        raise NotFound("bill_not_found")
    if not slip_possible(session, visit):
        raise Refused("slip_not_possible")
    biller = bills[0].biller
    slip = bill_slip(
        office=places.site(session, visit.site_id).names["zh"],
        amount=as_yuan(order.amount_fen),
        rows={
            "收费单位": biller.names["zh"],
            **_lines(bills),
            "缴费凭证号": receipt.id,
            "由谁负责": biller.answers["zh"],
            "电话": biller.phone,
        },
        at=clock.now(),
        terminal=visit.terminal_id,
        language=visit.language,
        sample=counted_attempt(session, order.id).channel == Channel.SIMULATED,
    )
    job = queue(session, visit, slip, title=TITLE)
    put_draft(session, visit, **{_mark(order.id): job.id})
    return job


def _lines(bills: list[PaidBill]) -> dict[str, str]:
    many = len(bills) > 1
    return {
        f"第 {place} 笔" if many else "账单": (
            f"{bill.period} 尾号 {bill.account[-_ENDING:]} "
            f"{as_yuan(bill.amount_fen)} 元 {_stands(bill)}"
        )
        for place, bill in enumerate(bills, start=1)
    }


def _stands(bill: PaidBill) -> str:
    if bill.state is BillState.SETTLED:
        return f"已记账 {bill.reference or ''}".rstrip()
    return "没有缴成，退款中" if bill.state in MONEY_BACK else "等收费单位记账"


def _mark(order_id: str) -> str:
    return f"bill_slip_{order_id}"
