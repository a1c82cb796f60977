"""
What an objector hands in to prove his words (佐证材料): a photograph or PDF, known by content.

    evidence_of(data)                                          -> Evidence
    add_evidence(session, actor_id, objection_id, data, *, by)

A photograph is drawn anew (`files.pictures`), a PDF is kept as it is and only ever handed out to be
saved, never shown by the house. What a phone says of a file's type or name is not listened to.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.certificates.models import Objection, ObjectionEvidence
from kiosk_server.certificates.objection_rules import (
    LARGEST_FILE_BYTES,
    MOST_FILES,
    OPEN,
    ObjectionState,
)
from kiosk_server.certificates.objections import Evidence, keep_evidence, objection_for
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, WrongState
from kiosk_server.files import pictures
from kiosk_server.files.pictures import PictureRefused

_PDF = "application/pdf"
_PDF_BEGINS, _PDF_ENDS = b"%PDF-", b"%%EOF"
_END_LIES_WITHIN = 1024


def evidence_of(data: bytes) -> Evidence:
    """Return a file as it is kept; `Invalid("evidence_invalid")` for what is no such file.

    Its one field fault is `missing`, `too_large` (4 MiB, 40 million pixels) or `file_unknown`.
    """
    if not data:
        raise _invalid("missing")
    if len(data) > LARGEST_FILE_BYTES:
        raise _invalid("too_large")
    if data.startswith(_PDF_BEGINS):
        if _PDF_ENDS not in data[-_END_LIES_WITHIN:]:
            raise _invalid("file_unknown")
        return Evidence(data, _PDF)
    try:
        return Evidence(pictures.redrawn(data), pictures.MEDIA_TYPE)
    except PictureRefused as refused:
        code = "too_large" if refused.code == "too_large" else "file_unknown"
        raise _invalid(code) from None


def add_evidence(
    session: Session, actor_id: str, objection_id: str, evidence: Evidence, *, by: Actor
) -> str:
    """Add a file to one's own objection until it is answered; return the file's id.

    Raises `NotFound`, `WrongState`, and `Conflict("evidence_enough")` beyond five.
    """
    objection_for(session, actor_id, objection_id)
    objection = session.get_one(Objection, objection_id, with_for_update=True)
    if ObjectionState(objection.state) not in OPEN:
        raise WrongState("wrong_state", state=objection.state)
    kept = select(func.count()).where(ObjectionEvidence.objection_id == objection_id)
    if (session.scalar(kept) or 0) >= MOST_FILES:
        raise Conflict("evidence_enough")
    row = keep_evidence(session, objection, evidence)
    subject = Subject("objection", objection.id)
    facts = {"file": row.file_id}
    note(session, AuditEvent.OBJECTION_EVIDENCE_ADDED, actor=by, subject=subject, facts=facts)
    session.flush()
    return row.file_id


def _invalid(code: str) -> Invalid:
    return Invalid("evidence_invalid", fields=[FieldFault("evidence", code)])
