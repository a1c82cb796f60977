"""
Phones that are signed in (已登录的手机): opened, kept alive, ended.

    open_phone(session, account, device, way=, level=)    -> AccountPhone
    issue_tokens(session, phone) -> Tokens                 for programs
    issue_cookie(session, phone) -> str                    for the pages
    refresh(session, token)      -> Tokens | RefreshRefused
    holder_of(session, token, kind) -> PhoneHolder | None
    end_phone(session, phone, reason, by=)

Tokens are random and stored as digests: one indexed look at each call, and an ended phone is out
at once. A refresh token serves once; shown twice, its whole family ends and the holder is told.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, bindparam, delete, or_, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.identifiers import digest, new_id, new_token
from kiosk_server.residents.account_notices import tell
from kiosk_server.residents.assurance import Level, Way, names_person
from kiosk_server.residents.models import AccountPhone, PhoneAccount, PhoneToken
from kiosk_server.residents.phone_rules import (
    ACCESS_LIFE,
    MOST_PHONES,
    PHONE_LIFE,
    NoticeKind,
    PhoneEnd,
    PhoneKind,
    TokenKind,
    expiry,
    label_of,
)

# Columns, not rows: every request of every phone passes here.
_WHOSE = (
    select(
        PhoneToken.kind,
        PhoneToken.expires_at,
        AccountPhone.id,
        AccountPhone.ended_at,
        AccountPhone.ends_at,
        AccountPhone.level,
        AccountPhone.language,
        AccountPhone.last_used_at,
        PhoneAccount.id,
        PhoneAccount.resident_id,
    )
    .join(AccountPhone, AccountPhone.id == PhoneToken.phone_id)
    .join(PhoneAccount, PhoneAccount.id == AccountPhone.account_id)
    .where(PhoneToken.digest == bindparam("digest"))
)


@dataclass(frozen=True)
class Device:
    """What a phone says of itself as it signs in."""

    kind: PhoneKind
    label: str
    language: str = "zh"


@dataclass(frozen=True)
class Tokens:
    """The two secrets of a program that is signed in, in clear for the only time."""

    phone_id: str
    level: Level
    access: str
    access_expires_at: datetime
    refresh: str
    refresh_expires_at: datetime


@dataclass(frozen=True)
class RefreshRefused:
    """`sign_in_needed` (unknown or over) or `refresh_reused` (its phone has been signed out)."""

    code: str


@dataclass(frozen=True)
class PhoneHolder:
    """Who is signed in: the principal of every call and page behind the door."""

    phone_id: str
    account_id: str
    level: Level
    resident_id: str | None
    """None until this very phone's holder has proven who he is, whatever the account knows."""
    language: str
    last_used_at: datetime

    @property
    def actor(self) -> Actor:
        """The same, as the audit names it."""
        return Actor(kind="account", id=self.account_id)


def open_phone(
    session: Session, account: PhoneAccount, device: Device, *, way: Way, level: Level
) -> AccountPhone:
    """Sign *device* in; past ten phones the one that was used longest ago is signed out."""
    now, row = clock.now(), new_id()
    phone = AccountPhone(
        id=row,
        account_id=account.id,
        kind=device.kind.value,
        label_sealed=keyring_of(session).seal(
            label_of(device.label), table="account_phone", column="label", row=row
        ),
        way=way.value,
        level=level.value,
        language=device.language,
        added_at=now,
        last_used_at=now,
        ends_at=now + PHONE_LIFE,
    )
    others = standing(session, account.id)
    session.add(phone)
    session.flush()
    by = Actor(kind="account", id=account.id)
    facts = {"way": way.value, "level": level.value}
    note(
        session,
        AuditEvent.ACCOUNT_SIGNED_IN,
        actor=by,
        subject=Subject("account_phone", row),
        facts=facts,
    )
    latest_first = sorted(others, key=lambda other: other.last_used_at, reverse=True)
    for surplus in latest_first[MOST_PHONES - 1 :]:
        end_phone(session, surplus, PhoneEnd.TOO_MANY, by=by)
    if others:
        tell(session, account.id, NoticeKind.PHONE_ADDED, phone)
    return phone


def standing(session: Session, account_id: str) -> list[AccountPhone]:
    """Return the phones of an account that are signed in now, the newest first."""
    return list(
        session.scalars(
            select(AccountPhone)
            .where(
                AccountPhone.account_id == account_id,
                AccountPhone.ended_at.is_(None),
                AccountPhone.ends_at > clock.now(),
            )
            .order_by(AccountPhone.id.desc())
        )
    )


def issue_tokens(session: Session, phone: AccountPhone) -> Tokens:
    """Make the next access and refresh token of *phone*."""
    access, access_ends = _issue(session, phone, TokenKind.ACCESS)
    refresh_token, refresh_ends = _issue(session, phone, TokenKind.REFRESH)
    return Tokens(phone.id, Level(phone.level), access, access_ends, refresh_token, refresh_ends)


