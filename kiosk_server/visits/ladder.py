"""
Count what kept people from showing who they are, and keep it beside the visit that it happened in.

    fail(session, visit, rung, reason)              one more failure, in two places
    failures_of(session, visit) -> Failures         those of this visit, for the ladder
    counts(session, terminal_ids, since=) -> …      step, reason and terminal, added up
    forget_counts(session)                          what is older than a year

In the visit they stand in its sealed draft and go with it (P52). What stays is a count for each
terminal, day, step and reason, without visit, case or person (P39).
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.ladder_rules import REASONS, Failures, Rung
from kiosk_server.visits.models import FailedStep, Visit, VisitState

KEPT = timedelta(days=400)
_DRAFT = "failures"
_OTHER = "other_card"


@dataclass(frozen=True)
class StepCount:
    """How often one step failed for one reason."""

    step: str
    reason: str
    count: int


def fail(session: Session, visit: Visit, rung: Rung, reason: str) -> None:
    """Count one failure of *rung*. A reason that the ladder does not know is not counted."""
    if reason not in REASONS[rung] or visit.state != VisitState.ACTIVE:
        return
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = insert(FailedStep).values(
        terminal_id=visit.terminal_id,
        day=clock.beijing_today(),
        step=rung.value,
        reason=reason,
        count=1,
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=[
                FailedStep.terminal_id,
                FailedStep.day,
                FailedStep.step,
                FailedStep.reason,
            ],
            set_={"count": FailedStep.count + 1},
        )
    )
    kept = json.loads(draft_of(session, visit).get(_DRAFT, "{}"))
    name = f"{rung.value}:{reason}"
    put_draft(session, visit, **{_DRAFT: json.dumps({**kept, name: kept.get(name, 0) + 1})})


def failures_of(session: Session, visit: Visit) -> Failures:
    """Return what has failed in *visit* since its item was chosen."""
    kept: dict[str, int] = json.loads(draft_of(session, visit).get(_DRAFT, "{}"))
    found = {}
    for name, count in kept.items():
        step, _, reason = name.partition(":")
        found[Rung(step), reason] = count
    return found


def try_other_card(session: Session, visit: Visit, *, other: bool) -> None:
    """Remember which of the two the next card is, so that its failure is counted as its own."""
    if other is not (card_rung(session, visit) is Rung.OTHER_CARD):
        put_draft(session, visit, **{_OTHER: "yes" if other else None})


def card_rung(session: Session, visit: Visit) -> Rung:
    """Return the rung that a card belongs to which is read now."""
    return Rung.OTHER_CARD if _OTHER in draft_of(session, visit) else Rung.CARD


def counts(
    session: Session, terminal_ids: Collection[str], *, since: date, until: date
) -> list[StepCount]:
    """Return the failures at these terminals from *since* to *until*, the most frequent first."""
    total = func.sum(FailedStep.count)
    rows = session.execute(
        select(FailedStep.step, FailedStep.reason, total)
        .where(
            FailedStep.terminal_id.in_(terminal_ids),
            FailedStep.day >= since,
            FailedStep.day <= until,
        )
        .group_by(FailedStep.step, FailedStep.reason)
        .order_by(total.desc(), FailedStep.step, FailedStep.reason)
    )
    return [StepCount(step, reason, int(count)) for step, reason, count in rows]


def counts_today(session: Session) -> list[tuple[str, StepCount]]:
    """Return today's failures with their terminals, for the figures of the whole server."""
    rows = session.scalars(
        select(FailedStep)
        .where(FailedStep.day == clock.beijing_today())
        .order_by(FailedStep.terminal_id, FailedStep.step, FailedStep.reason)
    )
    return [(row.terminal_id, StepCount(row.step, row.reason, row.count)) for row in rows]


def forget_counts(session: Session) -> None:
    """Delete counts that are older than a year's comparison needs."""
    session.execute(delete(FailedStep).where(FailedStep.day < clock.beijing_today() - KEPT))
