"""How much a terminal printed (打印计数): numbers alone, no person, no case, no document."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk_server.printing.models import JobState, PrintJob


@dataclass(frozen=True)
class PrintCounts:
    """How jobs that were asked for since some moment have ended so far."""

    printed: int
    not_printed: int
    unknown: int


def counts_at(session: Session, terminal_id: str, *, since: datetime) -> PrintCounts:
    """Return how the jobs ended that a terminal was asked for *since* then."""
    rows = session.execute(
        select(PrintJob.state, func.count(PrintJob.id))
        .where(PrintJob.terminal_id == terminal_id, PrintJob.requested_at >= since)
        .group_by(PrintJob.state)
    )
    by_state = dict(rows.all())
    return PrintCounts(
        printed=by_state.get(JobState.PRINTED.value, 0),
        not_printed=by_state.get(JobState.NOT_PRINTED.value, 0),
        unknown=by_state.get(JobState.UNKNOWN.value, 0),
    )
