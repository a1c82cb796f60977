"""
People and devices of an organisation (核验人员、绑定设备), by one-time links.

    invite(session, organisation_id, person, by=…)       -> Invitation     the link, once
    invite_again(session, member_id, by=…)               -> Invitation     a forgotten password
    invite_device(session, organisation_id, by=…)        -> Invitation
    invited(session, token)                              -> Invited        what a link is for
    join(database, token, choice)                        -> Joined         the link is spent
    revoke_member / revoke_device(session, …)            at once
"""

import re
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import Database, keyring_of
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound
from kiosk_server.core.identifiers import digest, new_id, new_token
from kiosk_server.partners.models import (
    PartnerDevice,
    PartnerInvitation,
    PartnerMember,
    PartnerSession,
)
from kiosk_server.partners.organisations import approved, require_approved
from kiosk_server.partners.rules import INVITATION_LIFE
from kiosk_server.staff import passwords
from kiosk_server.staff.rules import password_faults

LONGEST_NAME, LONGEST_DEVICE = 40, 40
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,39}")


@dataclass(frozen=True)
class Person:
    """Somebody to be invited: how he signs in, and his name."""

    login: str
    name: str = field(repr=False)


@dataclass(frozen=True)
class Invitation:
    """A one-time link's token, in clear here and nowhere else."""

    token: str = field(repr=False)
    ends_at: datetime


@dataclass(frozen=True)
class Invited:
    """What a link is for. `login` is None where it binds a device and no more."""

    organisation_id: str
    organisation: str
    login: str | None


@dataclass(frozen=True)
class Choice:
    """What whoever opens a link chooses; *device_secret*: of a device that is bound already."""

    device_name: str
    password: str = field(default="", repr=False)
    device_secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Joined:
    """The device that is bound now; its secret is the browser's from now on."""

    device_secret: str = field(repr=False)
    member_id: str | None
    device_id: str


