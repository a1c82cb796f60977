"""
Closing an account on the phone (注销账号): asked for, waited for, done.

    ask_to_close(session, holder)      -> datetime      when it will be closed
    keep_open(session, holder)                          until then, from any phone of the account
    closing_of(session, account_id)    -> datetime | None
    close_due(session)                 -> list[ClosedAccount]    what a chore does every hour

The days between let the holder find out that a thief asked: every phone of the account is told, and
so is its number. What the person is otherwise known by (a resident with his cases) is no part of
an account and stays as long as the law wants it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.residents.account_notices import tell
from kiosk_server.residents.models import (
    AccountClosing,
    AccountLink,
    AccountNotice,
    AccountPhone,
    PhoneAccount,
)
from kiosk_server.residents.phone_rules import NoticeKind, PhoneEnd
from kiosk_server.residents.phones import PhoneHolder, end_phone, standing

WAITS = timedelta(days=7)
_AT_ONCE = 100


@dataclass(frozen=True)
class ClosedAccount:
    """An account that is no more: its row, its phones, and the resident whose it was."""

    id: str
    resident_id: str | None
    phone_ids: tuple[str, ...]


def ask_to_close(session: Session, holder: PhoneHolder) -> datetime:
    """Let the account be closed in seven days; return when. Asked again, the first day stays."""
    # Two phones may ask at once: the lock on the account lets one row come of it.
    session.get_one(PhoneAccount, holder.account_id, with_for_update=True)
    found = session.get(AccountClosing, holder.account_id)
    if found is not None:
        return found.closes_at
    now = clock.now()
    row = AccountClosing(account_id=holder.account_id, asked_at=now, closes_at=now + WAITS)
    session.add(row)
    session.flush()
    tell(session, holder.account_id, NoticeKind.CLOSING_ASKED)
    subject = Subject("phone_account", holder.account_id)
    note(session, AuditEvent.ACCOUNT_CLOSING_ASKED, actor=holder.actor, subject=subject)
    return row.closes_at


def keep_open(session: Session, holder: PhoneHolder) -> None:
    """Let the account stay; nothing happens where nobody asked to close it."""
    found = session.get(AccountClosing, holder.account_id, with_for_update=True)
    if found is None:
        return
    session.delete(found)
    session.flush()
    tell(session, holder.account_id, NoticeKind.CLOSING_STOPPED)
    subject = Subject("phone_account", holder.account_id)
    note(session, AuditEvent.ACCOUNT_CLOSING_STOPPED, actor=holder.actor, subject=subject)


def closing_of(session: Session, account_id: str) -> datetime | None:
    """Return when an account will be closed, if somebody asked for it."""
    found = session.get(AccountClosing, account_id)
    return found.closes_at if found is not None else None


def close_due(session: Session) -> list[ClosedAccount]:
    """Close what has waited long enough; return what was closed, for the rooms above to clean."""
    due = (
        select(AccountClosing)
        .where(AccountClosing.closes_at <= clock.now())
        .order_by(AccountClosing.closes_at, AccountClosing.account_id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return [_close(session, row) for row in list(session.scalars(due))]


def _close(session: Session, closing: AccountClosing) -> ClosedAccount:
    account = session.get_one(PhoneAccount, closing.account_id, with_for_update=True)
    for phone in standing(session, account.id):
        end_phone(session, phone, PhoneEnd.CLOSED, by=SYSTEM)
    mine = select(AccountPhone).where(AccountPhone.account_id == account.id)
    phones = list(session.scalars(mine.order_by(AccountPhone.id)))
    for phone in phones:
        phone.label_sealed = keyring_of(session).seal(
            "", table="account_phone", column="label", row=phone.id
        )
    for table in (AccountLink, AccountNotice):
        session.execute(delete(table).where(table.account_id == account.id))
    closed = ClosedAccount(account.id, account.resident_id, tuple(phone.id for phone in phones))
    account.number_sealed = account.number_index = account.resident_id = None
    session.delete(closing)
    session.flush()
    subject = Subject("phone_account", account.id)
    note(session, AuditEvent.ACCOUNT_CLOSED, actor=SYSTEM, subject=subject)
    return closed
