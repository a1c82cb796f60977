"""
The verbs of staff accounts.

    add_member(session, login, *, name, password, roles, division_code, by, totp_secret=None)
    disable_member(session, staff_id, *, by)

Signing in and out is in `sign_in`.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

import pyotp
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound
from kiosk_server.core.identifiers import new_id
from kiosk_server.staff import passwords
from kiosk_server.staff.models import StaffMember, StaffSession
from kiosk_server.staff.rules import Role, password_faults

_LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,39}")


@dataclass(frozen=True)
class NewMember:
    """An account just made; the TOTP secret (base 32) is shown once, for the phone's app."""

    staff_id: str
    totp_secret: str


def add_member(
    session: Session,
    login: str,
    *,
    name: str,
    password: str,
    roles: Collection[Role],
    division_code: str,
    by: Actor,
    totp_secret: str | None = None,
) -> NewMember:
    """
    Make an account for one person, whose *roles* hold within *division_code*.

    Raises `Invalid` naming every faulty field, `Conflict` when the login is taken.
    """
    faults = password_faults(password, login)
    if not _LOGIN.fullmatch(login):
        faults.append(FieldFault("login", "not_a_login"))
    if not roles:
        faults.append(FieldFault("roles", "missing"))
    if faults:
        raise Invalid(fields=faults)
    if session.scalar(select(StaffMember.id).where(StaffMember.login == login)):
        raise Conflict("login_taken")
    staff_id = new_id()
    secret = totp_secret or pyotp.random_base32(32)
    session.add(
        StaffMember(
            id=staff_id,
            login=login,
            name=name,
            password_hash=passwords.hash_of(password),
            totp_sealed=keyring_of(session).seal(
                secret, table="staff_member", column="totp", row=staff_id
            ),
            roles=sorted(role.value for role in roles),
            division_code=division_code,
            created_at=clock.now(),
        )
    )
    note(
        session,
        AuditEvent.STAFF_ADDED,
        actor=by,
        subject=Subject("staff", staff_id),
        facts={
            "roles": " ".join(sorted(role.value for role in roles)),
            "division": division_code,
        },
    )
    session.flush()
    return NewMember(staff_id, secret)


def disable_member(session: Session, staff_id: str, *, by: Actor) -> None:
    """Close an account for good; every session of it ends at once."""
    member = session.get(StaffMember, staff_id, with_for_update=True)
    if member is None:
        raise NotFound("staff_not_found")
    member.disabled_at = member.disabled_at or clock.now()
    session.execute(
        update(StaffSession)
        .where(StaffSession.staff_id == staff_id, StaffSession.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )
    note(session, AuditEvent.STAFF_DISABLED, actor=by, subject=Subject("staff", staff_id))
