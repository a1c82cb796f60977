"""
Whose certificates a person may see and use besides his own: a child's as its guardian (监护人), an
organisation's as its agent (经办人).

A right comes from a record, which is named; it ends on a day, and can be revoked before. A
guardian's ends when the child comes of age, whatever was entered.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.certificates.holders import (
    Holder,
    HolderKind,
    code_of,
    holder_of,
    organisation,
    person,
)
from kiosk_server.certificates.metadata import HolderCode
from kiosk_server.certificates.models import Certificate, HoldingRight
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound, Refused
from kiosk_server.core.identifiers import new_id

OF_AGE_YEARS = 18


class RightKind(StrEnum):
    """As what one holds for another."""

    GUARDIAN = "guardian"
    AGENT = "agent"


class Basis(StrEnum):
    """The record that proves a right."""

    BIRTH_CERTIFICATE = "birth_certificate"
    HOUSEHOLD_REGISTER = "household_register"
    COURT_DECISION = "court_decision"
    BUSINESS_LICENCE = "business_licence"
    POWER_OF_ATTORNEY = "power_of_attorney"


class RightEnd(StrEnum):
    """Why a right is ended before its day."""

    ASKED = "asked"
    RECORD_ENDED = "record_ended"
    COURT = "court"
    MISTAKE = "mistake"


BASES = {
    RightKind.GUARDIAN: (
        Basis.BIRTH_CERTIFICATE,
        Basis.HOUSEHOLD_REGISTER,
        Basis.COURT_DECISION,
    ),
    RightKind.AGENT: (Basis.BUSINESS_LICENCE, Basis.POWER_OF_ATTORNEY),
}


@dataclass(frozen=True)
class Right:
    """One right that holds today."""

    id: str
    kind: RightKind
    holder: Holder
    basis: Basis
    until: date


@dataclass(frozen=True)
class Proof:
    """The record behind a right: which kind, and its own number."""

    basis: Basis
    reference: str


def give(
    session: Session,
    actor_id: str,
    kind: RightKind,
    holder: Holder,
    proof: Proof,
    *,
    until: date,
    by: Actor,
) -> Right:
    """Enter that a resident may hold for `holder` through `until`; audited.

    Raises `Invalid` for a basis that proves no such right or a reference that is empty,
    `Refused("right_not_needed")` for a child of age, `Conflict("right_stands_already")`.
    """
    _check(session, actor_id, kind, holder, proof)
    if any(each.holder == holder for each in rights_of(session, actor_id)):
        raise Conflict("right_stands_already")
    if kind is RightKind.GUARDIAN:
        until = min(until, _last_day_as_a_minor(session, holder))
    if until < clock.beijing_today():
        raise Refused("right_not_needed")
    row = HoldingRight(
        id=new_id(),
        actor_id=actor_id,
        kind=kind.value,
        resident_id=holder.id if holder.kind is HolderKind.PERSON else None,
        organisation_id=holder.id if holder.kind is HolderKind.ORGANISATION else None,
        basis=proof.basis.value,
        given_by=f"{by.kind}:{by.id}",
        given_at=clock.now(),
        until=until,
    )
    row.basis_sealed = keyring_of(session).seal(
        proof.reference, table="holding_right", column="basis", row=row.id
    )
    session.add(row)
    session.flush()
    facts = {"kind": kind.value, "basis": proof.basis.value, "until": until.isoformat()}
    subject = Subject("holding_right", row.id)
    note(session, AuditEvent.HOLDING_RIGHT_GIVEN, actor=by, subject=subject, facts=facts)
    return _right(row)


def require_standing(session: Session, right_id: str) -> HoldingRight:
    """Return a right that nobody has ended, held for this unit of work; else `NotFound`."""
    row = session.get(HoldingRight, right_id, with_for_update=True)
    if row is None or row.revoked_at is not None:
        raise NotFound("right_not_found")
    return row


def revoke_right(
    session: Session, right_id: str, *, by: Actor, why: RightEnd = RightEnd.ASKED
) -> None:
    """End a right at once; `NotFound` where none stands."""
    row = require_standing(session, right_id)
    row.revoked_at, row.revoked_by = clock.now(), f"{by.kind}:{by.id}"
    session.flush()
    subject = Subject("holding_right", row.id)
    facts = {"why": why.value}
    note(session, AuditEvent.HOLDING_RIGHT_REVOKED, actor=by, subject=subject, facts=facts)


def rights_of(session: Session, actor_id: str) -> list[Right]:
    """Return the rights of one resident that hold today, in the order in which they were given."""
    standing = select(HoldingRight).where(
        HoldingRight.actor_id == actor_id,
        HoldingRight.revoked_at.is_(None),
        HoldingRight.until >= clock.beijing_today(),
    )
    return [_right(row) for row in session.scalars(standing.order_by(HoldingRight.id))]


def holders_for(session: Session, actor_id: str) -> list[Holder]:
    """Return whose wallets a resident may open: his own first."""
    return [person(actor_id), *(each.holder for each in rights_of(session, actor_id))]


def who_holds_for(session: Session, holder: Holder) -> list[str]:
    """Return the residents that may hold for `holder`, himself first where he is a person."""
    column = (
        HoldingRight.resident_id
        if holder.kind is HolderKind.PERSON
        else HoldingRight.organisation_id
    )
    standing = select(HoldingRight.actor_id).where(
        column == holder.id,
        HoldingRight.revoked_at.is_(None),
        HoldingRight.until >= clock.beijing_today(),
    )
    own = [holder.id] if holder.kind is HolderKind.PERSON else []
    return own + list(session.scalars(standing.order_by(HoldingRight.id)))


def require_holder(session: Session, actor_id: str, holder: Holder) -> None:
    """Go on if a resident may hold for `holder`; `NotFound` otherwise, so that nothing is told."""
    if not _holds(session, actor_id, holder):
        raise NotFound("holder_not_found")


def certificate_for(session: Session, actor_id: str, certificate_id: str) -> Certificate:
    """Return a certificate that a resident may hold; `NotFound` for anybody else's and for none."""
    found = session.get(Certificate, certificate_id)
    if found is None or not may_hold(session, actor_id, found):
        raise NotFound("certificate_not_found")
    return found


