"""
What is done with certificates: issue, attach a document, record a look.

How one ends or is replaced stands in `versions`.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.certificates.certificate_types import ISSUED_HERE, certificate_type
from kiosk_server.certificates.digests import algorithm_in_force, digest_of
from kiosk_server.certificates.facts import Fact, seal_facts
from kiosk_server.certificates.identifier import build as build_identifier
from kiosk_server.certificates.lives import LIFE, CertificateState, CertificateVerb
from kiosk_server.certificates.models import (
    Certificate,
    CertificateDocument,
    CertificateNumber,
)
from kiosk_server.certificates.rules import (
    CODE_LENGTH,
    Verdict,
)
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import FieldFault, Invalid
from kiosk_server.core.identifiers import CROCKFORD, new_code, new_id
from kiosk_server.core.masking import mask_name

ANYBODY = Actor(kind="public", id="anybody")
"""Who checks a paper is asked for no name, and none is noted."""

HERE, PLATFORM = "here", "platform"
"""Origins: issued by this product; found at a department."""

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
    issuer_code: str | None = None,
    type_id: str = ISSUED_HERE,
) -> Certificate:
    """Issue one proof (`series` RS: `RS-2026-000468`) with its unguessable code, and audit it.

    Of `holder_name` only the masked form is kept; an identifier (GB/T 36904) is given where the
    type's code and `issuer_code` are known. Documents are joined by `attach_document`.
    """
    today = clock.beijing_today()
    number = next_number(session, series, today.year)
    certificate = Certificate(
        id=new_id(),
        type_id=type_id,
        origin=HERE,
        number=number,
        identifier=_identifier(type_id, issuer_code, number),
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
        state=LIFE.after(CertificateState.PREPARED, CertificateVerb.ISSUE),
    )
    certificate.facts_sealed = seal_facts(keyring_of(session), certificate.id, facts)
    session.add(certificate)
    session.flush()
    return _noted_issue(session, certificate, by)


def _noted_issue(session: Session, certificate: Certificate, by: Actor) -> Certificate:
    issued = {"item": certificate.item_code or "", "case": certificate.case_id or ""}
    note_about(session, AuditEvent.CERTIFICATE_ISSUED, certificate, by=by, facts=issued)
    return certificate


def attach_document(
    session: Session,
    certificate: Certificate,
    *,
    file_id: str,
    content: bytes,
    reprint: bool = False,
) -> CertificateDocument:
    """Join one document to its certificate, so that an offered file can be compared with it.

    Its digest is taken with the algorithm in force, which is named beside it. Joining the same
    bytes again changes nothing.
    """
    algorithm = algorithm_in_force(session)
    digest = digest_of(content, algorithm)
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
        digest_algorithm=algorithm.value,
        reprint=reprint,
        made_at=clock.now(),
    )
    session.add(document)
    session.flush()
    return document


def record_refusal(session: Session, certificate: Certificate | None, *, verdict: Verdict) -> None:
    """Audit that a paper was found unknown or altered; what was shown is not kept."""
    refused = {"reason": verdict.word}
    note_about(session, AuditEvent.CERTIFICATE_REFUSED, certificate, by=ANYBODY, facts=refused)


def note_about(
    session: Session,
    event: AuditEvent,
    certificate: Certificate | None,
    *,
    by: Actor,
    facts: Mapping[str, str | int],
) -> None:
    """Audit what happened to one certificate, or to none that is known."""
    subject = Subject("certificate", certificate.id) if certificate is not None else None
    note(session, event, actor=by, subject=subject, facts=facts)


def _identifier(type_id: str, issuer_code: str | None, number: str) -> str | None:
    code = certificate_type(type_id).code
    if code is None or issuer_code is None:
        return None
    return build_identifier(code, issuer_code, number.replace("-", ""))


def next_number(session: Session, series: str, year: int) -> str:
    """Return the next number of a series; two issues at once never get the same one."""
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
