"""
Signing in (登录): a password, then a code from the phone; and the session that follows.

Five wrong answers lock a login for a quarter of an hour, whether or not it exists, so that the
door tells nobody who works here. A sign-in gets a new session at each step: what was known before
the password is worth nothing after it.

    check_password(database, *, login, password, address) -> HalfSignedIn | SignInRefused
    check_code(session, token, *, code) -> SignedIn | SignInRefused
    holder_of(session, token) -> SessionView | None
    keep_alive(session, token), sign_out(session, token), forget_sessions(session)
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock, limits
from kiosk_server.core.database import Database, keyring_of
from kiosk_server.core.identifiers import digest, new_token
from kiosk_server.staff import passwords
from kiosk_server.staff.models import StaffMember, StaffSession
from kiosk_server.staff.rules import (
    SESSION_LIFE,
    Holder,
    Stage,
    roles_of,
    session_holds,
    totp_step_of,
)

WRONG_ANSWERS = 5
LOCK = timedelta(minutes=15)
ADDRESS_TRIES = 100
"""A hall shares one address: this only slows one that tries many logins."""
_PASSWORD, _CODE, _LOCK, _ADDRESS = "staff_password", "staff_code", "staff_lock", "staff_address"
_STRANGER = Actor(kind="unknown", id="not_signed_in")


@dataclass(frozen=True)
class HalfSignedIn:
    """The password was right; *token* allows the second step for five minutes."""

    token: str


@dataclass(frozen=True)
class SignedIn:
    """Both answers were right; *token* is the session."""

    token: str
    staff_id: str


@dataclass(frozen=True)
class SignInRefused:
    """`sign_in_refused` (try again), `sign_in_locked` (wait), `sign_in_over` (begin again)."""

    code: str


@dataclass(frozen=True)
class SessionView:
    """A session that holds, and who it belongs to."""

    holder: Holder
    last_seen_at: datetime


@dataclass(frozen=True)
class _Account:
    staff_id: str
    password_hash: str


def check_password(
    database: Database, *, login: str, password: str, address: str
) -> HalfSignedIn | SignInRefused:
    """
    Take the first step of a sign-in from *address*.

    Takes the database, not a session: the try is counted and committed before the password is
    compared, and no transaction is held while it is. Raises `TooMany` for an address that tries
    many logins.
    """
    with database.unit_of_work() as session:
        keyring = keyring_of(session)
        limits.count_attempt(
            session,
            _ADDRESS,
            keyring.blind_index(address, purpose="staff.address"),
            limit=ADDRESS_TRIES,
            window=LOCK,
        )
        subject = _subject(session, login)
        if _locked(session, subject):
            return SignInRefused("sign_in_locked")
        limits.count_attempt(session, _PASSWORD, subject, limit=WRONG_ANSWERS, window=LOCK)
        account = _account(session, login)
    known_hash = account.password_hash if account else passwords.nobodys_hash()
    matched = passwords.matches(known_hash, password)
    with database.unit_of_work() as session:
        if account is None or not matched:
            return _wrong(session, _PASSWORD, subject, account.staff_id if account else None)
        limits.forgive(session, _PASSWORD, subject)
        return HalfSignedIn(_open(session, account.staff_id, Stage.PASSWORD))


def check_code(session: Session, token: str, *, code: str) -> SignedIn | SignInRefused:
    """Take the second step: *code* is six digits of the phone's app (RFC 6238), good once."""
    half = session.get(StaffSession, digest(token), with_for_update=True)
    if half is None or half.stage != Stage.PASSWORD.value or not _holds(half):
        return SignInRefused("sign_in_over")
    member = session.get_one(StaffMember, half.staff_id, with_for_update=True)
    subject = _subject(session, member.login)
    if _locked(session, subject):
        return SignInRefused("sign_in_locked")
    limits.count_attempt(session, _CODE, subject, limit=WRONG_ANSWERS, window=LOCK)
    secret = keyring_of(session).open(
        member.totp_sealed, table="staff_member", column="totp", row=member.id
    )
    step = totp_step_of(
        code,
        last_step=member.totp_step,
        now=clock.now(),
        code_at=pyotp.TOTP(secret).generate_otp,
    )
    if step is None or member.disabled_at is not None:
        refused = _wrong(session, _CODE, subject, member.id)
        if _locked(session, subject):
            half.revoked_at = clock.now()
        return refused
    member.totp_step = step
    half.revoked_at = clock.now()
    limits.forgive(session, _CODE, subject)
    note(session, AuditEvent.STAFF_SIGNED_IN, actor=Actor(kind="staff", id=member.id))
    return SignedIn(_open(session, member.id, Stage.COMPLETE), member.id)


