"""
The right to a print that a case has, whatever became of earlier ones (凭卡打印): no code, his card.

    give(session, case_id, resident_id)      for a paper that is paid, and was never asked to print
    right_until(session, case_id)            until when any right of the case stands
    take_up(session, visit, job_id)          the right that a failed print leaves, by the card alone
    use_first(session, case_id, job)         the first print uses the right up; no 重打
    let_fall(session, case_id)               money takes the paper's place

Whoever calls holds the case's row: a right is given, used and let fall one after the other.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import Refused
from kiosk_server.core.identifiers import new_id
from kiosk_server.printing import rules
from kiosk_server.printing.models import PrintJob, ReprintRight
from kiosk_server.printing.reprints import right_for
from kiosk_server.visits.models import Visit


def give(session: Session, case_id: str, resident_id: str) -> ReprintRight:
    """Give 24 hours from now to print a case's paper for the first time, at any terminal."""
    now = clock.now()
    right = _unprinted(session, case_id)
    if right is None:
        right = ReprintRight(
            id=new_id(), case_id=case_id, resident_id=resident_id, granted_at=now, expires_at=now
        )
        session.add(right)
    right.granted_at, right.expires_at = now, now + rules.REPRINT_LIFE
    right.used_at = right.used_job_id = None
    note(
        session,
        AuditEvent.REPRINT_GRANTED,
        actor=SYSTEM,
        subject=Subject("case", case_id),
        facts={"right": right.id},
    )
    session.flush()
    return right


def right_until(session: Session, case_id: str) -> datetime | None:
    """Return when the last right of a case ends that stands and was not used; None for none."""
    standing = select(ReprintRight.expires_at).where(
        ReprintRight.case_id == case_id,
        ReprintRight.used_at.is_(None),
        ReprintRight.expires_at > clock.now(),
    )
    return session.scalar(standing.order_by(ReprintRight.expires_at.desc()).limit(1))


def take_up(session: Session, visit: Visit, job_id: str) -> ReprintRight:
    """
    Return the right to print *job_id* once more, for its holder's card in another visit.

    It stands for 24 hours after the print failed, and as long as a code that was told. Raises
    `Refused` with `card_first`, `reprint_not_open`, `reprint_used` or `reprint_expired`.
    """
    job, right = right_for(session, job_id)
    if visit.resident_id != right.resident_id:
        raise Refused("card_first")
    failed_at = job.ended_at or clock.now()
    if max(right.expires_at, failed_at + rules.REPRINT_LIFE) <= clock.now():
        raise Refused("reprint_expired")
    right.expires_at = max(right.expires_at, failed_at + rules.REPRINT_LIFE)
    return right


def use_first(session: Session, case_id: str, job: PrintJob) -> None:
    """Use up the right to a first print, where there is one, for *job*."""
    right = _unprinted(session, case_id)
    if right is not None and right.used_at is None:
        right.used_at, right.used_job_id = clock.now(), job.id
        session.flush()


def let_fall(session: Session, case_id: str) -> int:
    """End every right of a case that stands; return how many there were."""
    now = clock.now()
    standing = select(ReprintRight).where(
        ReprintRight.case_id == case_id,
        ReprintRight.used_at.is_(None),
        ReprintRight.expires_at > now,
    )
    rights = session.scalars(standing.with_for_update()).all()
    for right in rights:
        right.expires_at = now
    session.flush()
    return len(rights)


def _unprinted(session: Session, case_id: str) -> ReprintRight | None:
    wanted = select(ReprintRight).where(
        ReprintRight.case_id == case_id, ReprintRight.job_id.is_(None)
    )
    return session.scalars(wanted.with_for_update()).one_or_none()
