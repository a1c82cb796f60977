"""
Signing in of an organisation's people (核验人员登录): at a device that is bound, with a password.

Five wrong answers lock a name for a quarter of an hour, whether or not there is one: the door tells
nobody who works where. A session is worth nothing away from its device, nor after the person, the
device or the organisation was stopped.

    check_password(database, typed, device_secret)       -> SignedIn | SignInRefused
    open_session(session, member_id, device_id)          -> str         after an invitation
    verifier_of(session, token, device_secret)           -> SessionView | None
    keep_alive(session, token), sign_out(session, token), forget_sessions(session)
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock, limits
from kiosk_server.core.database import Database, keyring_of
from kiosk_server.core.identifiers import digest, new_token
from kiosk_server.core.neighbourhood import neighbourhood
from kiosk_server.partners.models import (
    PartnerDevice,
    PartnerInvitation,
    PartnerMember,
    PartnerSession,
)
from kiosk_server.partners.organisations import approved
from kiosk_server.partners.people import bound_device, name_of
from kiosk_server.partners.rules import (
    INVITATION_LIFE,
    SESSION_LIFE,
    Verifier,
    session_holds,
    unpacked,
)
from kiosk_server.staff import passwords

WRONG_ANSWERS = 5
LOCK = timedelta(minutes=15)
NEIGHBOURHOOD_TRIES = 100
_PASSWORD, _LOCK, _WHERE = "verifier_password", "verifier_lock", "verifier_address"
_STRANGER = Actor(kind="unknown", id="not_signed_in")


@dataclass(frozen=True)
class Typed:
    """What was typed at the door, and from where."""

    login: str = field(repr=False)
    password: str = field(repr=False)
    address: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class SignedIn:
    """Name and password were right at a device of the same organisation."""

    token: str = field(repr=False)


@dataclass(frozen=True)
class SignInRefused:
    """`sign_in_refused` (try again), `sign_in_locked` (wait), `device_unbound` (ask for a link)."""

    code: str


@dataclass(frozen=True)
class SessionView:
    """A session that holds: who looks, and what stands in the head of his pages."""

    verifier: Verifier
    person: str = field(repr=False)
    device: str
    last_seen_at: datetime


def check_password(
    database: Database, typed: Typed, device_secret: str
) -> SignedIn | SignInRefused:
    """
    Sign a person in at the device whose secret this is.

    Takes the database, not a session: the try is counted and committed before the password is
    compared, and no transaction is held while it is. Raises `TooMany`.
    """
    with database.unit_of_work() as session:
        where = neighbourhood(session, typed.address)
        limits.count_attempt(session, _WHERE, where, limit=NEIGHBOURHOOD_TRIES, window=LOCK)
        device = bound_device(session, device_secret)
        if device is None or approved(session, device.organisation_id) is None:
            return SignInRefused("device_unbound")
        subject = _subject(session, typed.login)
        if limits.attempts(session, _LOCK, subject):
            return SignInRefused("sign_in_locked")
        limits.count_attempt(session, _PASSWORD, subject, limit=WRONG_ANSWERS, window=LOCK)
        member = _member(session, typed.login, device)
        known = member.password_hash if member else None
    matched = passwords.matches(known or passwords.nobodys_hash(), typed.password)
    with database.unit_of_work() as session:
        if member is None or known is None or not matched:
            return _wrong(session, subject, member.id if member else None)
        limits.forgive(session, _PASSWORD, subject)
        return SignedIn(open_session(session, member.id, device.id))


def open_session(session: Session, member_id: str, device_id: str) -> str:
    """Return the token of a new session of a person who has just proven who he is."""
    token, now = new_token(), clock.now()
    session.add(
        PartnerSession(
            digest=digest(token),
            member_id=member_id,
            device_id=device_id,
            created_at=now,
            last_seen_at=now,
        )
    )
    organisation_id = session.get_one(PartnerMember, member_id).organisation_id
    note(
        session,
        AuditEvent.VERIFIER_SIGNED_IN,
        actor=Actor("verifier", organisation_id),
        subject=Subject("partner_member", member_id),
        facts={"device": device_id},
    )
    return token


def verifier_of(session: Session, token: str, device_secret: str) -> SessionView | None:
    """Return who is signed in, if session, person, device and organisation all stand."""
    row = session.get(PartnerSession, digest(token))
    device = bound_device(session, device_secret)
    if row is None or device is None or row.device_id != device.id:
        return None
    if not session_holds(row.revoked_at, row.created_at, row.last_seen_at, clock.now()):
        return None
    member = session.get_one(PartnerMember, row.member_id)
    organisation = approved(session, member.organisation_id)
    if organisation is None or member.revoked_at is not None:
        return None
    verifier = Verifier(
        organisation.id,
        organisation.name,
        unpacked(organisation.scenes),
        member_id=member.id,
        device_id=device.id,
    )
    return SessionView(verifier, name_of(session, member), device.name, row.last_seen_at)


def keep_alive(session: Session, token: str) -> None:
    """Count idleness from now, for the session and its device."""
    row = session.get(PartnerSession, digest(token))
    if row is not None:
        row.last_seen_at = clock.now()
        session.get_one(PartnerDevice, row.device_id).last_seen_at = clock.now()


def sign_out(session: Session, token: str) -> None:
    """End the session of *token*; the device stays bound."""
    row = session.get(PartnerSession, digest(token), with_for_update=True)
    if row is None or row.revoked_at is not None:
        return
    row.revoked_at = clock.now()
    organisation_id = session.get_one(PartnerMember, row.member_id).organisation_id
    subject, by = Subject("partner_member", row.member_id), Actor("verifier", organisation_id)
    note(session, AuditEvent.VERIFIER_SIGNED_OUT, actor=by, subject=subject)


def forget_sessions(session: Session) -> int:
    """Delete sessions and one-time links that can hold no more; return how many."""
    now = clock.now()
    done = 0
    for old in (
        delete(PartnerSession).where(PartnerSession.created_at < now - SESSION_LIFE),
        delete(PartnerInvitation).where(PartnerInvitation.ends_at < now - INVITATION_LIFE),
    ):
        result = session.execute(old)
        done += result.rowcount if isinstance(result, CursorResult) else 0
    return done


def _subject(session: Session, login: str) -> str:
    return keyring_of(session).blind_index(login.strip().casefold(), purpose="partner.login")


def _member(session: Session, login: str, device: PartnerDevice) -> PartnerMember | None:
    # At another organisation's device a right password is no better than a wrong one.
    return session.scalar(
        select(PartnerMember).where(
            PartnerMember.login == login.strip().casefold(),
            PartnerMember.organisation_id == device.organisation_id,
            PartnerMember.revoked_at.is_(None),
        )
    )


def _wrong(session: Session, subject: str, member_id: str | None) -> SignInRefused:
    # What was typed as a name is not kept: it may be a password in the wrong box.
    about = Subject("partner_member", member_id) if member_id else None
    note(session, AuditEvent.VERIFIER_REFUSED, actor=_STRANGER, subject=about)
    if limits.attempts(session, _PASSWORD, subject) < WRONG_ANSWERS:
        return SignInRefused("sign_in_refused")
    limits.forgive(session, _PASSWORD, subject)
    if not limits.attempts(session, _LOCK, subject):
        limits.count_attempt(session, _LOCK, subject, limit=1, window=LOCK)
        note(session, AuditEvent.VERIFIER_LOCKED, actor=_STRANGER, subject=about)
    return SignInRefused("sign_in_locked")
