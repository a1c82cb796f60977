"""
What files of certificates are kept for a while and no longer: copies that are over, and evidence of
objections that were answered. The rows stay: a copy on paper is still looked up by its digest.
"""

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kiosk_server.certificates.models import AnnotatedCopy, Objection, ObjectionEvidence
from kiosk_server.certificates.objection_rules import OPEN
from kiosk_server.core import clock
from kiosk_server.files import services as files

_AT_ONCE = 200


def forget_copy_files(session: Session, kept: timedelta) -> int:
    """Forget both files of copies whose last day is longer ago than *kept*; return how many."""
    over = (
        select(AnnotatedCopy)
        .where(
            AnnotatedCopy.pdf_file_id.is_not(None),
            AnnotatedCopy.valid_until < clock.beijing_today() - kept,
        )
        .order_by(AnnotatedCopy.valid_until)
        .limit(_AT_ONCE)
    )
    forgotten = list(session.scalars(over))
    for copy in forgotten:
        for file_id in (copy.pdf_file_id, copy.png_file_id):
            if file_id is not None:
                files.delete(session, file_id)
        copy.pdf_file_id = copy.png_file_id = None
    session.flush()
    return len(forgotten)


def forget_evidence(session: Session, kept: timedelta) -> int:
    """Forget the evidence of objections that ended longer ago than *kept*; return how many files.

    One that was withdrawn counts from the day on which it was raised.
    """
    ended = func.coalesce(Objection.answered_at, Objection.raised_at)
    over = (
        select(ObjectionEvidence)
        .join(Objection, Objection.id == ObjectionEvidence.objection_id)
        .where(Objection.state.not_in(OPEN), ended < clock.now() - kept)
        .limit(_AT_ONCE)
    )
    forgotten = list(session.scalars(over))
    for evidence in forgotten:
        files.delete(session, evidence.file_id)
    ids = [evidence.id for evidence in forgotten]
    session.execute(delete(ObjectionEvidence).where(ObjectionEvidence.id.in_(ids)))
    return len(forgotten)
