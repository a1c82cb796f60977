"""
Credentials with which an organisation's programs look (核验接口凭证), and their access tokens.

    make_credential(session, organisation_id, wish, by=…)   -> Secret      shown once
    rotate_secret(session, credential_id, by=…)             -> Secret      the old one is dead
    set_quota / revoke_credential(session, …)
    take_token(session, client_id, secret, scenes)          -> Token | None
    verifier_of_token(session, token)                       -> Verifier | None

A secret has 256 random bits, so that its digest is kept and no slow hash is needed.
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import CursorResult, delete
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, FactValue, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound
from kiosk_server.core.identifiers import digest, is_id, new_id, new_token
from kiosk_server.partners.models import PartnerCredential, PartnerToken
from kiosk_server.partners.organisations import approved, require_approved
from kiosk_server.partners.rules import (
    MOST_PER_DAY,
    MOST_PER_MINUTE,
    PROGRAM_PER_DAY,
    PROGRAM_PER_MINUTE,
    TOKEN_LIFE,
    Verifier,
    packed,
    unknown_scenes,
    unpacked,
)

LONGEST_NAME = 40
_STRANGER = Actor(kind="unknown", id="not_signed_in")


@dataclass(frozen=True)
class CredentialWish:
    """What a program is given: a name for people, scenes, and how often it may look."""

    name: str
    scenes: tuple[str, ...]
    per_minute: int = PROGRAM_PER_MINUTE
    per_day: int = PROGRAM_PER_DAY


@dataclass(frozen=True)
class Secret:
    """A credential's two halves; the secret is in clear here and nowhere else."""

    client_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Token:
    """An access token of minutes, and the scenes it is good for."""

    token: str = field(repr=False)
    seconds: int
    scenes: frozenset[str]


def make_credential(
    session: Session, organisation_id: str, wish: CredentialWish, *, by: Actor
) -> Secret:
    """Make a credential for some of the organisation's scenes.

    Raises `NotFound`, `Conflict("partner_not_approved")`, `Invalid`.
    """
    organisation = require_approved(session, organisation_id)
    faults = _quota_faults(wish.per_minute, wish.per_day)
    if not 0 < len(wish.name.strip()) <= LONGEST_NAME:
        faults.append(FieldFault("name", "length"))
    if unknown_scenes(wish.scenes, unpacked(organisation.scenes)):
        faults.append(FieldFault("scenes", "scene_unknown"))
    if faults:
        raise Invalid(fields=faults)
    secret, now = new_token(), clock.now()
    made = PartnerCredential(
        id=new_id(),
        organisation_id=organisation_id,
        name=wish.name.strip(),
        secret_digest=digest(secret),
        scenes=packed(wish.scenes),
        per_minute=wish.per_minute,
        per_day=wish.per_day,
        made_at=now,
        secret_made_at=now,
    )
    session.add(made)
    session.flush()
    _note(session, AuditEvent.PARTNER_CREDENTIAL_MADE, by, made, {"scenes": made.scenes})
    return Secret(made.id, secret)


def rotate_secret(session: Session, credential_id: str, *, by: Actor) -> Secret:
    """Return a new secret; the old one and every token got with it are dead. `NotFound`."""
    found = _standing(session, credential_id)
    secret = new_token()
    found.secret_digest, found.secret_made_at = digest(secret), clock.now()
    _end_tokens(session, credential_id)
    _note(session, AuditEvent.PARTNER_CREDENTIAL_ROTATED, by, found, {})
    return Secret(found.id, secret)


def revoke_credential(session: Session, credential_id: str, *, by: Actor) -> None:
    """End a credential for good, its tokens at once."""
    found = _credential(session, credential_id)
    found.revoked_at = found.revoked_at or clock.now()
    _end_tokens(session, credential_id)
    _note(session, AuditEvent.PARTNER_CREDENTIAL_REVOKED, by, found, {})


