"""
A resident's own cases (办件查询, P23): every one in one place, wherever it was taken in.

    cases_of(session, resident_id, after=, limit=)   -> the newest first
    case_of(session, resident_id, case_id)           -> one; `NotFound` for anybody else's
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case, CaseState
from kiosk_server.core.errors import NotFound


@dataclass(frozen=True)
class Step:
    """One thing that happened to a case, and when."""

    state: CaseState
    at: datetime


def cases_of(
    session: Session, resident_id: str, *, after: str | None = None, limit: int = 50
) -> list[Case]:
    """Return a resident's cases, the newest first, from the one *after* a case."""
    mine = select(Case).where(Case.resident_id == resident_id)
    if after:
        mine = mine.where(Case.id < after)
    return list(session.scalars(mine.order_by(Case.id.desc()).limit(limit)))


def case_of(session: Session, resident_id: str, case_id: str) -> Case:
    """Return one's own case; `NotFound("case_not_found")` for anybody else's and for none."""
    found = session.get(Case, case_id)
    if found is None or found.resident_id != resident_id:
        raise NotFound("case_not_found")
    return found


def steps_of(case: Case) -> list[Step]:
    """Return what happened to a case, the first thing first."""
    ended = CaseState(case.state)
    told = (
        (CaseState.APPLIED, case.applied_at),
        (CaseState.RECEIVED, case.received_at),
        (CaseState.ACCEPTED, case.accepted_at),
        (CaseState.DECIDED, case.decided_at),
        (CaseState.COMPLETED, case.completed_at),
        (ended, None if ended is CaseState.COMPLETED else case.ended_at),
    )
    return [Step(state, at) for state, at in told if at is not None]
