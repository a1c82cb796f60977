"""What may be asked about certificates and their papers. Nothing here writes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.certificates.digests import DigestAlgorithm, digest_of
from kiosk_server.certificates.facts import Fact, open_facts
from kiosk_server.certificates.lives import CertificateState
from kiosk_server.certificates.models import (
    AnnotatedCopy,
    Certificate,
    CertificateDocument,
)
from kiosk_server.certificates.rules import (
    MAC_PURPOSE,
    Claim,
    Mac,
    Printed,
    Reason,
    Standing,
    Verdict,
    check_holds,
    judge,
    read_token,
    token,
)
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import NotFound


@dataclass(frozen=True)
class CopyWords:
    """What stands on a copy besides the certificate: why, for whom, until when, which lines."""

    number: str
    purpose: str
    recipient: str
    valid_until: date
    facts: tuple[Fact, ...] = field(repr=False)


@dataclass(frozen=True)
class Finding:
    """A verdict, and the proof it is about unless there is none or the paper is not its own."""

    verdict: Verdict
    certificate: Certificate | None
    with_check: bool = False
    """Whether the check came along, as it does from a scanned code."""
    readable: bool = True
    """Whether what was given can be a code at all; what cannot is no guess."""
    copy: CopyWords | None = None
    """What a copy (加注件) says of itself, where the code is one's."""

    @property
    def shown(self) -> Certificate | None:
        """The proof whose data may stand beside the verdict; an altered paper shows none."""
        return None if self.verdict.reason is Reason.ALTERED else self.certificate


def find(session: Session, text: str, *, offered: bytes | None = None) -> Finding:
    """Judge what somebody scanned or typed, today in Beijing; `offered`: a document with it."""
    claim = read_token(text)
    if claim is None:
        return Finding(Verdict(Reason.UNKNOWN), None, readable=False)
    certificate = session.scalars(
        select(Certificate).where(Certificate.code == claim.code)
    ).one_or_none()
    if certificate is None:
        return _find_copy(session, claim, offered)
    matches: bool | None = None
    if offered is not None:
        matches = is_document_of(session, certificate.id, offered)
    verdict = judge(
        Standing(
            CertificateState(certificate.state), certificate.valid_until, certificate.valid_from
        ),
        check_holds=check_holds(claim, printed(certificate), mac_of(session)),
        document_matches=matches,
        today=clock.beijing_today(),
    )
    return Finding(verdict, certificate, claim.check is not None)


def _find_copy(session: Session, claim: Claim, offered: bytes | None) -> Finding:
    copy = session.scalars(select(AnnotatedCopy).where(AnnotatedCopy.code == claim.code)).first()
    if copy is None:
        return Finding(Verdict(Reason.UNKNOWN), None, claim.check is not None)
    certificate = session.get_one(Certificate, copy.certificate_id)
    matches: bool | None = None
    if offered is not None and copy.digest is not None and copy.digest_algorithm is not None:
        digest = digest_of(offered, DigestAlgorithm(copy.digest_algorithm))
        matches = digest == copy.digest
    until = min(copy.valid_until, certificate.valid_until or copy.valid_until)
    state = CertificateState(certificate.state)
    verdict = judge(
        Standing(state, until, certificate.valid_from, stopped=copy.stopped_at is not None),
        check_holds=check_holds(claim, _printed_on_copy(copy, certificate), mac_of(session)),
        document_matches=matches,
        today=clock.beijing_today(),
    )
    altered = verdict.reason is Reason.ALTERED
    words = None if altered else copy_words(session, copy)
    return Finding(verdict, certificate, claim.check is not None, copy=words)


def copy_words(session: Session, copy: AnnotatedCopy) -> CopyWords:
    """Return what a copy says of itself; SealBroken when a cell was tampered with."""
    keyring, cell = keyring_of(session), {"table": "annotated_copy", "row": copy.id}
    told = json.loads(keyring.open(copy.purpose_sealed, column="purpose", **cell))
    return CopyWords(
        number=copy.number,
        purpose=told["purpose"],
        recipient=keyring.open(copy.recipient_sealed, column="recipient", **cell),
        valid_until=copy.valid_until,
        facts=tuple(Fact(label, value) for label, value in told["facts"]),
    )


def token_of_copy(session: Session, copy: AnnotatedCopy, certificate: Certificate) -> str:
    """What the QR on a copy says after `/v/`: a code of its own, and its check."""
    return token(_printed_on_copy(copy, certificate), mac_of(session))


def _printed_on_copy(copy: AnnotatedCopy, certificate: Certificate) -> Printed:
    return Printed(
        code=copy.code,
        number=copy.number,
        kind=certificate.kind,
        issuer=certificate.issuer,
        issued_on=clock.to_beijing(copy.made_at).date(),
        masked_holder=certificate.masked_holder,
    )


def token_of(session: Session, certificate: Certificate) -> str:
    """What the QR on the paper says after `/v/`: `code-check`."""
    return token(printed(certificate), mac_of(session))


def facts_of(session: Session, certificate: Certificate) -> tuple[Fact, ...]:
    """The lines to compare with the paper; SealBroken when the cell was tampered with."""
    return open_facts(keyring_of(session), certificate.id, certificate.facts_sealed)


def certificate_called(session: Session, text: str) -> Certificate:
    """Return the certificate with this number, identifier or id; `NotFound` for none.

    Of versions that share an identifier it is the newest.
    """
    found = session.scalars(
        select(Certificate)
        .where(
            (Certificate.number == text)
            | (Certificate.identifier == text)
            | (Certificate.id == text)
        )
        .order_by(Certificate.version.desc(), Certificate.id.desc())
        .limit(1)
    ).first()
    if found is None:
        raise NotFound("certificate_not_found")
    return found


def certificate_of_case(session: Session, case_id: str) -> Certificate | None:
    """The latest proof that a case led to."""
    return session.scalars(
        select(Certificate)
        .where(Certificate.case_id == case_id)
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    ).first()


def documents_of(session: Session, certificate_id: str) -> Sequence[CertificateDocument]:
    """Every document made of a proof, the first one first."""
    return session.scalars(
        select(CertificateDocument)
        .where(CertificateDocument.certificate_id == certificate_id)
        .order_by(CertificateDocument.made_at, CertificateDocument.id)
    ).all()


def is_document_of(session: Session, certificate_id: str, offered: bytes) -> bool:
    """Whether `offered` is, byte for byte, a document made of it, second prints included."""
    known = {
        (document.digest_algorithm, document.digest)
        for document in documents_of(session, certificate_id)
    }
    return any(
        (algorithm, digest_of(offered, DigestAlgorithm(algorithm))) in known
        for algorithm in {algorithm for algorithm, _ in known}
    )


def printed(certificate: Certificate) -> Printed:
    """What the check on the paper vouches for."""
    return Printed(
        code=certificate.code,
        number=certificate.number or "",
        kind=certificate.kind,
        issuer=certificate.issuer,
        issued_on=certificate.issued_on,
        masked_holder=certificate.masked_holder,
    )


def mac_of(session: Session) -> Mac:
    """The keyed digest of checks, bound to the server's key."""
    keyring = keyring_of(session)
    return lambda data: keyring.mac(data, purpose=MAC_PURPOSE)
