"""
Erasing one's own data (删除权, 个人信息保护法 47), at once or as an account is closed.

    erase(session, account_id, resident_id, kind, *, by)   -> int
    agree(session, resident_id, purpose, *, by), take_back(session, resident_id, purpose, *, by)
    close_accounts(session)                                -> int     what a chore does every hour
"""

from sqlalchemy import CursorResult, delete
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Actor, Subject, note
from kiosk_server.bills import kept_accounts
from kiosk_server.certificates.erasing import forget_copies, forget_wallet
from kiosk_server.certificates.holders import person
from kiosk_server.core.errors import Refused
from kiosk_server.deliveries import addresses
from kiosk_server.notices import services as notices
from kiosk_server.own_data.rules import ERASED_AT_ONCE, DataKind
from kiosk_server.residents import consents
from kiosk_server.residents.closing import ClosedAccount, close_due
from kiosk_server.residents.consents import Purpose
from kiosk_server.residents.models import AccountNotice
from kiosk_server.showing import cards
from kiosk_server.showing.models import ShowPin
from kiosk_server.suggestions.services import forget_switches
from kiosk_server.visits import carrying


def erase(session: Session, account_id: str, resident_id: str, kind: DataKind, *, by: Actor) -> int:
    """Erase one kind of a resident's data now; return how many entries went.

    Raises `Refused("kept_by_law")` for a kind that has to be kept.
    """
    if kind not in ERASED_AT_ONCE:
        raise Refused("kept_by_law")
    erased = _erase(session, account_id, resident_id, kind, by)
    subject = Subject("resident", resident_id)
    facts = {"kind": kind.value, "entries": erased}
    note(session, AuditEvent.OWN_DATA_ERASED, actor=by, subject=subject, facts=facts)
    return erased


def agree(session: Session, resident_id: str, purpose: Purpose, *, by: Actor) -> None:
    """Enter a resident's consent to one purpose."""
    consents.give(session, resident_id, purpose, by=by)


def take_back(session: Session, resident_id: str, purpose: Purpose, *, by: Actor) -> None:
    """Take a consent back, and end at once what stood on it."""
    consents.withdraw(session, resident_id, purpose, by=by)
    if purpose is Purpose.DIGITAL_CARD:
        cards.stop_all(session, resident_id, by=by)
    if purpose is Purpose.SUGGESTIONS:
        forget_switches(session, resident_id)


def close_accounts(session: Session) -> int:
    """Close every account whose days of waiting are over, and erase what stood on it."""
    closed = close_due(session)
    for account in closed:
        _clean(session, account)
    return len(closed)


def _clean(session: Session, account: ClosedAccount) -> None:
    session.execute(delete(ShowPin).where(ShowPin.phone_id.in_(account.phone_ids)))
    if account.resident_id is None:
        return
    for purpose in Purpose:
        take_back(session, account.resident_id, purpose, by=SYSTEM)
    for kind in sorted(ERASED_AT_ONCE):
        erase(session, account.id, account.resident_id, kind, by=SYSTEM)


def _erase(session: Session, account_id: str, resident_id: str, kind: DataKind, by: Actor) -> int:
    match kind:
        case DataKind.NOTICES:
            mine = AccountNotice.account_id == account_id
            result = session.execute(delete(AccountNotice).where(mine))
            gone = result.rowcount if isinstance(result, CursorResult) else 0
            return gone + notices.forget_all_of(session, resident_id)
        case DataKind.WALLET:
            return forget_wallet(session, person(resident_id))
        case DataKind.COPIES:
            return forget_copies(session, resident_id, by=by)
        case DataKind.CARDS:
            return cards.stop_all(session, resident_id, by=by)
        case DataKind.FORMS:
            forms = carrying.forms_of(session, resident_id)
            for form in forms:
                carrying.drop(session, resident_id, form.id, by=by)
            return len(forms)
        case DataKind.ADDRESSES:
            return addresses.forget_all_of(session, resident_id)
        case DataKind.BILL_ACCOUNTS:
            return kept_accounts.forget_all_of(session, resident_id)
        case _:
            return forget_switches(session, resident_id)
