"""
From proven person to decision: the steps that talk to the departments' records.

    contact_of_visit(database, records, visit_id=)  -> ContactKnown | NoContact | trouble
    prepare(database, records, visit_id=, …)        -> Prepared | NotReady

Each opens its own units of work and holds none while a source is asked. Every fetch is audited
with purpose, item and case (P34, P35), whatever its answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.cases import services
from kiosk_server.cases.decisions.decision import Applicant, RecordUnreadable
from kiosk_server.cases.models import Case, CaseState
from kiosk_server.cases.ports import (
    Answer,
    Contact,
    ContactAnswer,
    ContactQuery,
    DepartmentRecords,
    Found,
    NoContact,
    NotFound,
    RecordQuery,
    SourceAsleep,
    SourceDown,
    SourceRefused,
)
from kiosk_server.cases.queries import DecisionView, decision_of
from kiosk_server.cases.rules import RULES
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.catalogue.content import Handling
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Refused
from kiosk_server.core.masking import mask_phone
from kiosk_server.residents import services as residents
from kiosk_server.residents.models import Resident
from kiosk_server.visits import ladder
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.ladder_rules import Rung
from kiosk_server.visits.models import Visit


@dataclass(frozen=True)
class ContactKnown:
    """The source holds a phone; it stands sealed in the visit's draft until the visit ends."""

    masked_phone: str


@dataclass(frozen=True)
class Prepared:
    """The case is decided."""

    case_id: str
    decision: DecisionView


@dataclass(frozen=True)
class NotReady:
    """
    No decision now: `code` is source_asleep, source_down, source_refused or paper_unprintable.

    `until` is given where the end is known. The case stays received and can be tried again in
    this visit.
    """

    code: str
    until: datetime | None = None


def contact_of_visit(
    database: Database, records: DepartmentRecords, *, visit_id: str
) -> ContactKnown | NoContact | NotReady:
    """Find out, once in a visit and item, whether the source holds a phone for a code."""
    with database.reading() as session:
        visit = session.get_one(Visit, visit_id)
        known = draft_of(session, visit).get("phone")
        if known is not None:
            return ContactKnown(mask_phone(known)) if known else NoContact()
        handling = _handling(session, visit.item_version_id)
        query = ContactQuery(
            source=handling.record_source,
            number=residents.number_of(session, _holder(session, visit)),
            item_code=catalogue.version(session, visit.item_version_id or "").code,
            visit_id=visit.id,
        )
    answer = records.contact(query)
    with database.unit_of_work() as session:
        visit = session.get_one(Visit, visit_id, with_for_update=True)
        facts = {"source": query.source, "item": query.item_code, "purpose": "presence"}
        _note_fetch(session, visit, None, facts | {"answer": _word(answer)})
        match answer:
            case Contact(phone):
                put_draft(session, visit, phone=phone)
                return ContactKnown(mask_phone(phone))
            case NoContact():
                put_draft(session, visit, phone="")
                ladder.fail(session, visit, Rung.CODE, "no_phone")
                return answer
            case trouble:
                return _not_ready(trouble)


def prepare(
    database: Database,
    records: DepartmentRecords,
    *,
    visit_id: str,
    unprintable: Callable[[str], tuple[str, ...]],
) -> Prepared | NotReady:
    """
    Receive the visit's application, fetch the record, decide at once (秒批).

    *unprintable* names the characters that no font of ours can set: it is asked here, when the
    record is read, so that a paper never fails at the printer. Asked again this returns the
    decision that stands. Raises what `services.open_case` raises.
    """
    with database.unit_of_work() as session:
        visit = session.get_one(Visit, visit_id, with_for_update=True)
        case = services.open_case(session, visit)
        if case.state != CaseState.RECEIVED:
            return Prepared(case.id, decision_of(session, case.id))
        query = _query(session, visit, case)
    answer = records.fetch(query)
    with database.unit_of_work() as session:
        visit = session.get_one(Visit, visit_id, with_for_update=True)
        case = session.get_one(Case, case.id, with_for_update=True)
        facts = {"source": query.source, "item": query.item_code, "purpose": query.purpose}
        _note_fetch(session, visit, case, facts | {"answer": _word(answer)})
        if case.state == CaseState.WITHDRAWN:
            raise Refused("visit_over")
        if case.state != CaseState.RECEIVED:
            return Prepared(case.id, decision_of(session, case.id))
        if not isinstance(answer, Found | NotFound):
            return _not_ready(answer)
        trouble = _decide(session, visit, case, answer, unprintable)
        if trouble is not None:
            return trouble
        return Prepared(case.id, decision_of(session, case.id))


def _query(session: Session, visit: Visit, case: Case) -> RecordQuery:
    return RecordQuery(
        source=_handling(session, case.item_version_id).record_source,
        number=residents.number_of(session, _holder(session, visit)),
        purpose=case.purpose or "issue_proof",
        item_code=case.item_code,
        case_number=case.number,
    )


def _decide(
    session: Session,
    visit: Visit,
    case: Case,
    answer: Found | NotFound,
    unprintable: Callable[[str], tuple[str, ...]],
) -> NotReady | None:
    rule = RULES[_handling(session, case.item_version_id).rule]
    card_name = residents.name_of(session, _holder(session, visit))
    record = answer.record if isinstance(answer, Found) else None
    today = clock.beijing_today()
    try:
        decision = rule.decide(record, applicant=Applicant(card_name, case.purpose), today=today)
    except RecordUnreadable as fault:
        _note_fetch(session, visit, case, {"answer": "unreadable", "field": str(fault)})
        return NotReady("source_down")
    decision = decision.for_holder(card_name, unprintable)
    if decision.paper is not None and unprintable(decision.paper.text):
        return NotReady("paper_unprintable")
    services.decide(
        session,
        case,
        decision,
        inputs={
            "card_name": card_name,
            "purpose": case.purpose,
            "record": None if record is None else dict(record),
            "fetched_at": answer.fetched_at.isoformat(),
            "today": today.isoformat(),
        },
    )
    return None


def _handling(session: Session, version_id: str | None) -> Handling:
    if version_id is None:
        raise Refused("item_missing")
    handling = catalogue.version(session, version_id).content.handling
    if handling is None:
        raise Refused("item_not_handled_here")
    return handling


def _holder(session: Session, visit: Visit) -> Resident:
    if visit.resident_id is None:
        raise Refused("card_first")
    return session.get_one(Resident, visit.resident_id)


def _note_fetch(session: Session, visit: Visit, case: Case | None, facts: dict[str, str]) -> None:
    note(
        session,
        AuditEvent.RECORDS_FETCHED,
        actor=resident_at(visit),
        subject=Subject("case", case.id) if case is not None else Subject("visit", visit.id),
        facts=facts,
    )


_WORDS = {
    Found: "found",
    NotFound: "not_found",
    Contact: "contact",
    NoContact: "no_contact",
    SourceAsleep: "asleep",
    SourceDown: "down",
    SourceRefused: "refused",
}


def _word(answer: Answer | ContactAnswer) -> str:
    return _WORDS[type(answer)]


def _not_ready(trouble: SourceAsleep | SourceDown | SourceRefused) -> NotReady:
    match trouble:
        case SourceAsleep(until):
            return NotReady("source_asleep", until)
        case SourceDown():
            return NotReady("source_down")
        case SourceRefused():
            return NotReady("source_refused")
