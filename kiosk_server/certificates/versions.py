"""
How a certificate changes after it was issued: a new version (延续、更正), withheld and given back
(暂扣、发还), and its ends (注销、撤销、吊销、失效).

Whoever made the change is the issuer's: what departments issued is changed here only to follow
what they say (`wallet_keeping`).
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor
from kiosk_server.certificates.facts import Fact, seal_facts
from kiosk_server.certificates.identifier import Identifier, parse
from kiosk_server.certificates.lives import LIFE, CertificateState, CertificateVerb, ChangeReason
from kiosk_server.certificates.models import Certificate
from kiosk_server.certificates.rules import CODE_LENGTH
from kiosk_server.certificates.services import next_number, note_about
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.identifiers import CROCKFORD, new_code, new_id
from kiosk_server.core.masking import mask_name

_ENDS = {
    CertificateVerb.CANCEL: AuditEvent.CERTIFICATE_CANCELLED,
    CertificateVerb.RESCIND: AuditEvent.CERTIFICATE_RESCINDED,
    CertificateVerb.REVOKE: AuditEvent.CERTIFICATE_REVOKED,
    CertificateVerb.LAPSE: AuditEvent.CERTIFICATE_LAPSED,
    CertificateVerb.WITHHOLD: AuditEvent.CERTIFICATE_WITHHELD,
    CertificateVerb.RESTORE: AuditEvent.CERTIFICATE_RESTORED,
    CertificateVerb.RENEW: AuditEvent.CERTIFICATE_SUPERSEDED,
    CertificateVerb.CORRECT: AuditEvent.CERTIFICATE_SUPERSEDED,
}


def renew(
    session: Session, old: Certificate, *, facts: Sequence[Fact], valid_until: date, by: Actor
) -> Certificate:
    """Issue the next version with a new last day; the old one stops verifying at once.

    Raises `WrongState` unless the old one is valid or lapsed.
    """
    change(session, old, CertificateVerb.RENEW, reason=ChangeReason.REPLACED, by=by)
    return _next_version(session, old, facts=facts, valid_until=valid_until, by=by)


def correct(
    session: Session,
    old: Certificate,
    *,
    facts: Sequence[Fact],
    by: Actor,
    holder_name: str | None = None,
) -> Certificate:
    """Issue a corrected version (P32); the wrong one stops verifying at once.

    `holder_name` is given where the name was wrong. Raises `WrongState` unless the old one is
    valid: what is withheld is given back first.
    """
    change(session, old, CertificateVerb.CORRECT, reason=ChangeReason.RECORD_CORRECTED, by=by)
    new = _next_version(session, old, facts=facts, valid_until=old.valid_until, by=by)
    if holder_name is not None:
        new.masked_holder = mask_name(holder_name)
        session.flush()
    return new


def change(
    session: Session,
    certificate: Certificate,
    verb: CertificateVerb,
    *,
    reason: ChangeReason,
    by: Actor,
) -> None:
    """Change the state by one verb of the table and audit it; `WrongState` where it has none."""
    certificate.state = LIFE.after(CertificateState(certificate.state), verb)
    certificate.changed_at = clock.now()
    certificate.changed_reason = reason
    session.flush()
    facts = {"verb": verb.value, "reason": reason.value, "version": certificate.version}
    note_about(session, _ENDS[verb], certificate, by=by, facts=facts)


def withhold(
    session: Session, certificate: Certificate, *, reason: ChangeReason, by: Actor
) -> None:
    """Take it away for a while (暂扣)."""
    change(session, certificate, CertificateVerb.WITHHOLD, reason=reason, by=by)


def restore(session: Session, certificate: Certificate, *, by: Actor) -> None:
    """Give it back (暂扣发还)."""
    verb, reason = CertificateVerb.RESTORE, ChangeReason.INQUIRY_OVER
    change(session, certificate, verb, reason=reason, by=by)


def cancel(session: Session, certificate: Certificate, *, reason: ChangeReason, by: Actor) -> None:
    """End it in order (注销)."""
    change(session, certificate, CertificateVerb.CANCEL, reason=reason, by=by)


def rescind(session: Session, certificate: Certificate, *, reason: ChangeReason, by: Actor) -> None:
    """Declare that it should never have been issued (撤销)."""
    change(session, certificate, CertificateVerb.RESCIND, reason=reason, by=by)


def revoke(session: Session, certificate: Certificate, *, reason: ChangeReason, by: Actor) -> None:
    """Take it away for good as a penalty (吊销)."""
    change(session, certificate, CertificateVerb.REVOKE, reason=reason, by=by)


def let_lapse(session: Session, *, by: Actor) -> int:
    """Let everything lapse (失效) whose last day is past in Beijing; return how many.

    Verifying never waits for this: what is past its day is refused from midnight on.
    """
    past = (
        select(Certificate)
        .where(
            Certificate.state.in_([CertificateState.VALID, CertificateState.WITHHELD]),
            Certificate.valid_until < clock.beijing_today(),
        )
        .with_for_update(skip_locked=True)
    )
    lapsed = list(session.scalars(past))
    for certificate in lapsed:
        verb, reason = CertificateVerb.LAPSE, ChangeReason.TIME_OVER
        change(session, certificate, verb, reason=reason, by=by)
    return len(lapsed)


def _next_version(
    session: Session,
    old: Certificate,
    *,
    facts: Sequence[Fact],
    valid_until: date | None,
    by: Actor,
) -> Certificate:
    today = clock.beijing_today()
    series = (old.number or "").partition("-")[0]
    new = Certificate(
        id=new_id(),
        type_id=old.type_id,
        origin=old.origin,
        number=next_number(session, series, today.year),
        # A code of its own: whoever scans the old paper must not be shown the new one.
        code=new_code(CODE_LENGTH, CROCKFORD),
        identifier=_next_identifier(old),
        version=old.version + 1,
        succeeds_id=old.id,
        kind=old.kind,
        item_code=old.item_code,
        item_version_id=old.item_version_id,
        case_id=old.case_id,
        resident_id=old.resident_id,
        organisation_id=old.organisation_id,
        issuer=old.issuer,
        issued_on=today,
        issued_at=clock.now(),
        valid_from=None,
        valid_until=valid_until,
        masked_holder=old.masked_holder,
        good_for=old.good_for,
        not_good_for=old.not_good_for,
        bears_seal=False,
        sample=old.sample,
        state=LIFE.after(CertificateState.PREPARED, CertificateVerb.ISSUE),
    )
    new.facts_sealed = seal_facts(keyring_of(session), new.id, facts)
    session.add(new)
    session.flush()
    issued: dict[str, str | int] = {"version": new.version, "succeeds": old.id}
    note_about(session, AuditEvent.CERTIFICATE_ISSUED, new, by=by, facts=issued)
    return new


def _next_identifier(old: Certificate) -> str | None:
    if old.identifier is None:
        return None
    known = parse(old.identifier)
    return Identifier(*known.without_version, known.version + 1).text