def take_token(
    session: Session, client_id: str, secret: str, scenes: Collection[str] = ()
) -> Token | None:
    """Return a token for *scenes*, or for all of the credential's; None for a wrong secret.

    A refusal is audited; commit it. Raises `Invalid("scene_not_granted")`.
    """
    found = session.get(PartnerCredential, client_id) if is_id(client_id) else None
    kept = found.secret_digest if found else ""
    right = hmac.compare_digest(kept, digest(secret))
    organisation = approved(session, found.organisation_id) if found and right else None
    if found is None or organisation is None or found.revoked_at is not None:
        subject = Subject("partner_credential", found.id) if found else None
        note(session, AuditEvent.VERIFIER_REFUSED, actor=_STRANGER, subject=subject)
        return None
    granted = unpacked(found.scenes) & unpacked(organisation.scenes)
    if not set(scenes) <= granted:
        raise Invalid("scene_not_granted", fields=[FieldFault("scenes", "scene_not_granted")])
    token, now = new_token(), clock.now()
    wanted = frozenset(scenes) or granted
    session.add(
        PartnerToken(
            digest=digest(token),
            credential_id=found.id,
            scenes=packed(wanted),
            expires_at=now + TOKEN_LIFE,
        )
    )
    found.last_used_at = now
    return Token(token, int(TOKEN_LIFE.total_seconds()), wanted)


def verifier_of_token(session: Session, token: str) -> Verifier | None:
    """Return who looks with this token, if token, credential and organisation all stand."""
    row = session.get(PartnerToken, digest(token))
    if row is None or row.expires_at <= clock.now():
        return None
    credential = session.get_one(PartnerCredential, row.credential_id)
    organisation = approved(session, credential.organisation_id)
    if organisation is None or credential.revoked_at is not None:
        return None
    granted = unpacked(credential.scenes) & unpacked(organisation.scenes)
    return Verifier(
        organisation.id,
        organisation.name,
        unpacked(row.scenes) & granted,
        credential_id=credential.id,
        per_minute=credential.per_minute,
        per_day=credential.per_day,
    )


def set_quota(
    session: Session, credential_id: str, *, per_minute: int, per_day: int, by: Actor
) -> None:
    """Let a credential look so often from now on. Raises `NotFound`, `Invalid`."""
    found = _standing(session, credential_id)
    faults = _quota_faults(per_minute, per_day)
    if faults:
        raise Invalid(fields=faults)
    found.per_minute, found.per_day = per_minute, per_day
    told: dict[str, FactValue] = {"per_minute": per_minute, "per_day": per_day}
    _note(session, AuditEvent.PARTNER_CREDENTIAL_QUOTA_SET, by, found, told)


def forget_tokens(session: Session) -> int:
    """Delete tokens that are over; return how many."""
    result = session.execute(delete(PartnerToken).where(PartnerToken.expires_at < clock.now()))
    return result.rowcount if isinstance(result, CursorResult) else 0


def _quota_faults(per_minute: int, per_day: int) -> list[FieldFault]:
    limits = (("per_minute", per_minute, MOST_PER_MINUTE), ("per_day", per_day, MOST_PER_DAY))
    return [FieldFault(at, "quota_unfit") for at, asked, most in limits if not 1 <= asked <= most]


def _standing(session: Session, credential_id: str) -> PartnerCredential:
    found = _credential(session, credential_id)
    if found.revoked_at is not None:
        raise Conflict("partner_credential_revoked")
    return found


def _credential(session: Session, credential_id: str) -> PartnerCredential:
    found = session.get(PartnerCredential, credential_id, with_for_update=True)
    if found is None:
        raise NotFound("partner_credential_not_found")
    return found


def _end_tokens(session: Session, credential_id: str) -> None:
    session.execute(delete(PartnerToken).where(PartnerToken.credential_id == credential_id))


def _note(
    session: Session,
    event: AuditEvent,
    by: Actor,
    credential: PartnerCredential,
    facts: dict[str, FactValue],
) -> None:
    told: dict[str, FactValue] = {"organisation": credential.organisation_id, **facts}
    subject = Subject("partner_credential", credential.id)
    note(session, event, actor=by, subject=subject, facts=told)