def issue_cookie(session: Session, phone: AccountPhone) -> str:
    """Make the secret of a browser's cookie."""
    return _issue(session, phone, TokenKind.COOKIE)[0]


def refresh(session: Session, token: str) -> Tokens | RefreshRefused:
    """Spend a refresh token for the next pair. Commit whatever comes back: a refusal may end it."""
    row = session.get(PhoneToken, digest(token), with_for_update=True)
    if row is None or row.kind != TokenKind.REFRESH:
        return RefreshRefused("sign_in_needed")
    phone = session.get_one(AccountPhone, row.phone_id, with_for_update=True)
    if phone.ended_at is not None:
        return RefreshRefused("sign_in_needed")
    if row.spent_at is not None:
        _end_family(session, phone)
        return RefreshRefused("refresh_reused")
    now = clock.now()
    if row.expires_at <= now or phone.ends_at <= now:
        return RefreshRefused("sign_in_needed")
    row.spent_at = phone.last_used_at = now
    return issue_tokens(session, phone)


def holder_of(session: Session, token: str, kind: TokenKind) -> PhoneHolder | None:
    """Return whose *token* of *kind* is, or None if it is none, is over or was ended."""
    found = session.connection().execute(_WHOSE, {"digest": digest(token)}).first()
    if found is None:
        return None
    of, expires_at, phone, ended_at, ends_at, level, language, last_used_at, *account = found
    now = clock.now()
    if of != kind or expires_at <= now or ended_at is not None or ends_at <= now:
        return None
    account_id, resident_id = account
    return PhoneHolder(
        phone_id=phone,
        account_id=account_id,
        level=Level(level),
        resident_id=resident_id if names_person(Level(level)) else None,
        language=language,
        last_used_at=last_used_at,
    )


def view_of(account: PhoneAccount, phone: AccountPhone) -> PhoneHolder:
    """Return who holds *phone*, which is *account*'s and signed in."""
    level = Level(phone.level)
    return PhoneHolder(
        phone_id=phone.id,
        account_id=account.id,
        level=level,
        resident_id=account.resident_id if names_person(level) else None,
        language=phone.language,
        last_used_at=phone.last_used_at,
    )


def keep_alive(session: Session, token: str) -> None:
    """Count idleness from now; a cookie then lives its whole life again."""
    row = session.get(PhoneToken, digest(token))
    if row is None:
        return
    phone = session.get_one(AccountPhone, row.phone_id)
    phone.last_used_at = clock.now()
    if row.kind == TokenKind.COOKIE:
        row.expires_at = expiry(TokenKind.COOKIE, clock.now(), phone.ends_at)


def end_phone(session: Session, phone: AccountPhone, reason: PhoneEnd, *, by: Actor) -> None:
    """Sign *phone* out: none of its tokens opens anything from now on."""
    if phone.ended_at is not None:
        return
    phone.ended_at, phone.end_reason = clock.now(), reason.value
    phone.key_jwk = None
    session.execute(delete(PhoneToken).where(PhoneToken.phone_id == phone.id))
    note(
        session,
        AuditEvent.ACCOUNT_PHONE_ENDED,
        actor=by,
        subject=Subject("account_phone", phone.id),
        facts={"reason": reason.value},
    )
    session.flush()


def label(session: Session, phone: AccountPhone) -> str:
    """Return what the holder called *phone*."""
    return keyring_of(session).open(
        phone.label_sealed, table="account_phone", column="label", row=phone.id
    )


def forget_old_phones(session: Session) -> int:
    """Delete tokens that can serve no more, spent ones with the life of their phone."""
    now = clock.now()
    over = select(AccountPhone.id).where(
        or_(AccountPhone.ended_at.is_not(None), AccountPhone.ends_at < now)
    )
    access = (PhoneToken.kind == TokenKind.ACCESS) & (PhoneToken.expires_at < now - ACCESS_LIFE)
    result = session.execute(delete(PhoneToken).where(access | PhoneToken.phone_id.in_(over)))
    return result.rowcount if isinstance(result, CursorResult) else 0


def _end_family(session: Session, phone: AccountPhone) -> None:
    # Who shows it the second time may be the thief or the robbed: neither is believed.
    thief = Actor(kind="unknown", id="not_signed_in")
    subject = Subject("account_phone", phone.id)
    note(session, AuditEvent.ACCOUNT_REFRESH_REUSED, actor=thief, subject=subject)
    end_phone(session, phone, PhoneEnd.REFRESH_REUSED, by=thief)
    tell(session, phone.account_id, NoticeKind.REFRESH_REUSED, phone)


def _issue(session: Session, phone: AccountPhone, kind: TokenKind) -> tuple[str, datetime]:
    token = new_token()
    ends = expiry(kind, clock.now(), phone.ends_at)
    session.add(
        PhoneToken(digest=digest(token), phone_id=phone.id, kind=kind.value, expires_at=ends)
    )
    session.flush()
    return token, ends
