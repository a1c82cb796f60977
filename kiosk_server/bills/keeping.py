"""What is sealed of a bill, how it is found again, and when it is forgotten."""

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from kiosk_server.bills.life import BillState
from kiosk_server.bills.models import Bill, BillPayment
from kiosk_server.bills.rules import FORGOTTEN_AFTER
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of

_AT_ONCE = 500


def account_index(session: Session, biller: str, account: str) -> str:
    """Return by what an account is found."""
    return keyring_of(session).blind_index(f"{biller}\x1f{account}", purpose="bill_account")


def number_index(session: Session, biller: str, number: str) -> str:
    """Return by what a biller's bill is found."""
    return keyring_of(session).blind_index(f"{biller}\x1f{number}", purpose="bill_number")


def sealed(session: Session, bill_id: str, column: str, text: str) -> bytes:
    """Return *text* sealed for one cell of a bill."""
    return keyring_of(session).seal(text, table="bill", column=column, row=bill_id)


def account_in_clear(session: Session, bill: Bill) -> str:
    """Return a bill's account."""
    return _opened(session, bill, "account", bill.account_sealed)


def number_in_clear(session: Session, bill: Bill) -> str:
    """Return the biller's number of a bill."""
    return _opened(session, bill, "number", bill.number_sealed)


def holder_as_masked(session: Session, bill: Bill) -> str:
    """Return the holder's name, as the biller masked it."""
    return _opened(session, bill, "holder", bill.holder_sealed)


def forget_bills(session: Session) -> int:
    """Delete what was asked a day ago and never paid; return how many bills.

    What was paid, or paid back, is kept with its order, as accounts have to be.
    """
    old = clock.now() - FORGOTTEN_AFTER
    let_go = BillPayment.state == BillState.RELEASED.value
    session.execute(delete(BillPayment).where(let_go, BillPayment.ended_at < old))
    paid = select(BillPayment.id).where(BillPayment.bill_id == Bill.id).exists()
    gone = select(Bill.id).where(Bill.told_at < old, ~paid).limit(_AT_ONCE)
    result = session.execute(delete(Bill).where(Bill.id.in_(session.scalars(gone).all())))
    return result.rowcount if isinstance(result, CursorResult) else 0


def _opened(session: Session, bill: Bill, column: str, value: bytes) -> str:
    return keyring_of(session).open(value, table="bill", column=column, row=bill.id)
