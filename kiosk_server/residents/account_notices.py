"""
What the holder of an account is told: a row that his phone shows, and a short message where it
cannot wait. The message names no person, no place and no certificate.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.database import Database, keyring_of
from kiosk_server.core.identifiers import new_id
from kiosk_server.outbox.lanes import MESSAGES
from kiosk_server.outbox.ports import MessageOutcome, PhoneMessage, PhoneMessages
from kiosk_server.outbox.services import emit
from kiosk_server.residents.models import AccountNotice, AccountPhone, PhoneAccount
from kiosk_server.residents.phone_rules import NoticeKind

ACCOUNT_NOTICE_ASKED = "account.notice"
"""Outbox topic: `{"notice": id}`."""
_SENT_AT_ONCE = frozenset(
    {NoticeKind.REFRESH_REUSED, NoticeKind.PHONES_STOPPED, NoticeKind.CLOSING_ASKED}
)


def tell(
    session: Session, account_id: str, kind: NoticeKind, phone: AccountPhone | None = None
) -> None:
    """Put one notice before the holder; what may be a theft goes to his number too."""
    notice = AccountNotice(
        id=new_id(),
        account_id=account_id,
        kind=kind.value,
        phone_id=phone.id if phone else None,
        at=clock.now(),
    )
    session.add(notice)
    session.flush()
    if kind in _SENT_AT_ONCE:
        emit(
            session,
            ACCOUNT_NOTICE_ASKED,
            {"notice": notice.id},
            lane=MESSAGES,
            dedup=f"{ACCOUNT_NOTICE_ASKED}:{notice.id}",
        )


def send_account_notice(
    database: Database, messages: PhoneMessages, notice_id: str
) -> MessageOutcome:
    """Hand a notice to the channel, in the language of the phone it is about."""
    with database.reading() as session:
        notice = session.get(AccountNotice, notice_id)
        account = session.get(PhoneAccount, notice.account_id) if notice else None
        if notice is None or account is None or account.number_sealed is None:
            return MessageOutcome.REFUSED
        number = keyring_of(session).open(
            account.number_sealed, table="phone_account", column="number", row=account.id
        )
        template = f"account_{notice.kind}.{_language(session, account.id)}"
    return messages.send(PhoneMessage(id=notice_id, phone=number, template=template, values={}))


def _language(session: Session, account_id: str) -> str:
    latest = (
        select(AccountPhone.language)
        .where(AccountPhone.account_id == account_id)
        .order_by(AccountPhone.id.desc())
        .limit(1)
    )
    return session.scalar(latest) or "zh"
