"""What may be asked about certificates and their papers. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.certificates.digests import DigestAlgorithm, digest_of
from kiosk_server.certificates.facts import Fact, open_facts
from kiosk_server.certificates.lives import CertificateState
from kiosk_server.certificates.models import Certificate, CertificateDocument, UsageRecord
from kiosk_server.certificates.rules import (
    MAC_PURPOSE,
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


@dataclass(frozen=True)
class Finding:
    """A verdict, and the proof it is about unless there is none or the paper is not its own."""

    verdict: Verdict
    certificate: Certificate | None
    with_check: bool = False
    """Whether the check came along, as it does from a scanned code."""
    readable: bool = True
    """Whether what was given can be a code at all; what cannot is no guess."""

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
        return Finding(Verdict(Reason.UNKNOWN), None, claim.check is not None)
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


def token_of(session: Session, certificate: Certificate) -> str:
    """What the QR on the paper says after `/v/`: `code-check`."""
    return token(printed(certificate), mac_of(session))


def facts_of(session: Session, certificate: Certificate) -> tuple[Fact, ...]:
    """The lines to compare with the paper; SealBroken when the cell was tampered with."""
    return open_facts(keyring_of(session), certificate.id, certificate.facts_sealed)


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


def looks_of(session: Session, resident_id: str, *, limit: int = 200) -> Sequence[UsageRecord]:
    """Each look at one resident's proofs, for himself, the newest first: when, how, outcome."""
    return session.scalars(
        select(UsageRecord)
        .join(Certificate, Certificate.id == UsageRecord.certificate_id)
        .where(Certificate.resident_id == resident_id)
        .order_by(UsageRecord.at.desc(), UsageRecord.id.desc())
        .limit(limit)
    ).all()


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
