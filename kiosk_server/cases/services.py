"""
The verbs of a case that is decided at once (秒批).

    open_case(session, visit)                    -> Case, applied and received
    decide(session, case, decision, inputs=)     -> Case, accepted, reviewed, decided
    complete(session, case_id)                   办结
    withdraw_undecided(session, visit_id)        what its resident walked away from
    ask_for_human(session, case)                 -> the named window (P20)

`handling` strings them together with the records, the press and the printer.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Subject, note
from kiosk_server.cases import rules
from kiosk_server.cases.decisions.decision import Decision
from kiosk_server.cases.lives import LIFE, UNDECIDED, CaseVerb
from kiosk_server.cases.models import Case, CaseCounter, CaseState, Outcome
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.catalogue.content import Assurance, Handling, Window
from kiosk_server.core import clock
from kiosk_server.core.database import canonical_json, keyring_of
from kiosk_server.core.errors import NotFound, Refused
from kiosk_server.core.identifiers import new_id
from kiosk_server.notices.rules import Topic
from kiosk_server.notices.services import tell
from kiosk_server.places import queries as places
from kiosk_server.visits import queries as visit_queries
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.drafts import draft_of
from kiosk_server.visits.models import Visit, VisitState
from kiosk_server.visits.rules import enough


def open_case(session: Session, visit: Visit) -> Case:
    """
    Apply for the visit's item and receive the case at the terminal's site, in its name (P54).

    The same application in the same visit is one case. Raises `Refused`: `visit_over`,
    `item_missing`, `consent_missing`, `card_first`, `assurance_missing` (facts `needed`, `have`),
    `purpose_missing`.
    """
    handling = _ready(session, visit)
    draft = draft_of(session, visit)
    purpose = draft.get("purpose")
    if handling.purposes and purpose is None:
        raise Refused("purpose_missing")
    same = session.scalars(
        select(Case)
        .where(
            Case.visit_id == visit.id,
            Case.item_version_id == visit.item_version_id,
            Case.purpose.is_not_distinct_from(purpose),
            Case.state != CaseState.WITHDRAWN,
        )
        .with_for_update()
    ).first()
    if same is not None:
        return same
    return _receive(session, visit, purpose, draft.get("promise_version"))


def decide(session: Session, case: Case, decision: Decision, *, inputs: Mapping[str, Any]) -> Case:
    """
    Accept, review and decide *case* in one breath; keep version, rule, inputs and reasons (P20).

    *inputs* are what the rule saw, as JSON values; they are sealed. A refusal is complete at once:
    there is no paper to wait for.
    """
    for verb in (CaseVerb.ACCEPT, CaseVerb.REVIEW, CaseVerb.DECIDE):
        _do(case, verb)
    case.accepted_at = case.decided_at = clock.now()
    case.outcome = decision.outcome
    case.rule, case.rule_version = decision.rule, decision.rule_version
    case.decision_sealed = keyring_of(session).seal(
        canonical_json({"inputs": dict(inputs), **decision.as_json()}),
        table="service_case",
        column="decision",
        row=case.id,
    )
    note(
        session,
        AuditEvent.CASE_DECIDED,
        actor=SYSTEM,
        subject=Subject("case", case.id),
        facts={
            "outcome": decision.outcome.value,
            "rule": decision.rule,
            "rule_version": decision.rule_version,
            "item_version": case.item_version_id,
        },
    )
    tell(session, case.resident_id, Topic.CASE_DECIDED, case.id, version=case.item_version_id)
    if decision.outcome is Outcome.REFUSED:
        complete(session, case.id)
    session.flush()
    return case


def complete(session: Session, case_id: str) -> Case:
    """Close a decided case (办结); one that is complete stays as it is."""
    case = session.get(Case, case_id, with_for_update=True)
    if case is None:
        raise NotFound("case_not_found")
    if case.state == CaseState.COMPLETED:
        return case
    _do(case, CaseVerb.COMPLETE)
    case.completed_at = case.ended_at = clock.now()
    note(
        session,
        AuditEvent.CASE_COMPLETED,
        actor=SYSTEM,
        subject=Subject("case", case.id),
        facts={"outcome": case.outcome},
    )
    if case.outcome != Outcome.REFUSED:
        tell(session, case.resident_id, Topic.CASE_COMPLETED, case.id, version=case.item_version_id)
    session.flush()
    return case


def withdraw_undecided(session: Session, visit_id: str) -> int:
    """Withdraw what was applied for in a visit that is over and was never decided."""
    left = select(Case).where(Case.visit_id == visit_id, Case.state.in_(UNDECIDED))
    cases = session.scalars(left.with_for_update()).all()
    for case in cases:
        _do(case, CaseVerb.WITHDRAW)
        case.ended_at = clock.now()
        note(session, AuditEvent.CASE_WITHDRAWN, actor=SYSTEM, subject=Subject("case", case.id))
    session.flush()
    return len(cases)


def ask_for_human(session: Session, case: Case) -> Window:
    """Record that the resident wants a person to look, and name the window (P16, P20)."""
    content = catalogue.version(session, case.item_version_id).content
    if case.human_asked_at is None:
        case.human_asked_at = clock.now()
        visit = session.get_one(Visit, case.visit_id)
        note(
            session,
            AuditEvent.CASE_HUMAN_ASKED,
            actor=resident_at(visit),
            subject=Subject("case", case.id),
            facts={"site": content.window.site_id},
        )
        session.flush()
    return content.window


def _ready(session: Session, visit: Visit) -> Handling:
    if visit.state != VisitState.ACTIVE:
        raise Refused("visit_over")
    if visit.item_version_id is None:
        raise Refused("item_missing")
    handling = catalogue.version(session, visit.item_version_id).content.handling
    if handling is None:
        raise Refused("item_not_handled_here")
    if not visit_queries.has_consent(session, visit):
        raise Refused("consent_missing")
    if visit.resident_id is None:
        raise Refused("card_first")
    have = Assurance(visit.assurance)
    if not enough(have, handling.assurance, handling.without_card):
        raise Refused("assurance_missing", needed=handling.assurance.value, have=have.value)
    return handling


def _receive(
    session: Session, visit: Visit, purpose: str | None, promise_version: str | None
) -> Case:
    item = catalogue.version(session, visit.item_version_id or "")
    site = places.site(session, visit.site_id)
    now = clock.now()
    case = Case(
        id=new_id(),
        number=_next_number(session, site.division_code),
        item_code=item.code,
        item_version_id=item.version_id,
        resident_id=visit.resident_id,
        visit_id=visit.id,
        terminal_id=visit.terminal_id,
        site_id=site.id,
        handled_by=item.content.body["zh"],
        purpose=purpose,
        promise_version=promise_version,
        state=CaseState.DRAFTED,
        applied_at=now,
        received_at=now,
    )
    _do(case, CaseVerb.APPLY)
    _do(case, CaseVerb.RECEIVE)
    session.add(case)
    note(
        session,
        AuditEvent.CASE_RECEIVED,
        actor=resident_at(visit),
        subject=Subject("case", case.id),
        facts={"item": item.code, "version": item.version, "site": site.id, "purpose": purpose},
    )
    session.flush()
    return case


def _do(case: Case, verb: CaseVerb) -> None:
    case.state = LIFE.after(CaseState(case.state), verb)


def _next_number(session: Session, division_code: str) -> str:
    day = f"{clock.beijing_today():%Y%m%d}"
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    counted = (
        dialect.insert(CaseCounter)
        .values(day=day, last=1)
        .on_conflict_do_update(
            index_elements=[CaseCounter.day], set_={"last": CaseCounter.last + 1}
        )
    )
    running: int = session.scalars(counted.returning(CaseCounter.last)).one()
    return rules.case_number(division_code, day, running)
