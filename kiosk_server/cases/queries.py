"""Read cases: for the result page, the reasons page, the paper."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.cases.decisions.decision import PaperFacts, Reason
from kiosk_server.cases.models import Case, CaseState, Outcome
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import NotFound


@dataclass(frozen=True)
class DecisionView:
    """What was decided and why, as its resident may read it on screen (P20)."""

    case_id: str
    case_number: str
    item_version_id: str
    state: CaseState
    outcome: Outcome
    rule: str
    rule_version: int
    reasons: tuple[Reason, ...]
    inputs: Mapping[str, Any]
    paper: PaperFacts | None
    decided_at: datetime


def of_number(session: Session, number: str) -> Case | None:
    """Return the case that its number names."""
    return session.scalars(select(Case).where(Case.number == number)).one_or_none()


def of_visit(session: Session, visit_id: str) -> Case | None:
    """Return the newest case of a visit."""
    wanted = select(Case).where(Case.visit_id == visit_id).order_by(Case.id.desc()).limit(1)
    return session.scalars(wanted).first()


def decision_of(session: Session, case_id: str) -> DecisionView:
    """Return the decision of a case; `NotFound` before there is one. Show it to its holder only."""
    case = session.get(Case, case_id)
    if case is None or case.decision_sealed is None or case.outcome is None:
        raise NotFound("decision_not_found")
    kept = json.loads(
        keyring_of(session).open(
            case.decision_sealed, table="service_case", column="decision", row=case.id
        )
    )
    paper = kept["paper"]
    return DecisionView(
        case_id=case.id,
        case_number=case.number,
        item_version_id=case.item_version_id,
        state=CaseState(case.state),
        outcome=Outcome(case.outcome),
        rule=case.rule or "",
        rule_version=case.rule_version or 0,
        reasons=tuple(Reason(reason["code"], reason["facts"]) for reason in kept["reasons"]),
        inputs=kept["inputs"],
        paper=PaperFacts.from_json(paper) if paper else None,
        decided_at=case.decided_at or case.applied_at,
    )
