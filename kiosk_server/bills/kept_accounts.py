"""
Accounts that a resident has us remember (常用缴费号码): only where he asks, gone when he says so.

    kept_of(session, resident_id)                    -> list[Kept], in the order they were kept
    kept_named(session, resident_id, kept_id)        -> Kept; `NotFound` for anybody else's
    keep(session, resident_id, biller_code, account, *, by)
    forget(session, resident_id, kept_id, *, by); forget_all_of(session, resident_id)
"""

from dataclasses import dataclass

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.bills.billers import biller_named, billers
from kiosk_server.bills.keeping import account_index
from kiosk_server.bills.models import KeptAccount
from kiosk_server.bills.rules import MOST_KEPT, Biller, account_of
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import NotFound, Refused
from kiosk_server.core.identifiers import new_id
from kiosk_server.residents.models import Resident

_TABLE = "kept_bill_account"


@dataclass(frozen=True)
class Kept:
    """One account in clear, for the resident who had it kept."""

    id: str
    biller: Biller
    account: str


def kept_of(session: Session, resident_id: str) -> list[Kept]:
    """Return the accounts of one resident; those of a biller that is gone are not shown."""
    mine = select(KeptAccount).where(KeptAccount.resident_id == resident_id)
    known = {biller.code for biller in billers()}
    rows = session.scalars(mine.order_by(KeptAccount.id))
    return [_opened(session, row) for row in rows if row.biller in known]


def kept_named(session: Session, resident_id: str, kept_id: str) -> Kept:
    """Return one's own account; `NotFound("bill_account_not_found")` for anybody else's."""
    return _opened(session, _own(session, resident_id, kept_id))


def keep(session: Session, resident_id: str, biller_code: str, account: str, *, by: Actor) -> None:
    """
    Have an account remembered; one that is kept already stays as it is.

    Raises `NotFound("biller_not_found")`, `Invalid("account_invalid")`, and
    `Refused("bill_accounts_enough")`.
    """
    number = account_of(biller_named(biller_code), account)
    # The resident's row is what two of his phones wait for each other at.
    session.get_one(Resident, resident_id, with_for_update=True)
    index = account_index(session, biller_code, number)
    mine = select(KeptAccount).where(KeptAccount.resident_id == resident_id)
    before = session.scalars(mine).all()
    if any(row.account_index == index for row in before):
        return
    if len(before) >= MOST_KEPT:
        raise Refused("bill_accounts_enough", most=MOST_KEPT)
    row = KeptAccount(
        id=new_id(),
        resident_id=resident_id,
        biller=biller_code,
        account_index=index,
        kept_at=clock.now(),
    )
    row.account_sealed = keyring_of(session).seal(
        number, table=_TABLE, column="account", row=row.id
    )
    session.add(row)
    _note(session, AuditEvent.BILL_ACCOUNT_KEPT, row.id, by)
    session.flush()


def forget(session: Session, resident_id: str, kept_id: str, *, by: Actor) -> None:
    """Forget one's own account; bills that were paid stay with their orders."""
    session.delete(_own(session, resident_id, kept_id))
    _note(session, AuditEvent.BILL_ACCOUNT_FORGOTTEN, kept_id, by)
    session.flush()


def forget_all_of(session: Session, resident_id: str) -> int:
    """Forget every account of one resident; return how many."""
    result = session.execute(delete(KeptAccount).where(KeptAccount.resident_id == resident_id))
    return result.rowcount if isinstance(result, CursorResult) else 0


def _own(session: Session, resident_id: str, kept_id: str) -> KeptAccount:
    found = session.get(KeptAccount, kept_id)
    if found is None or found.resident_id != resident_id:
        raise NotFound("bill_account_not_found")
    return found


def _opened(session: Session, row: KeptAccount) -> Kept:
    opened = keyring_of(session).open(
        row.account_sealed, table=_TABLE, column="account", row=row.id
    )
    return Kept(row.id, biller_named(row.biller), opened)


def _note(session: Session, event: AuditEvent, kept_id: str, by: Actor) -> None:
    note(session, event, actor=by, subject=Subject("bill_account", kept_id))
