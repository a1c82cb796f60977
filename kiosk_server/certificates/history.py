"""
What became of a certificate, for who holds it (证照历史): its versions, and each look at it.

    versions_of(session, certificate)   -> every version, the newest first
    uses_of(session, certificate_id)    -> the latest looks, the newest first

Whether the asker holds it is `rights.certificate_for`'s to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.certificates.lives import CertificateState
from kiosk_server.certificates.models import Certificate, UsageRecord


@dataclass(frozen=True)
class Version:
    """One version; `changed_at` is when it stopped standing as it was issued."""

    id: str
    number: int
    issued_on: date
    state: CertificateState
    changed_at: datetime | None
    changed_reason: str | None


def versions_of(session: Session, certificate: Certificate) -> list[Version]:
    """Return every version before and after *certificate*, itself among them, the newest first."""
    older, newer = [certificate], []
    while (before := older[-1].succeeds_id) is not None:
        older.append(session.get_one(Certificate, before))
    at: Certificate | None = certificate
    while at is not None:
        wanted = select(Certificate).where(Certificate.succeeds_id == at.id)
        at = session.scalars(wanted.order_by(Certificate.id.desc())).first()
        if at is not None:
            newer.append(at)
    return [_version(row) for row in (*reversed(newer), *older)]


def uses_of(session: Session, certificate_id: str, *, limit: int = 20) -> Sequence[UsageRecord]:
    """Return the latest looks at one certificate: when, how, and what the looker was told."""
    looks = select(UsageRecord).where(UsageRecord.certificate_id == certificate_id)
    ordered = looks.order_by(UsageRecord.at.desc(), UsageRecord.id.desc())
    return session.scalars(ordered.limit(limit)).all()


def _version(row: Certificate) -> Version:
    return Version(
        id=row.id,
        number=row.version,
        issued_on=row.issued_on,
        state=CertificateState(row.state),
        changed_at=row.changed_at,
        changed_reason=row.changed_reason,
    )
