"""
Objections to a certificate's content (异议处理, P32).

    raise_objection(session, actor_id, certificate_id, complaint, *, by) -> Objection
    withdraw(session, actor_id, objection_id, *, by)
    acknowledge(session, objection_id, *, by)
    answer_corrected(session, objection_id, words, facts, *, by)
    answer_refused(session, objection_id, reason, words, *, by)
    answer_about_look(session, objection_id, words, *, by)
    press(session) -> int                                       what a chore does every morning

What is wrong and what was answered stand sealed. A corrected answer always brings a new version:
of a proof it is issued here and now; a department's must have arrived before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Actor, FactValue, Subject, note
from kiosk_server.certificates import versions
from kiosk_server.certificates.certificate_types import CertificateType, certificate_type
from kiosk_server.certificates.facts import Fact
from kiosk_server.certificates.models import Certificate, Objection, ObjectionEvidence
from kiosk_server.certificates.objection_rules import (
    A_LOOK,
    LARGEST_FILE_BYTES,
    LIFE,
    MEDIA_TYPES,
    MOST_FILES,
    OPEN,
    OTHER_CONTENT,
    REMINDED_BEFORE,
    ObjectionState,
    ObjectionVerb,
    RefusedFor,
    words_faults,
)
from kiosk_server.certificates.rights import certificate_for
from kiosk_server.certificates.services import HERE
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound
from kiosk_server.core.identifiers import new_id
from kiosk_server.files import services as files
from kiosk_server.notices.rules import Topic
from kiosk_server.notices.services import tell
from kiosk_server.places.calendars import calendar_of

_TABLE = "objection"
_ANSWERED = {
    ObjectionVerb.CORRECT: AuditEvent.OBJECTION_CORRECTED,
    ObjectionVerb.REFUSE: AuditEvent.OBJECTION_REFUSED,
    ObjectionVerb.EXPLAIN: AuditEvent.OBJECTION_EXPLAINED,
}


@dataclass(frozen=True)
class Evidence:
    """One file that supports an objection."""

    data: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True)
class Complaint:
    """What is wrong: the field, in which words, with which files."""

    field_id: str
    words: str = field(repr=False)
    evidence: tuple[Evidence, ...] = ()


def raise_objection(
    session: Session, actor_id: str, certificate_id: str, complaint: Complaint, *, by: Actor
) -> Objection:
    """Take an objection of whoever holds the certificate; its limit begins the day after.

    Raises `NotFound`, `Invalid` with every fault, `Conflict("objection_open_already")`.
    """
    certificate = certificate_for(session, actor_id, certificate_id)
    kind = certificate_type(certificate.type_id)
    faults = _faults(complaint, kind)
    if faults:
        raise Invalid("objection_invalid", fields=faults)
    _refuse_a_second(session, certificate, complaint.field_id)
    limit = kind.answer_within_working_days
    due = calendar_of(session).working_days_after(clock.beijing_today(), limit)
    objection = Objection(
        id=new_id(),
        certificate_id=certificate.id,
        resident_id=actor_id,
        field=complaint.field_id,
        state=ObjectionState.RAISED,
        raised_at=clock.now(),
        due_on=due.day,
        due_provisional=due.provisional,
    )
    objection.words_sealed = _seal(session, objection, "words", complaint.words.strip())
    session.add(objection)
    session.flush()
    for each in complaint.evidence:
        keep_evidence(session, objection, each)
    facts = {"certificate": certificate.id, "field": complaint.field_id}
    _note(session, AuditEvent.OBJECTION_RAISED, objection, by, facts)
    return objection


def keep_evidence(session: Session, objection: Objection, evidence: Evidence) -> ObjectionEvidence:
    """Keep one file with an objection; the caller has looked at what it is."""
    file = files.store(session, evidence.data, evidence.media_type, "objection")
    row = ObjectionEvidence(
        id=new_id(),
        objection_id=objection.id,
        file_id=file.id,
        media_type=evidence.media_type,
    )
    session.add(row)
    return row


def withdraw(session: Session, actor_id: str, objection_id: str, *, by: Actor) -> None:
    """Take one's own objection back; `WrongState` once it was answered."""
    objection = objection_for(session, actor_id, objection_id)
    _step(session, objection, ObjectionVerb.WITHDRAW, AuditEvent.OBJECTION_WITHDRAWN, by)


