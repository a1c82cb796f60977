"""
“Nobody took my certificate” (持证被拒反映, P14): reported on the spot, answered by a named person.

    report(session, actor_id, incident, *, by) -> RefusalReport
    answer(session, report_id, words, *, by)

Where it happened is told in the holder's words, sealed, and never searched: a report is about
what was said, and no record of where people go (P39).
"""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.certificates.certificate_types import certificate_type
from kiosk_server.certificates.models import RefusalReport
from kiosk_server.certificates.objection_rules import (
    REPORT_WITHIN_WORKING_DAYS,
    ReportState,
    Scene,
    words_faults,
)
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import Invalid, NotFound, WrongState
from kiosk_server.core.identifiers import new_id
from kiosk_server.notices.rules import Topic
from kiosk_server.notices.services import tell
from kiosk_server.places.calendars import calendar_of

_TABLE = "refusal_report"


@dataclass(frozen=True)
class Incident:
    """What happened: which type was shown in which scene, where, and what was said."""

    type_id: str
    scene: Scene
    place: str = field(repr=False)
    said: str = field(repr=False)


def report(session: Session, actor_id: str, incident: Incident, *, by: Actor) -> RefusalReport:
    """Take a report; it is answered within five working days. Raises `Invalid`, `NotFound`."""
    certificate_type(incident.type_id)
    faults = words_faults(incident.place, "place") + words_faults(incident.said, "said")
    if faults:
        raise Invalid("report_invalid", fields=faults)
    due = calendar_of(session).working_days_after(clock.beijing_today(), REPORT_WITHIN_WORKING_DAYS)
    row = RefusalReport(
        id=new_id(),
        resident_id=actor_id,
        type_id=incident.type_id,
        scene=incident.scene.value,
        state=ReportState.OPEN,
        reported_at=clock.now(),
        due_on=due.day,
    )
    row.place_sealed = _seal(session, row, "place", incident.place)
    row.said_sealed = _seal(session, row, "said", incident.said)
    session.add(row)
    session.flush()
    facts = {"type": incident.type_id, "scene": incident.scene.value}
    _note(session, AuditEvent.REFUSAL_REPORTED, row, by, facts)
    return row


def answer(session: Session, report_id: str, words: str, *, by: Actor) -> None:
    """Answer a report in one's own name; `WrongState` when that was done before."""
    row = session.get(RefusalReport, report_id, with_for_update=True)
    if row is None:
        raise NotFound("report_not_found")
    if row.state != ReportState.OPEN:
        raise WrongState("report_answered", state=row.state)
    faults = words_faults(words, "answer")
    if faults:
        raise Invalid("report_invalid", fields=faults)
    row.state = ReportState.ANSWERED
    row.answered_at, row.answered_by = clock.now(), by.id
    row.answer_sealed = _seal(session, row, "answer", words)
    session.flush()
    _note(session, AuditEvent.REFUSAL_ANSWERED, row, by, {})
    tell(session, row.resident_id, Topic.REFUSAL_ANSWERED, row.id, type=row.type_id)


def _seal(session: Session, row: RefusalReport, column: str, words: str) -> bytes:
    return keyring_of(session).seal(words.strip(), table=_TABLE, column=column, row=row.id)


def _note(
    session: Session, event: AuditEvent, row: RefusalReport, by: Actor, facts: dict[str, str]
) -> None:
    note(session, event, actor=by, subject=Subject("refusal_report", row.id), facts=facts)