def holder_of(session: Session, token: str) -> SessionView | None:
    """Return whose session *token* is, or None if it is none, is over or was ended."""
    row = session.get(StaffSession, digest(token))
    if row is None or row.stage != Stage.COMPLETE.value or not _holds(row):
        return None
    member = session.get_one(StaffMember, row.staff_id)
    if member.disabled_at is not None:
        return None
    holder = Holder(member.id, member.name, roles_of(member.roles), member.division_code)
    return SessionView(holder, row.last_seen_at)


def keep_alive(session: Session, token: str) -> None:
    """Count idleness from now."""
    row = session.get(StaffSession, digest(token))
    if row is not None:
        row.last_seen_at = clock.now()


def sign_out(session: Session, token: str) -> None:
    """End the session of *token*, wherever the token may have got to."""
    row = session.get(StaffSession, digest(token), with_for_update=True)
    if row is None or row.revoked_at is not None:
        return
    row.revoked_at = clock.now()
    note(session, AuditEvent.STAFF_SIGNED_OUT, actor=Actor(kind="staff", id=row.staff_id))


def forget_sessions(session: Session) -> int:
    """Delete sessions that can hold no more; return how many."""
    result = session.execute(
        delete(StaffSession).where(StaffSession.created_at < clock.now() - SESSION_LIFE)
    )
    return result.rowcount if isinstance(result, CursorResult) else 0


def _subject(session: Session, login: str) -> str:
    return keyring_of(session).blind_index(login.strip().casefold(), purpose="staff.login")


def _account(session: Session, login: str) -> _Account | None:
    member = session.scalar(
        select(StaffMember).where(
            StaffMember.login == login.strip().casefold(), StaffMember.disabled_at.is_(None)
        )
    )
    return _Account(member.id, member.password_hash) if member else None


def _locked(session: Session, subject: str) -> bool:
    return limits.attempts(session, _LOCK, subject) > 0


def _wrong(session: Session, kind: str, subject: str, staff_id: str | None) -> SignInRefused:
    # What was typed as a login is not kept: it may be a password in the wrong box.
    about = Subject("staff", staff_id) if staff_id else None
    facts = {"step": kind}
    note(session, AuditEvent.STAFF_REFUSED, actor=_STRANGER, subject=about, facts=facts)
    if limits.attempts(session, kind, subject) < WRONG_ANSWERS:
        return SignInRefused("sign_in_refused")
    limits.forgive(session, kind, subject)
    if not _locked(session, subject):
        limits.count_attempt(session, _LOCK, subject, limit=1, window=LOCK)
        note(session, AuditEvent.STAFF_LOCKED, actor=_STRANGER, subject=about, facts=facts)
    return SignInRefused("sign_in_locked")


def _open(session: Session, staff_id: str, stage: Stage) -> str:
    token = new_token()
    now = clock.now()
    session.add(
        StaffSession(
            digest=digest(token),
            staff_id=staff_id,
            stage=stage.value,
            created_at=now,
            last_seen_at=now,
        )
    )
    return token


def _holds(row: StaffSession) -> bool:
    return row.revoked_at is None and session_holds(
        Stage(row.stage), row.created_at, row.last_seen_at, clock.now()
    )