def acknowledge(session: Session, objection_id: str, *, by: Actor) -> None:
    """A named member of staff has it in hand from now on."""
    objection = _locked(session, objection_id)
    objection.acknowledged_at, objection.acknowledged_by = clock.now(), by.id
    _step(session, objection, ObjectionVerb.ACKNOWLEDGE, AuditEvent.OBJECTION_ACKNOWLEDGED, by)


def answer_corrected(
    session: Session, objection_id: str, words: str, facts: Sequence[Fact], *, by: Actor
) -> Certificate:
    """Answer with the corrected version, which is returned; the wrong one stops verifying at once.

    Of a proof issued here `facts` are the right lines. A department corrects its own: raises
    `Conflict("correction_not_arrived")` until its new version was found.
    """
    objection = _locked(session, objection_id)
    if objection.field == A_LOOK:
        raise NotFound("objection_not_found")
    _require_words(words)
    wrong = session.get_one(Certificate, objection.certificate_id, with_for_update=True)
    new = _successor(session, wrong)
    if new is None and wrong.origin == HERE:
        if not facts:
            raise Invalid("objection_invalid", fields=[FieldFault("facts", "missing")])
        new = versions.correct(session, wrong, facts=facts, by=by)
    if new is None:
        raise Conflict("correction_not_arrived")
    objection.new_certificate_id = new.id
    _answer(session, objection, ObjectionVerb.CORRECT, words, by)
    return new


def answer_refused(
    session: Session, objection_id: str, reason: RefusedFor, words: str, *, by: Actor
) -> None:
    """Refuse with a reason and words; where to complain is the department that the type names."""
    objection = _locked(session, objection_id)
    _require_words(words)
    objection.refused_for = reason.value
    _answer(session, objection, ObjectionVerb.REFUSE, words, by)


def answer_about_look(session: Session, objection_id: str, words: str, *, by: Actor) -> None:
    """Answer an objection to a look; `NotFound` for one to the certificate's content."""
    objection = _locked(session, objection_id)
    if objection.field != A_LOOK:
        raise NotFound("objection_not_found")
    _require_words(words)
    _answer(session, objection, ObjectionVerb.EXPLAIN, words, by)


def press(session: Session) -> int:
    """
    Mark what is near or past its last day, once a day, for the console; return how many.

    Limits that were provisional are reckoned again first: their year may be known by now.
    """
    _settle_limits(session)
    today = clock.beijing_today()
    pressing = (
        select(Objection)
        .where(
            Objection.state.in_(OPEN),
            Objection.due_on <= today + REMINDED_BEFORE,
            Objection.reminded_on.is_(None) | (Objection.reminded_on < today),
        )
        .order_by(Objection.id)
        .with_for_update(skip_locked=True)
    )
    pressed = list(session.scalars(pressing))
    for objection in pressed:
        objection.reminded_on = today
        if objection.due_on < today:
            late = {"due_on": objection.due_on.isoformat()}
            _note(session, AuditEvent.OBJECTION_OVERDUE, objection, SYSTEM, late)
    session.flush()
    return len(pressed)


def _settle_limits(session: Session) -> None:
    calendar = calendar_of(session)
    provisional = (
        select(Objection, Certificate.type_id)
        .join(Certificate, Certificate.id == Objection.certificate_id)
        .where(Objection.state.in_(OPEN), Objection.due_provisional.is_(True))
        .order_by(Objection.id)
        .with_for_update(of=Objection)
    )
    for objection, type_id in session.execute(provisional).all():
        limit = certificate_type(type_id).answer_within_working_days
        raised = clock.to_beijing(objection.raised_at).date()
        due = calendar.working_days_after(raised, limit)
        objection.due_on, objection.due_provisional = due.day, due.provisional


