"""
Asking billers what is owed (查询), while a person waits: limited, kept sealed, never guessed.

    ask(database, gateways, biller_code, account, by=)   -> what the biller says
    freshen(database, gateways, bill_ids, by=)           asked again where it was said long ago
"""

from collections.abc import Sequence

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, note
from kiosk_server.bills.billers import biller_named
from kiosk_server.bills.keeping import account_in_clear, account_index, number_index, sealed
from kiosk_server.bills.life import BillState
from kiosk_server.bills.models import Bill
from kiosk_server.bills.ports import (
    AnswerLost,
    Asleep,
    Gateways,
    Owed,
    OwedBill,
    QueryAnswer,
    UnknownAccount,
)
from kiosk_server.bills.queries import found_bill
from kiosk_server.bills.rules import (
    QUESTIONS,
    QUESTIONS_WINDOW,
    WRONG_ACCOUNTS,
    WRONG_ACCOUNTS_WINDOW,
    AccountUnknown,
    Asked,
    Biller,
    BillerAsleep,
    BillerSilent,
    BillsFound,
    NothingOwed,
    account_of,
    is_fresh,
)
from kiosk_server.core import clock, limits
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict, NotFound, TooMany, Unavailable
from kiosk_server.core.identifiers import new_id

_WRONG = "bill_accounts"
log = structlog.get_logger()


def ask(
    database: Database, gateways: Gateways, biller_code: str, account: str, *, by: Actor
) -> Asked:
    """
    Ask what an account owes, as somebody typed it; no session may be open meanwhile.

    Raises `NotFound("biller_not_found")`, `Invalid("account_invalid")`, and `TooMany` with
    `too_many_bill_questions` or `too_many_bill_accounts`, which is audited.
    """
    biller = biller_named(biller_code)
    number = account_of(biller, account)
    _count(database, by)
    gateway = gateways.get(biller.gateway)
    answer: QueryAnswer = AnswerLost("not_connected")
    if gateway is not None:
        answer = gateway.query(biller.code, number)
    match answer:
        case Owed():
            with database.unit_of_work() as session:
                return _kept(session, biller, number, answer)
        case UnknownAccount():
            _count_wrong(database, by)
            return AccountUnknown()
        case Asleep(until):
            return BillerAsleep(until)
        case AnswerLost(why):
            log.warning("biller_silent", biller=biller.code, why=why)
            return BillerSilent()


def freshen(database: Database, gateways: Gateways, bill_ids: Sequence[str], *, by: Actor) -> None:
    """
    Ask again about bills that were told of long ago; call it before `services.pay`.

    Raises `NotFound("bill_not_found")`, `Conflict("bill_changed")` where another amount is owed
    now, or nothing, and `Unavailable("biller_silent")`.
    """
    with database.reading() as session:
        bills = session.scalars(select(Bill).where(Bill.id.in_(bill_ids))).all()
        if {bill.id for bill in bills} != set(bill_ids):
            raise NotFound("bill_not_found")
        stale = [bill for bill in bills if not is_fresh(bill.told_at, clock.now())]
        amounts = {bill.id: bill.amount_fen for bill in stale}
        accounts = {(bill.biller, account_in_clear(session, bill)) for bill in stale}
    now_owed: dict[str, int] = {}
    for biller, account in sorted(accounts):
        match ask(database, gateways, biller, account, by=by):
            case BillsFound(bills=found):
                now_owed |= {bill.id: bill.amount_fen for bill in found}
            case BillerAsleep() | BillerSilent():
                raise Unavailable("biller_silent")
    if any(now_owed.get(bill_id) != amount for bill_id, amount in amounts.items()):
        raise Conflict("bill_changed")


def _count(database: Database, by: Actor) -> None:
    asker = _asker(by)
    with database.reading() as session:
        wrong = limits.attempts(session, _WRONG, asker)
    try:
        if wrong >= WRONG_ACCOUNTS:
            wait = int(WRONG_ACCOUNTS_WINDOW.total_seconds())
            raise TooMany("too_many_bill_accounts", retry_after_seconds=wait)
        with database.unit_of_work() as session:
            limits.count_attempt(
                session, "bill_questions", asker, limit=QUESTIONS, window=QUESTIONS_WINDOW
            )
    except TooMany as refused:
        with database.unit_of_work() as session:
            note(session, AuditEvent.BILL_REFUSED, actor=by, facts={"reason": refused.code})
        raise


def _count_wrong(database: Database, by: Actor) -> None:
    with database.unit_of_work() as session:
        limits.count_attempt(
            session,
            _WRONG,
            _asker(by),
            # The question before it was let through: this one is counted in any case.
            limit=WRONG_ACCOUNTS + QUESTIONS,
            window=WRONG_ACCOUNTS_WINDOW,
        )


def _asker(by: Actor) -> str:
    # At a terminal people come and go; whoever tries numbers there stays.
    return by.terminal_id or by.id


def _kept(session: Session, biller: Biller, account: str, owed: Owed) -> Asked:
    kept = sorted(
        (_keep(session, biller, account, owed.holder, each) for each in owed.bills),
        key=lambda bill: (bill.period, bill.id),
    )
    shown = [found_bill(session, bill) for bill in kept]
    # A biller may be slow to strike out what he has booked.
    left = tuple(bill for bill in shown if bill.standing is not BillState.SETTLED)
    return BillsFound(left) if left else NothingOwed()


def _keep(session: Session, biller: Biller, account: str, holder: str, owed: OwedBill) -> Bill:
    known_by = number_index(session, biller.code, owed.number)
    wanted = select(Bill).where(Bill.number_index == known_by).with_for_update()
    bill = session.scalars(wanted).one_or_none()
    if bill is None:
        bill = Bill(id=new_id(), biller=biller.code, number_index=known_by)
        _fill(session, bill, account, holder, owed)
        try:
            with session.begin_nested():
                session.add(bill)
        except IntegrityError:
            # Somebody else asked about the same account at the same moment.
            bill = session.scalars(wanted).one()
    _fill(session, bill, account, holder, owed)
    session.flush()
    return bill


def _fill(session: Session, bill: Bill, account: str, holder: str, owed: OwedBill) -> None:
    bill.account_index = account_index(session, bill.biller, account)
    bill.account_sealed = sealed(session, bill.id, "account", account)
    bill.number_sealed = sealed(session, bill.id, "number", owed.number)
    bill.holder_sealed = sealed(session, bill.id, "holder", holder)
    bill.period, bill.amount_fen, bill.due_on = owed.period, owed.amount_fen, owed.due_on
    bill.told_at = clock.now()