def invite(session: Session, organisation_id: str, person: Person, *, by: Actor) -> Invitation:
    """Enter one person and return the link with which he chooses his password.

    Raises `NotFound`, `Conflict("partner_not_approved")`, `Conflict("login_taken")`, `Invalid`.
    """
    require_approved(session, organisation_id)
    login = person.login.strip().casefold()
    faults = []
    if not _LOGIN.fullmatch(login):
        faults.append(FieldFault("login", "not_a_login"))
    if not 0 < len(person.name.strip()) <= LONGEST_NAME:
        faults.append(FieldFault("name", "length"))
    if faults:
        raise Invalid(fields=faults)
    row = new_id()
    member = PartnerMember(
        id=row,
        organisation_id=organisation_id,
        login=login,
        name_sealed=keyring_of(session).seal(
            person.name.strip(), table="partner_member", column="name", row=row
        ),
        invited_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(member)
    except IntegrityError:
        raise Conflict("login_taken") from None
    _note(
        session,
        AuditEvent.PARTNER_MEMBER_INVITED,
        by,
        Subject("partner_member", row),
        organisation_id,
    )
    return _link(session, organisation_id, row)


def invite_again(session: Session, member_id: str, *, by: Actor) -> Invitation:
    """Return a new link for a person; the one before is worth nothing from now on.

    Raises `NotFound`, `Conflict`.
    """
    member = _member(session, member_id)
    if member.revoked_at is not None:
        raise Conflict("partner_member_revoked")
    require_approved(session, member.organisation_id)
    of_him = PartnerInvitation.member_id == member_id
    session.execute(
        update(PartnerInvitation)
        .where(of_him, PartnerInvitation.used_at.is_(None))
        .values(used_at=clock.now())
    )
    event, where = AuditEvent.PARTNER_MEMBER_INVITED, member.organisation_id
    _note(session, event, by, Subject("partner_member", member_id), where)
    return _link(session, where, member_id)


def invite_device(session: Session, organisation_id: str, *, by: Actor) -> Invitation:
    """Return a link that binds the browser which opens it."""
    require_approved(session, organisation_id)
    event = AuditEvent.PARTNER_DEVICE_INVITED
    _note(session, event, by, Subject("partner", organisation_id), organisation_id)
    return _link(session, organisation_id, None)


def invited(session: Session, token: str) -> Invited:
    """Return what a link is for; `NotFound("invitation_over")` for one that is none any more."""
    found = _invitation(session, token)
    organisation = approved(session, found.organisation_id)
    if organisation is None:
        raise NotFound("invitation_over")
    if found.member_id is None:
        return Invited(organisation.id, organisation.name, None)
    member = session.get_one(PartnerMember, found.member_id)
    if member.revoked_at is not None:
        raise NotFound("invitation_over")
    return Invited(organisation.id, organisation.name, member.login)


def join(database: Database, token: str, choice: Choice) -> Joined:
    """Spend a link: the person has his password, this browser is a device of the organisation.

    Takes the database, not a session: no transaction is held while the password is hashed. Every
    session of a person who chooses anew ends. Raises `NotFound("invitation_over")`, `Invalid`.
    """
    with database.reading() as session:
        asked = invited(session, token)
    faults = password_faults(choice.password, asked.login) if asked.login else []
    if not 0 < len(choice.device_name.strip()) <= LONGEST_DEVICE:
        faults.append(FieldFault("device", "length"))
    if faults:
        raise Invalid(fields=faults)
    password_hash = passwords.hash_of(choice.password) if asked.login else None
    with database.unit_of_work() as session:
        found = _invitation(session, token, lock=True)
        invited(session, token)
        found.used_at = clock.now()
        if found.member_id is not None:
            _enter(session, found.member_id, password_hash)
        device, secret = _device(session, found.organisation_id, choice)
        return Joined(secret, found.member_id, device)


def revoke_member(session: Session, member_id: str, *, by: Actor) -> None:
    """End a person's account for good; every session of his ends at once."""
    member = _member(session, member_id)
    member.revoked_at = member.revoked_at or clock.now()
    _end_sessions(session, PartnerSession.member_id == member_id)
    event, where = AuditEvent.PARTNER_MEMBER_REVOKED, member.organisation_id
    _note(session, event, by, Subject("partner_member", member_id), where)


def revoke_device(session: Session, device_id: str, *, by: Actor) -> None:
    """Let a device be nobody's, at once, in the middle of whatever is done at it."""
    device = session.get(PartnerDevice, device_id, with_for_update=True)
    if device is None:
        raise NotFound("partner_device_not_found")
    device.revoked_at = device.revoked_at or clock.now()
    _end_sessions(session, PartnerSession.device_id == device_id)
    event, where = AuditEvent.PARTNER_DEVICE_REVOKED, device.organisation_id
    _note(session, event, by, Subject("partner_device", device_id), where)


def name_of(session: Session, member: PartnerMember) -> str:
    """Return a person's name, in clear."""
    return keyring_of(session).open(
        member.name_sealed, table="partner_member", column="name", row=member.id
    )


def bound_device(session: Session, secret: str) -> PartnerDevice | None:
    """Return the device whose secret this is, unless it was revoked."""
    found = session.scalar(
        select(PartnerDevice).where(PartnerDevice.secret_digest == digest(secret))
    )
    return found if found is not None and found.revoked_at is None else None


def _link(session: Session, organisation_id: str, member_id: str | None) -> Invitation:
    token, now = new_token(), clock.now()
    made = PartnerInvitation(
        id=new_id(),
        organisation_id=organisation_id,
        member_id=member_id,
        token_digest=digest(token),
        made_at=now,
        ends_at=now + INVITATION_LIFE,
    )
    session.add(made)
    session.flush()
    return Invitation(token, made.ends_at)


def _invitation(session: Session, token: str, *, lock: bool = False) -> PartnerInvitation:
    by_token = select(PartnerInvitation).where(PartnerInvitation.token_digest == digest(token))
    found = session.scalar(by_token.with_for_update() if lock else by_token)
    if found is None or found.used_at is not None or found.ends_at <= clock.now():
        raise NotFound("invitation_over")
    return found


def _enter(session: Session, member_id: str, password_hash: str | None) -> None:
    member = _member(session, member_id)
    member.password_hash, member.joined_at = password_hash, clock.now()
    _end_sessions(session, PartnerSession.member_id == member_id)
    event, where = AuditEvent.PARTNER_MEMBER_JOINED, member.organisation_id
    _note(session, event, Actor("verifier", where), Subject("partner_member", member_id), where)


def _device(session: Session, organisation_id: str, choice: Choice) -> tuple[str, str]:
    known = bound_device(session, choice.device_secret)
    if known is not None and known.organisation_id == organisation_id:
        return known.id, choice.device_secret
    secret, now = new_token(), clock.now()
    device = PartnerDevice(
        id=new_id(),
        organisation_id=organisation_id,
        name=choice.device_name.strip(),
        secret_digest=digest(secret),
        bound_at=now,
        last_seen_at=now,
    )
    session.add(device)
    session.flush()
    event, by = AuditEvent.PARTNER_DEVICE_BOUND, Actor("verifier", organisation_id)
    _note(session, event, by, Subject("partner_device", device.id), organisation_id)
    return device.id, secret


def _end_sessions(session: Session, whose: ColumnElement[bool]) -> None:
    session.execute(
        update(PartnerSession)
        .where(whose, PartnerSession.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )


def _member(session: Session, member_id: str) -> PartnerMember:
    found = session.get(PartnerMember, member_id, with_for_update=True)
    if found is None:
        raise NotFound("partner_member_not_found")
    return found


def _note(
    session: Session, event: AuditEvent, by: Actor, subject: Subject, organisation_id: str
) -> None:
    note(session, event, actor=by, subject=subject, facts={"organisation": organisation_id})
