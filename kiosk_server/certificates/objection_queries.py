"""
Objections and reports as they are read: by their raiser, and by who answers them.

    objections_of(session, actor_id), reports_of(session, actor_id)      for himself
    own_objection(session, actor_id, id), own_report(session, actor_id, id)
    open_objections(session), open_reports(session)                      for who answers them
    objection_view(session, objection_id), report_view(session, report_id)
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from kiosk_server.certificates.certificate_types import CertificateType, certificate_type
from kiosk_server.certificates.facts import Fact
from kiosk_server.certificates.models import (
    Certificate,
    Objection,
    ObjectionEvidence,
    RefusalReport,
)
from kiosk_server.certificates.objection_rules import (
    OPEN,
    ObjectionState,
    ReportState,
    is_pressing,
)
from kiosk_server.certificates.objections import objection_for
from kiosk_server.certificates.queries import facts_of
from kiosk_server.certificates.services import HERE
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import NotFound


@dataclass(frozen=True)
class ObjectionView:
    """One objection with its words in clear."""

    id: str
    certificate_id: str
    type: CertificateType
    title: str
    masked_holder: str
    issued_here: bool
    field_id: str
    words: str = field(repr=False)
    facts: tuple[Fact, ...] = field(repr=False)
    """The lines of a proof issued here as they stand now; none of a department's."""
    evidence: tuple[str, ...]
    """Ids of the files that were handed in."""
    state: ObjectionState
    raised_at: datetime
    due_on: date
    due_provisional: bool
    pressing: bool
    acknowledged_by: str | None
    answered_by: str | None
    answer: str | None = field(repr=False)
    refused_for: str | None
    new_certificate_id: str | None


@dataclass(frozen=True)
class ReportView:
    """One report of a refusal with its words in clear."""

    id: str
    type: CertificateType
    scene: str
    place: str = field(repr=False)
    said: str = field(repr=False)
    state: ReportState
    reported_at: datetime
    due_on: date
    pressing: bool
    answered_by: str | None
    answer: str | None = field(repr=False)


def objections_of(session: Session, actor_id: str) -> list[ObjectionView]:
    """Return one resident's objections, the newest first."""
    mine = select(Objection).where(Objection.resident_id == actor_id)
    return [_objection(session, row) for row in session.scalars(mine.order_by(Objection.id.desc()))]


def own_objection(session: Session, actor_id: str, objection_id: str) -> ObjectionView:
    """Return one's own objection; `NotFound` for anybody else's."""
    return _objection(session, objection_for(session, actor_id, objection_id))


def own_report(session: Session, actor_id: str, report_id: str) -> ReportView:
    """Return one's own report; `NotFound` for anybody else's."""
    row = session.get(RefusalReport, report_id)
    if row is None or row.resident_id != actor_id:
        raise NotFound("report_not_found")
    return _report(session, row)


def open_objections(session: Session) -> list[ObjectionView]:
    """Return what wants an answer, the nearest last day first."""
    waiting = _open_objections().order_by(Objection.due_on, Objection.id)
    return [_objection(session, row) for row in session.scalars(waiting)]


def objection_view(session: Session, objection_id: str) -> ObjectionView:
    """Return one objection; `NotFound`."""
    row = session.get(Objection, objection_id)
    if row is None:
        raise NotFound("objection_not_found")
    return _objection(session, row)


def evidence_file(session: Session, objection_id: str, file_id: str) -> ObjectionEvidence:
    """Return a file of an objection; `NotFound` for any other file."""
    wanted = select(ObjectionEvidence).where(
        ObjectionEvidence.objection_id == objection_id, ObjectionEvidence.file_id == file_id
    )
    found = session.scalar(wanted)
    if found is None:
        raise NotFound("objection_not_found")
    return found


def reports_of(session: Session, actor_id: str) -> list[ReportView]:
    """Return one resident's reports, the newest first."""
    mine = select(RefusalReport).where(RefusalReport.resident_id == actor_id)
    return [
        _report(session, row) for row in session.scalars(mine.order_by(RefusalReport.id.desc()))
    ]


def open_reports(session: Session) -> list[ReportView]:
    """Return the reports that want an answer, the nearest last day first."""
    waiting = select(RefusalReport).where(RefusalReport.state == ReportState.OPEN)
    ordered = waiting.order_by(RefusalReport.due_on, RefusalReport.id)
    return [_report(session, row) for row in session.scalars(ordered)]


def report_view(session: Session, report_id: str) -> ReportView:
    """Return one report; `NotFound`."""
    row = session.get(RefusalReport, report_id)
    if row is None:
        raise NotFound("report_not_found")
    return _report(session, row)


def count_waiting(session: Session) -> int:
    """Return how many objections and reports want an answer."""
    objections = session.scalar(select(func.count()).select_from(_open_objections().subquery()))
    reports = session.scalar(select(func.count()).where(RefusalReport.state == ReportState.OPEN))
    return (objections or 0) + (reports or 0)


def _open_objections() -> Select[Objection]:
    return select(Objection).where(Objection.state.in_(OPEN))


def _objection(session: Session, row: Objection) -> ObjectionView:
    certificate = session.get_one(Certificate, row.certificate_id)
    here = certificate.origin == HERE
    evidence = select(ObjectionEvidence.file_id).where(ObjectionEvidence.objection_id == row.id)
    state = ObjectionState(row.state)
    return ObjectionView(
        id=row.id,
        certificate_id=certificate.id,
        type=certificate_type(certificate.type_id),
        title=certificate.kind,
        masked_holder=certificate.masked_holder,
        issued_here=here,
        field_id=row.field,
        words=_opened(session, "objection", "words", row.id, row.words_sealed) or "",
        facts=facts_of(session, certificate) if here else (),
        evidence=tuple(session.scalars(evidence.order_by(ObjectionEvidence.id))),
        state=state,
        raised_at=row.raised_at,
        due_on=row.due_on,
        due_provisional=row.due_provisional,
        pressing=state in OPEN and is_pressing(row.due_on, clock.beijing_today()),
        acknowledged_by=row.acknowledged_by,
        answered_by=row.answered_by,
        answer=_opened(session, "objection", "answer", row.id, row.answer_sealed),
        refused_for=row.refused_for,
        new_certificate_id=row.new_certificate_id,
    )


def _report(session: Session, row: RefusalReport) -> ReportView:
    state = ReportState(row.state)
    return ReportView(
        id=row.id,
        type=certificate_type(row.type_id),
        scene=row.scene,
        place=_opened(session, "refusal_report", "place", row.id, row.place_sealed) or "",
        said=_opened(session, "refusal_report", "said", row.id, row.said_sealed) or "",
        state=state,
        reported_at=row.reported_at,
        due_on=row.due_on,
        pressing=state is ReportState.OPEN and is_pressing(row.due_on, clock.beijing_today()),
        answered_by=row.answered_by,
        answer=_opened(session, "refusal_report", "answer", row.id, row.answer_sealed),
    )


def _opened(
    session: Session, table: str, column: str, row: str, sealed: bytes | None
) -> str | None:
    if sealed is None:
        return None
    return keyring_of(session).open(sealed, table=table, column=column, row=row)
