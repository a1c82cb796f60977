"""
How a day's visits went (使用情况), in counts: who came is not asked, and not told (P39).

    use_on(session, terminal_ids, span) -> dict[str, DayOfUse]
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, case, func, select, union_all
from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case, CaseState
from kiosk_server.catalogue.models import ItemVersion
from kiosk_server.fleet.rules import Attempt, Span, why_unfinished
from kiosk_server.printing.models import JobKind, JobState, PrintJob
from kiosk_server.visits.models import CardRead, Consent, EndReason, PresenceProof, Visit

REPRINT = "reprint"
"""Stands for the item of a visit that came for a second print."""


@dataclass
class DayOfUse:
    """One terminal's day: visits by how they ended, papers that came out, cards that were read."""

    finished: int = 0
    looked: int = 0
    unfinished: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(item code, reason) -> how many."""
    pages: int = 0
    slips: int = 0
    card_reads: int = 0

    @property
    def visits(self) -> int:
        """How many visits ended that day."""
        return self.finished + self.looked + sum(self.unfinished.values())


def use_on(session: Session, terminal_ids: Collection[str], span: Span) -> dict[str, DayOfUse]:
    """Return how these terminals were used within *span*; none for one that was not."""
    ended = (
        Visit.terminal_id.in_(terminal_ids),
        Visit.ended_at >= span.start,
        Visit.ended_at < span.end,
    )
    use: dict[str, DayOfUse] = {}
    attempts = _attempts(session, ended)
    rows = session.execute(
        select(Visit.id, Visit.terminal_id, ItemVersion.item_code, Visit.reprint_right_id)
        .outerjoin(ItemVersion, ItemVersion.id == Visit.item_version_id)
        .where(*ended)
    )
    for visit_id, terminal_id, item_code, reprint in rows:
        day, attempt = use.setdefault(terminal_id, DayOfUse()), attempts[visit_id]
        item = REPRINT if reprint is not None else item_code
        if item is None:
            day.looked += 1
        elif attempt.finished:
            day.finished += 1
        else:
            day.unfinished[item, why_unfinished(attempt)] += 1
    _count_papers(session, terminal_ids, span, use)
    _count_cards(session, terminal_ids, span, use)
    return use


def _attempts(session: Session, ended: Sequence[ColumnElement[bool]]) -> dict[str, Attempt]:
    def visits_with(table: type[Consent | CardRead | PresenceProof]) -> set[str]:
        wanted = select(table.visit_id).join(Visit, Visit.id == table.visit_id).where(*ended)
        return set(session.scalars(wanted.distinct()))

    consented, read = visits_with(Consent), visits_with(CardRead)
    proven = visits_with(PresenceProof)
    cases = dict(
        session.execute(
            select(Case.visit_id, Case.state)
            .join(Visit, Visit.id == Case.visit_id)
            .where(*ended)
            .order_by(Case.id)
        ).all()
    )
    jobs = _jobs(session, ended)
    reasons = session.execute(select(Visit.id, Visit.end_reason).where(*ended)).all()
    return {
        visit_id: Attempt(
            end_reason=EndReason(reason or EndReason.LEFT),
            consented=visit_id in consented,
            card_read=visit_id in read,
            proven=visit_id in proven,
            case=CaseState(cases[visit_id]) if visit_id in cases else None,
            printed=visit_id in jobs and jobs[visit_id].state == JobState.PRINTED,
            job=JobState(jobs[visit_id].state) if visit_id in jobs else None,
            trouble=jobs[visit_id].trouble if visit_id in jobs else None,
        )
        for visit_id, reason in reasons
    }


def _jobs(session: Session, ended: Sequence[ColumnElement[bool]]) -> dict[str, PrintJob]:
    """Return the last paper of each visit: a second print that came out makes up for the first."""
    rows = session.scalars(
        select(PrintJob)
        .join(Visit, Visit.id == PrintJob.visit_id)
        .where(*ended, PrintJob.kind == JobKind.A4)
        .order_by(PrintJob.id)
    )
    return {job.visit_id: job for job in rows}


def _count_papers(
    session: Session, terminal_ids: Collection[str], span: Span, use: dict[str, DayOfUse]
) -> None:
    pages = case((PrintJob.state == JobState.PRINTED, PrintJob.pages), else_=PrintJob.pages_done)
    printed = case((PrintJob.state == JobState.PRINTED, 1), else_=0)
    rows = session.execute(
        select(PrintJob.terminal_id, PrintJob.kind, func.sum(pages), func.sum(printed))
        .where(
            PrintJob.terminal_id.in_(terminal_ids),
            # An end is a change: the index knows those.
            PrintJob.changed_at >= span.start,
            PrintJob.ended_at >= span.start,
            PrintJob.ended_at < span.end,
        )
        .group_by(PrintJob.terminal_id, PrintJob.kind)
    )
    for terminal_id, kind, sheets, came_out in rows:
        day = use.setdefault(terminal_id, DayOfUse())
        if kind == JobKind.A4:
            day.pages = int(sheets)
        else:
            day.slips = int(came_out)


def _count_cards(
    session: Session, terminal_ids: Collection[str], span: Span, use: dict[str, DayOfUse]
) -> None:
    of_theirs = select(Visit.id, Visit.terminal_id).where(Visit.terminal_id.in_(terminal_ids))
    # Whoever's card was read that day left then, or later, or is still there.
    there = union_all(
        of_theirs.where(Visit.ended_at >= span.start), of_theirs.where(Visit.ended_at.is_(None))
    ).subquery()
    rows = session.execute(
        select(there.c.terminal_id, func.count(CardRead.id))
        .join(CardRead, CardRead.visit_id == there.c.id)
        .where(CardRead.at >= span.start, CardRead.at < span.end)
        .group_by(there.c.terminal_id)
    )
    for terminal_id, count in rows:
        use.setdefault(terminal_id, DayOfUse()).card_reads = count