def objection_for(session: Session, actor_id: str, objection_id: str) -> Objection:
    """Return one's own objection; `NotFound` for anybody else's."""
    objection = session.get(Objection, objection_id)
    if objection is None or objection.resident_id != actor_id:
        raise NotFound("objection_not_found")
    return objection


def fields_to_object_to(kind: CertificateType) -> tuple[str, ...]:
    """Return what can be objected to: the type's fields, what else it says, and a look at it."""
    return (*(each.id for each in kind.fields), OTHER_CONTENT, A_LOOK)


def _faults(complaint: Complaint, kind: CertificateType) -> list[FieldFault]:
    faults = words_faults(complaint.words, "words")
    if complaint.field_id not in fields_to_object_to(kind):
        faults.append(FieldFault("field", "field_unknown"))
    if len(complaint.evidence) > MOST_FILES:
        faults.append(FieldFault("evidence", "too_many"))
    for each in complaint.evidence:
        if each.media_type not in MEDIA_TYPES or not _is_what_it_says(each):
            faults.append(FieldFault("evidence", "file_unknown"))
        elif len(each.data) > LARGEST_FILE_BYTES:
            faults.append(FieldFault("evidence", "too_large"))
    return faults


def _is_what_it_says(evidence: Evidence) -> bool:
    starts = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG", "application/pdf": b"%PDF-"}
    return evidence.data.startswith(starts[evidence.media_type])


def _refuse_a_second(session: Session, certificate: Certificate, name: str) -> None:
    same = select(Objection.id).where(
        Objection.certificate_id == certificate.id,
        Objection.field == name,
        Objection.state.in_(OPEN),
    )
    if session.scalar(same) is not None:
        raise Conflict("objection_open_already")


def _successor(session: Session, wrong: Certificate) -> Certificate | None:
    newer = select(Certificate).where(Certificate.succeeds_id == wrong.id)
    return session.scalars(newer.order_by(Certificate.id.desc())).first()


def _require_words(words: str) -> None:
    faults = words_faults(words, "answer")
    if faults:
        raise Invalid("objection_invalid", fields=faults)


def _answer(
    session: Session, objection: Objection, verb: ObjectionVerb, words: str, by: Actor
) -> None:
    objection.answered_at, objection.answered_by = clock.now(), by.id
    objection.answer_sealed = _seal(session, objection, "answer", words.strip())
    corrected = verb is ObjectionVerb.CORRECT
    _step(session, objection, verb, _ANSWERED[verb], by)
    topic = Topic.OBJECTION_CORRECTED if corrected else Topic.OBJECTION_REFUSED
    kind = session.get_one(Certificate, objection.certificate_id).type_id
    tell(session, objection.resident_id, topic, objection.id, type=kind)


def _step(
    session: Session, objection: Objection, verb: ObjectionVerb, event: AuditEvent, by: Actor
) -> None:
    objection.state = LIFE.after(ObjectionState(objection.state), verb)
    session.flush()
    facts: dict[str, FactValue] = {
        "reason": objection.refused_for,
        "new": objection.new_certificate_id,
    }
    _note(session, event, objection, by, facts)


def _locked(session: Session, objection_id: str) -> Objection:
    found = session.get(Objection, objection_id, with_for_update=True)
    if found is None:
        raise NotFound("objection_not_found")
    return found


def _seal(session: Session, objection: Objection, column: str, words: str) -> bytes:
    return keyring_of(session).seal(words, table=_TABLE, column=column, row=objection.id)


def _note(
    session: Session,
    event: AuditEvent,
    objection: Objection,
    by: Actor,
    facts: dict[str, FactValue] | dict[str, str],
) -> None:
    subject = Subject("objection", objection.id)
    note(session, event, actor=by, subject=subject, facts=dict(facts))
