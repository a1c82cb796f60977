"""
Asking the treasury, by the worker: never two bills for one sum.

    ask_treasury(database, treasury, bill_id)     what `fiscal.issue_asked` does

Before it is asked it is written down that it may have issued. Whoever comes after that, because an
answer was lost or a worker died, asks by our number before he asks for the bill.
"""

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Unavailable
from kiosk_server.fiscal.models import FiscalBill
from kiosk_server.fiscal.ports import (
    AnswerLost,
    AskAnswer,
    AskedBill,
    AskedRed,
    BillLine,
    FiscalBills,
    Issued,
    NotIssued,
    WouldNot,
)
from kiosk_server.fiscal.rules import BILL_LIFE, TO_BE_ASKED, BillKind, BillState, BillVerb
from kiosk_server.fiscal.services import follow
from kiosk_server.payments.models import PaymentOrder, PaymentRefund
from kiosk_server.payments.queries import items_of, receipt_of
from kiosk_server.residents.models import Resident
from kiosk_server.residents.services import name_of

_SOMEBODY = "个人"
"""交款人 of an order that nobody had to say his name for."""


def ask_treasury(database: Database, treasury: FiscalBills | None, bill_id: str) -> None:
    """Have one bill issued; safe to be run again at any time. Raises `Unavailable`."""
    if treasury is None:
        raise Unavailable("fiscal_not_connected")
    asked = _begin(database, bill_id)
    if asked is None:
        return
    wanted, sent_before = asked
    answer: AskAnswer = treasury.ask(bill_id) if sent_before else NotIssued()
    if isinstance(answer, NotIssued):
        answer = treasury.red(wanted) if isinstance(wanted, AskedRed) else treasury.issue(wanted)
    with database.unit_of_work() as session:
        _enter(session, bill_id, answer, simulated=treasury.simulated)
    if isinstance(answer, AnswerLost):
        raise Unavailable("fiscal_answer_lost")


def _begin(database: Database, bill_id: str) -> tuple[AskedBill | AskedRed, bool] | None:
    with database.unit_of_work() as session:
        order_id = session.get_one(FiscalBill, bill_id).order_id
        order = session.get_one(PaymentOrder, order_id, with_for_update=True)
        bill = session.get_one(FiscalBill, bill_id, with_for_update=True)
        if bill.state not in TO_BE_ASKED:
            return None
        sent_before = bill.sent_at is not None
        if not sent_before and _is_moot(bill, order):
            bill.state = BILL_LIFE.after(BillState(bill.state), BillVerb.DROP)
            return None
        bill.sent_at = bill.sent_at or clock.now()
        return _wanted(session, bill, order), sent_before


def _is_moot(bill: FiscalBill, order: PaymentOrder) -> bool:
    return bill.kind == BillKind.BLUE and order.returned_fen == order.amount_fen


def _wanted(session: Session, bill: FiscalBill, order: PaymentOrder) -> AskedBill | AskedRed:
    if bill.reverses is not None:
        blue = session.get_one(FiscalBill, bill.reverses)
        refund = session.get_one(PaymentRefund, bill.refund_id)
        return AskedRed(bill.id, blue.code or "", blue.number or "", bill.amount_fen, refund.reason)
    payer = session.get(Resident, order.payer_id) if order.payer_id else None
    receipt = receipt_of(session, order.id)
    return AskedBill(
        number=bill.id,
        payer=name_of(session, payer) if payer is not None else _SOMEBODY,
        amount_fen=bill.amount_fen,
        lines=[
            BillLine(row.code, row.names["zh"], row.basis, row.unit_fen, row.quantity)
            for row in items_of(session, order.id)
        ],
        paid_at=order.paid_at or bill.made_at,
        receipt=receipt.id if receipt is not None else "",
    )


def _enter(session: Session, bill_id: str, answer: AskAnswer, *, simulated: bool) -> None:
    order_id = session.get_one(FiscalBill, bill_id).order_id
    session.get_one(PaymentOrder, order_id, with_for_update=True)
    bill = session.get_one(FiscalBill, bill_id, with_for_update=True)
    if bill.state not in TO_BE_ASKED:
        # Another worker heard the same.
        return
    if isinstance(answer, Issued) and answer.amount_fen != bill.amount_fen:
        answer = WouldNot("other_amount")
    match answer:
        case Issued():
            _go(bill, BillVerb.ISSUE)
            bill.code, bill.number = answer.code, answer.number
            bill.check_code, bill.address = answer.check_code, answer.address
            bill.issued_at, bill.simulated = answer.at, simulated
            _note(session, AuditEvent.FISCAL_BILL_ISSUED, bill)
            session.flush()
            # What went back while the treasury was asked has waited for this.
            follow(session, bill.order_id)
        case WouldNot(code):
            _go(bill, BillVerb.REFUSE)
            bill.refused_for = code[:40]
            _note(session, AuditEvent.FISCAL_BILL_REFUSED, bill)
        case AnswerLost() | NotIssued():
            _go(bill, BillVerb.LOSE)


def _go(bill: FiscalBill, verb: BillVerb) -> None:
    bill.state = BILL_LIFE.after(BillState(bill.state), verb)


def _note(session: Session, event: AuditEvent, bill: FiscalBill) -> None:
    note(
        session,
        event,
        actor=SYSTEM,
        subject=Subject("fiscal_bill", bill.id),
        facts={"order": bill.order_id, "kind": bill.kind, "amount_fen": bill.amount_fen},
    )
