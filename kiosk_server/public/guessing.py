"""
Limits on guessing codes, without keeping who looks at what (P39).

Wrong codes are counted per group of addresses under a name that changes every day and cannot be
turned back into an address. Halls and phone networks share addresses, so the limit is wide; a
code of 130 bits is not found by trying, the limit only keeps the trying cheap for us.
"""

from datetime import timedelta

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.certificates.queries import Finding
from kiosk_server.certificates.rules import Reason
from kiosk_server.certificates.services import ANYBODY, record_refusal
from kiosk_server.core.database import Database
from kiosk_server.core.limits import attempts, count_attempt
from kiosk_server.core.neighbourhood import neighbourhood

WRONG_PER_NEIGHBOURHOOD = 60
WRONG_PER_CODE = 50
WINDOW = timedelta(minutes=15)

_BY_NEIGHBOURHOOD = "verify_wrong"
_BY_CODE = "verify_check"


def must_wait(session: Session, address: str | None) -> bool:
    """Whether this neighbourhood has tried too many wrong codes lately."""
    name = neighbourhood(session, address)
    return attempts(session, _BY_NEIGHBOURHOOD, name) >= WRONG_PER_NEIGHBOURHOOD


def count_wrong(database: Database, address: str | None, finding: Finding) -> None:
    """Count and audit one wrong code; the last one that is allowed is audited as a burst.

    Raises TooMany past the limit. Wrong checks of one right code are counted over all
    neighbourhoods too; past that limit only wrong checks are told to wait, so that nobody can
    lock a paper for others.
    """
    with database.unit_of_work() as session:
        name = neighbourhood(session, address)
        left = _count(session, name)
        record_refusal(session, finding.certificate, verdict=finding.verdict)
        if left == 0:
            _note_burst(session, name)
    if finding.verdict.reason is Reason.ALTERED and finding.certificate is not None:
        with database.unit_of_work() as session:
            certificate = finding.certificate.id
            count_attempt(session, _BY_CODE, certificate, limit=WRONG_PER_CODE, window=WINDOW)


def count_stray(database: Database, address: str | None) -> None:
    """Count one code that opens nothing, the last one is audited; TooMany past the limit."""
    with database.unit_of_work() as session:
        name = neighbourhood(session, address)
        if _count(session, name) == 0:
            _note_burst(session, name)


def make_wait(database: Database, address: str | None) -> None:
    """Raise TooMany with the seconds that are left, if this neighbourhood still must wait."""
    with database.unit_of_work() as session:
        if must_wait(session, address):
            _count(session, neighbourhood(session, address))


def _note_burst(session: Session, name: str) -> None:
    facts = {"wrong": WRONG_PER_NEIGHBOURHOOD}
    subject = Subject("neighbourhood", name)
    note(session, AuditEvent.VERIFY_GUESSING, actor=ANYBODY, subject=subject, facts=facts)


def _count(session: Session, name: str) -> int:
    return count_attempt(
        session, _BY_NEIGHBOURHOOD, name, limit=WRONG_PER_NEIGHBOURHOOD, window=WINDOW
    )
