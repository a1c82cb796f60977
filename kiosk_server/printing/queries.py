"""
Read print jobs: what a terminal is wanted for, what it fetches, what a page shows.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, union
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.database import canonical_json
from kiosk_server.core.errors import Conflict, NotFound
from kiosk_server.printing import rules
from kiosk_server.printing.models import JobKind, JobState, PrintJob, ReprintRight

_WANT_KINDS = {JobKind.A4: "print_a4", JobKind.SLIP: "print_slip"}
_OF_TERMINAL = select(PrintJob.id, PrintJob.kind, PrintJob.state, PrintJob.cancel_wanted).where(
    PrintJob.terminal_id == bindparam("terminal_id")
)
_WANTED = union(
    # Two looks at two indexes: joined by OR, they would be one look at all that it ever printed.
    _OF_TERMINAL.where(PrintJob.state.in_(rules.OPEN)),
    _OF_TERMINAL.where(
        PrintJob.changed_at > bindparam("given_up_since"), PrintJob.cancel_wanted.is_(True)
    ),
).order_by("id")


@dataclass(frozen=True)
class Want:
    """What the server wants of a terminal: print_a4, print_slip or cancel_print, and the job."""

    kind: str
    job: str


@dataclass(frozen=True)
class JobForTerminal:
    """A job as the terminal sees it; `file_id` is the document's file and stays on the server."""

    id: str
    kind: str
    title: str
    media_type: str
    digest: str
    pages: int
    reprint: bool
    file_id: str
    copies: int = 1


@dataclass(frozen=True)
class JobView:
    """A job as its page shows it. `version` changes whenever anything on the page would."""

    id: str
    kind: JobKind
    state: JobState
    trouble: str | None
    pages: int
    pages_done: int
    reprint: bool
    cancel_wanted: bool
    came_out: str | None
    requested_at: datetime
    changed_at: datetime
    may_print_again: bool
    reprint_until: datetime | None
    reprint_used: bool

    @property
    def version(self) -> str:
        """A strong entity tag (RFC 9110, 8.8.3) without its quotes."""
        told = (
            self.state.value,
            self.trouble,
            self.pages_done,
            self.cancel_wanted,
            self.came_out,
            self.reprint_used,
            str(self.reprint_until),
        )
        return hashlib.sha256(canonical_json([self.id, *told]).encode()).hexdigest()[:16]


def wants_of(session: Session, terminal_id: str) -> list[Want]:
    """Return what *terminal_id* is wanted for, oldest first.

    A job that the terminal said it took is named until it begins to print: after a crash the
    terminal goes on with what is still wanted. It knows jobs by id and starts none twice. What was
    given up in its silence is to be taken back, lest it come out for nobody when paper is brought.
    """
    since = clock.now() - rules.TAKEN_BACK_FOR
    wants = []
    for job in session.execute(_WANTED, {"terminal_id": terminal_id, "given_up_since": since}):
        if job.cancel_wanted:
            wants.append(Want("cancel_print", job.id))
        elif job.state in rules.WANTED:
            wants.append(Want(_WANT_KINDS[JobKind(job.kind)], job.id))
    return wants


def job_for_terminal(session: Session, terminal_id: str, job_id: str) -> JobForTerminal:
    """
    Return one job for the terminal that is to print it.

    Raises `NotFound("print_job_not_found")` for another terminal's job, and
    `Conflict("print_job_over")` for one that has ended or is being taken back.
    """
    job = session.get(PrintJob, job_id)
    if job is None or job.terminal_id != terminal_id:
        raise NotFound("print_job_not_found")
    if job.state not in rules.OPEN or job.cancel_wanted:
        raise Conflict("print_job_over")
    return JobForTerminal(
        id=job.id,
        kind=job.kind,
        title=job.title,
        media_type=job.media_type,
        digest=job.digest,
        pages=job.pages,
        reprint=job.reprint,
        file_id=job.file_id,
    )


def view(session: Session, job_id: str) -> JobView:
    """Return a job for its page, or raise `NotFound`."""
    job = session.get(PrintJob, job_id)
    if job is None:
        raise NotFound("print_job_not_found")
    right = session.scalars(select(ReprintRight).where(ReprintRight.job_id == job_id)).first()
    kind, state = JobKind(job.kind), JobState(job.state)
    used = right is not None and right.used_at is not None
    return JobView(
        id=job.id,
        kind=kind,
        state=state,
        trouble=job.trouble,
        pages=job.pages,
        pages_done=job.pages_done,
        reprint=job.reprint,
        cancel_wanted=job.cancel_wanted,
        came_out=job.came_out,
        requested_at=job.requested_at,
        changed_at=job.changed_at,
        # A paper without a case is printed again from where it came: `own_papers`.
        may_print_again=not used
        and job.case_id is not None
        and rules.may_print_again(kind, state, trouble=job.trouble, came_out=job.came_out),
        reprint_until=right.expires_at if right is not None else None,
        reprint_used=used,
    )


def last_of_visit(
    session: Session, visit_id: str, *, kind: JobKind = JobKind.A4
) -> PrintJob | None:
    """Return the newest job of a visit of one kind."""
    jobs = select(PrintJob).where(PrintJob.visit_id == visit_id, PrintJob.kind == kind)
    return session.scalars(jobs.order_by(PrintJob.id.desc()).limit(1)).first()


def of_visit(session: Session, visit_id: str, *, kind: JobKind) -> list[PrintJob]:
    """Return every job of a visit of one kind, the newest first."""
    jobs = select(PrintJob).where(PrintJob.visit_id == visit_id, PrintJob.kind == kind)
    return list(session.scalars(jobs.order_by(PrintJob.id.desc())))


def last_of_case(session: Session, case_id: str, *, kind: JobKind = JobKind.A4) -> PrintJob | None:
    """Return the newest job of a case of one kind."""
    jobs = select(PrintJob).where(PrintJob.case_id == case_id, PrintJob.kind == kind)
    return session.scalars(jobs.order_by(PrintJob.id.desc()).limit(1)).first()


def jobs_of_case(session: Session, case_id: str) -> list[PrintJob]:
    """Return every sheet that was asked for in a case, the oldest first."""
    jobs = select(PrintJob).where(PrintJob.case_id == case_id, PrintJob.kind == JobKind.A4)
    return list(session.scalars(jobs.order_by(PrintJob.id)))
