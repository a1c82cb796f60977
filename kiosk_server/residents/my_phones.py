"""
My phones (我的手机): the list, signing out there, a key of one's own; and the lost phone, stopped
at any terminal with the card.

    phones_of(session, account_id, after=, limit=)     -> list[PhoneView]
    sign_out_there(session, holder, phone_id)
    set_key(session, phone_id, jwk)
    signed_in(session, resident_id)                    -> int
    stop_all(session, resident_id, by=)                -> int
    notices_of(session, account_id, after=, limit=)    -> list[AccountNotice]
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid, NotFound
from kiosk_server.residents.account_notices import tell
from kiosk_server.residents.accounts import of_resident
from kiosk_server.residents.assurance import Level
from kiosk_server.residents.models import AccountNotice, AccountPhone
from kiosk_server.residents.phone_keys import checked_key
from kiosk_server.residents.phone_rules import NoticeKind, PhoneEnd, PhoneKind
from kiosk_server.residents.phones import PhoneHolder, end_phone, label, standing


@dataclass(frozen=True)
class PhoneView:
    """One signed-in phone, as its holder sees it."""

    id: str
    kind: PhoneKind
    label: str
    level: Level
    added_at: datetime
    last_used_at: datetime
    has_key: bool
    is_this: bool


def phones_of(
    session: Session, holder: PhoneHolder, *, after: str | None = None, limit: int = 50
) -> list[PhoneView]:
    """Return the phones of the holder's account, the newest first, from the one *after* a phone."""
    found = [
        phone for phone in standing(session, holder.account_id) if not after or phone.id < after
    ]
    return [_view(session, holder, phone) for phone in found[:limit]]


def phone_of(session: Session, holder: PhoneHolder, phone_id: str) -> PhoneView:
    """Return one of the holder's own phones; `NotFound("phone_not_found")` for any other."""
    return _view(session, holder, _own(session, holder, phone_id))


def sign_out_there(session: Session, holder: PhoneHolder, phone_id: str) -> None:
    """End one of the holder's own phones, wherever it is; `NotFound("phone_not_found")`."""
    phone = _own(session, holder, phone_id)
    here = phone_id == holder.phone_id
    reason = PhoneEnd.SIGNED_OUT if here else PhoneEnd.SIGNED_OUT_THERE
    end_phone(session, phone, reason, by=holder.actor)
    if not here:
        tell(session, holder.account_id, NoticeKind.PHONE_ENDED, phone)


def set_key(session: Session, holder: PhoneHolder, jwk: dict[str, Any]) -> None:
    """Keep the public key of the phone that is signed in; `Invalid("key_invalid")`."""
    plain = checked_key(jwk)
    if plain is None:
        raise Invalid("key_invalid", fields=[FieldFault("key", "key_invalid")])
    phone = session.get_one(AccountPhone, holder.phone_id, with_for_update=True)
    phone.key_jwk = plain
    note(
        session,
        AuditEvent.ACCOUNT_KEY_SET,
        actor=holder.actor,
        subject=Subject("account_phone", phone.id),
        facts={"curve": str(plain["crv"])},
    )


def signed_in(session: Session, resident_id: str) -> int:
    """Return how many phones a resident is signed in on: a count, for a screen in a hall."""
    account = of_resident(session, resident_id)
    return len(standing(session, account.id)) if account else 0


def stop_all(session: Session, resident_id: str, *, by: Actor) -> int:
    """
    Sign every phone of a resident out (手机丢失停用); return how many were signed in.

    For whoever stands before *by* with his card. The account stays; a new phone is bound with a
    code from `proving.make_binding_code`.
    """
    account = of_resident(session, resident_id)
    stopped = standing(session, account.id) if account else []
    for phone in stopped:
        end_phone(session, phone, PhoneEnd.LOST, by=by)
    subject = Subject("resident", resident_id)
    facts = {"phones": len(stopped)}
    note(session, AuditEvent.ACCOUNT_PHONES_STOPPED, actor=by, subject=subject, facts=facts)
    if account and stopped:
        tell(session, account.id, NoticeKind.PHONES_STOPPED)
    return len(stopped)


def notices_of(
    session: Session, account_id: str, *, after: str | None = None, limit: int = 50
) -> list[AccountNotice]:
    """Return what the holder was told, the newest first, from the one *after* a notice."""
    asked = select(AccountNotice).where(AccountNotice.account_id == account_id)
    if after:
        asked = asked.where(AccountNotice.id < after)
    return list(session.scalars(asked.order_by(AccountNotice.id.desc()).limit(limit)))


def mark_seen(session: Session, account_id: str) -> None:
    """The holder has looked at his notices."""
    unseen = select(AccountNotice).where(
        AccountNotice.account_id == account_id, AccountNotice.seen_at.is_(None)
    )
    for notice in session.scalars(unseen):
        notice.seen_at = clock.now()


def _own(session: Session, holder: PhoneHolder, phone_id: str) -> AccountPhone:
    phone = session.get(AccountPhone, phone_id, with_for_update=True)
    if phone is None or phone.account_id != holder.account_id or phone.ended_at is not None:
        raise NotFound("phone_not_found")
    return phone


def _view(session: Session, holder: PhoneHolder, phone: AccountPhone) -> PhoneView:
    return PhoneView(
        id=phone.id,
        kind=PhoneKind(phone.kind),
        label=label(session, phone),
        level=Level(phone.level),
        added_at=phone.added_at,
        last_used_at=phone.last_used_at,
        has_key=phone.key_jwk is not None,
        is_this=phone.id == holder.phone_id,
    )