def may_hold(session: Session, actor_id: str, certificate: Certificate) -> bool:
    """Return whether a resident may hold this certificate today."""
    return _holds(session, actor_id, holder_of(certificate))


def of_age_on(number: str) -> date:
    """Return the day on which the bearer of a citizen's number is of age (民法典 17)."""
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    try:
        return born.replace(year=born.year + OF_AGE_YEARS)
    except ValueError:
        # Born on 29 February: of age when that day has passed.
        return date(born.year + OF_AGE_YEARS, 3, 1)


def _holds(session: Session, actor_id: str, holder: Holder) -> bool:
    # One's own needs no right, and is what is asked for most.
    return holder == person(actor_id) or holder in holders_for(session, actor_id)


def _check(session: Session, actor_id: str, kind: RightKind, holder: Holder, proof: Proof) -> None:
    faults = []
    if proof.basis not in BASES[kind]:
        faults.append(FieldFault("basis", "basis_unfit"))
    if not proof.reference.strip():
        faults.append(FieldFault("reference", "missing"))
    of_person = holder.kind is HolderKind.PERSON
    if of_person is not (kind is RightKind.GUARDIAN) or holder == person(actor_id):
        faults.append(FieldFault("holder", "holder_unfit"))
    if faults:
        raise Invalid("right_invalid", fields=faults)


def _last_day_as_a_minor(session: Session, holder: Holder) -> date:
    code_kind, number = code_of(session, holder)
    if code_kind is not HolderCode.CITIZEN:
        raise Refused("age_unknown")
    return of_age_on(number) - timedelta(days=1)


def _right(row: HoldingRight) -> Right:
    holder = (
        organisation(row.organisation_id) if row.organisation_id else person(row.resident_id or "")
    )
    return Right(row.id, RightKind(row.kind), holder, Basis(row.basis), row.until)
