"""
What issuers are asked and told beyond finding: their own file of a certificate, whether they stand
by it, and that a certificate of theirs was used (用证反馈).

Departments are asked between units of work. That one is down never keeps a holder from his own
view, and a report that could not be delivered is delivered later, by the outbox.
"""

from sqlalchemy.orm import Session

from kiosk_server.certificates.models import Certificate, UsageRecord
from kiosk_server.certificates.ports import (
    CertificatePlatform,
    Errand,
    FetchedFile,
    FileKind,
    FileVerdict,
    SourceDown,
    Use,
)
from kiosk_server.certificates.rights import certificate_for
from kiosk_server.certificates.services import PLATFORM
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Unavailable
from kiosk_server.outbox.lanes import DEPARTMENTS
from kiosk_server.outbox.services import emit

USE_TOLD = "certificate.use_told"
_PURPOSE = "用证反馈"
_OF_STAFF = "staff"
"""A look of staff into a log is no use of the certificate."""


def issuers_picture(
    database: Database,
    platform: CertificatePlatform | None,
    actor_id: str,
    certificate_id: str,
    errand: Errand,
) -> bytes | None:
    """Return the issuer's own picture of a certificate, if it has one and stands by it (PNG).

    `NotFound` for anybody else's certificate.
    """
    with database.reading() as session:
        row = certificate_for(session, actor_id, certificate_id)
        identifier = row.identifier if row.origin == PLATFORM else None
    if platform is None or identifier is None:
        return None
    fetched = platform.fetch_file(identifier, FileKind.PNG, errand)
    if not isinstance(fetched, FetchedFile):
        return None
    verdict = platform.verify_file(fetched.data, errand)
    genuine = isinstance(verdict, FileVerdict) and verdict.genuine
    return fetched.data if genuine else None


def tell_later(session: Session, certificate: Certificate, record: UsageRecord) -> None:
    """Let the issuer be told of one look that showed his certificate; others he is not told of."""
    if certificate.origin != PLATFORM or certificate.identifier is None:
        return
    if record.outcome == "genuine" and record.channel != _OF_STAFF:
        emit(session, USE_TOLD, {"use": record.id}, lane=DEPARTMENTS)


def tell_issuer(database: Database, platform: CertificatePlatform | None, use_id: str) -> None:
    """Tell the issuer: scene and time, and nobody's place (P39).

    A use that its holder's log has forgotten meanwhile is not told any more. Raises `Unavailable`
    where the service is down: the outbox tries again.
    """
    with database.reading() as session:
        record = session.get(UsageRecord, use_id)
        if record is None or platform is None:
            return
        certificate = session.get_one(Certificate, record.certificate_id)
        identifier = certificate.identifier or ""
        use = Use(record.scene or "", record.at)
    if isinstance(platform.report_use(identifier, use, Errand(_PURPOSE, "system")), SourceDown):
        raise Unavailable
