"""What is done with proofs: issue, attach a document, revoke, record a look."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.certificates.facts import Fact, seal_facts
from kiosk_server.certificates.models import (
    Certificate,
    CertificateDocument,
    CertificateNumber,
    UsageRecord,
)
from kiosk_server.certificates.rules import (
    CODE_LENGTH,
    LIFE,
    CertificateState,
    CertificateVerb,
    Channel,
    RevocationReason,
    Verdict,
)
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import FieldFault, Invalid
from kiosk_server.core.identifiers import CROCKFORD, new_code, new_id
from kiosk_server.core.masking import mask_name

ANYBODY = Actor(kind="public", id="anybody")
"""Who checks a paper is asked for no name, and none is noted."""

_LONGEST_SERIES = 20


def issue(
    session: Session,
    *,
    series: str,
    kind: str,
    item_code: str,
    item_version_id: str,
    case_id: str,
    resident_id: str,
    holder_name: str,
    issuer: str,
    facts: Sequence[Fact],
    good_for: str,
    not_good_for: str,
    by: Actor,
    valid_until: date | None = None,
    bears_seal: bool = False,
    sample: bool = False,
) -> Certificate:
    """Issue one proof, with its number and its unguessable code, and audit it.

    `series` begins the number (`RS` gives `RS-2026-000468`). Of `holder_name` only the masked
    form is kept. The document is made afterwards and joined by `attach_document`.
    """
    today = clock.beijing_today()
    certificate = Certificate(
        id=new_id(),
        number=_next_number(session, series, today.year),
        code=new_code(CODE_LENGTH, CROCKFORD),
        kind=kind,
        item_code=item_code,
        item_version_id=item_version_id,
        case_id=case_id,
        resident_id=resident_id,
        issuer=issuer,
        issued_on=today,
        issued_at=clock.now(),
        valid_until=valid_until,
        masked_holder=mask_name(holder_name),
        good_for=good_for,
        not_good_for=not_good_for,
        bears_seal=bears_seal,
        sample=sample,
        state=CertificateState.VALID,
    )
    certificate.facts_sealed = seal_facts(keyring_of(session), certificate.id, facts)
    session.add(certificate)
    session.flush()
    issued = {"item": item_code, "case": case_id}
    _note(session, AuditEvent.CERTIFICATE_ISSUED, certificate, by=by, facts=issued)
    return certificate


def attach_document(
    session: Session, certificate: Certificate, *, file_id: str, digest: str, reprint: bool = False
) -> CertificateDocument:
    """Join one document to its proof, so that an offered file can be compared with it.

    `digest` is the SHA-256 of its bytes in hexadecimal. Joining the same bytes again changes
    nothing.
    """
    known = session.scalars(
        select(CertificateDocument).where(
            CertificateDocument.certificate_id == certificate.id,
            CertificateDocument.digest == digest,
        )
    ).one_or_none()
    if known is not None:
        return known
    document = CertificateDocument(
        id=new_id(),
        certificate_id=certificate.id,
        file_id=file_id,
        digest=digest,
        reprint=reprint,
        made_at=clock.now(),
    )
    session.add(document)
    session.flush()
    return document


def revoke(
    session: Session, certificate: Certificate, *, reason: RevocationReason, by: Actor
) -> Certificate:
    """Withdraw the issuer's word for a proof for good; WrongState when that was done before."""
    state = CertificateState(certificate.state)
    certificate.state = LIFE.after(state, CertificateVerb.REVOKE)
    certificate.revoked_at = clock.now()
    certificate.revoked_reason = reason
    revoked = {"reason": reason.value}
    _note(session, AuditEvent.CERTIFICATE_REVOKED, certificate, by=by, facts=revoked)
    return certificate


def record_look(
    session: Session, certificate: Certificate, *, channel: Channel, verdict: Verdict
) -> UsageRecord:
    """Record that somebody saw what a proof says, for its holder; nothing of the looker (P39)."""
    record = UsageRecord(
        id=new_id(),
        certificate_id=certificate.id,
        at=clock.now(),
        channel=channel,
        outcome=verdict.word,
    )
    session.add(record)
    seen = {"channel": channel.value, "outcome": verdict.word}
    _note(session, AuditEvent.CERTIFICATE_VERIFIED, certificate, by=ANYBODY, facts=seen)
    return record


def record_refusal(session: Session, certificate: Certificate | None, *, verdict: Verdict) -> None:
    """Audit that a paper was found unknown or altered; what was shown is not kept."""
    refused = {"reason": verdict.word}
    _note(session, AuditEvent.CERTIFICATE_REFUSED, certificate, by=ANYBODY, facts=refused)


def _note(
    session: Session,
    event: AuditEvent,
    certificate: Certificate | None,
    *,
    by: Actor,
    facts: Mapping[str, str],
) -> None:
    subject = Subject("certificate", certificate.id) if certificate is not None else None
    note(session, event, actor=by, subject=subject, facts=facts)


def _next_number(session: Session, series: str, year: int) -> str:
    """The next number of a series; two issues at once never get the same one."""
    if not series.isascii() or not series.isalnum() or len(series) > _LONGEST_SERIES:
        raise Invalid(fields=[FieldFault("series", "series_unfit")])
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(CertificateNumber).values(series=series, year=year, last=1)
    statement = statement.on_conflict_do_update(
        index_elements=[CertificateNumber.series, CertificateNumber.year],
        set_={"last": CertificateNumber.last + 1},
    )
    running = session.scalars(statement.returning(CertificateNumber.last)).one()
    return f"{series}-{year}-{running:06d}"
