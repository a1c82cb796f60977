"""
Print jobs: ask for one, follow what the terminal reports, hear what the person says.

    request(session, visit, document, …)                        -> PrintJob
    report(session, terminal_id, job_id, sequence=, state=, …)  -> the job's state
    answer_came_out(session, job_id, came_out=)                 -> JobState
    cancel(session, job_id); cancel_of_visit(session, visit_id)
    settle_silent(session)                                      jobs nobody spoke of any more
    lose_of_terminal(session, terminal_id)                      its machine is withdrawn

The right to a second print is in `reprints`.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid, NotFound, Refused
from kiosk_server.core.identifiers import new_id
from kiosk_server.files.models import StoredFile
from kiosk_server.outbox.services import emit
from kiosk_server.printing import rules
from kiosk_server.printing.events import PrintEvent
from kiosk_server.printing.models import JobKind, JobState, PrintJob
from kiosk_server.printing.rules import LIFE, JobVerb
from kiosk_server.visits.actors import resident_at, terminal_actor
from kiosk_server.visits.models import Visit, VisitState

_LONGEST_TROUBLE = 30


@dataclass(frozen=True)
class Document:
    """What is to be printed: a stored file, its pages, and a title without personal data."""

    file: StoredFile
    pages: int
    title: str


def request(
    session: Session,
    visit: Visit,
    document: Document,
    *,
    kind: JobKind,
    case_id: str | None = None,
    certificate_id: str | None = None,
    reprint: bool = False,
) -> PrintJob:
    """
    Ask the terminal of *visit* to bring out *document* once.

    Raises `Refused("visit_over")`: a document is set for a second or two, and who has left in that
    time must not leave a paper to the next person.
    """
    if visit.state != VisitState.ACTIVE:
        raise Refused("visit_over")
    now = clock.now()
    job = PrintJob(
        id=new_id(),
        kind=kind,
        terminal_id=visit.terminal_id,
        visit_id=visit.id,
        case_id=case_id,
        certificate_id=certificate_id,
        file_id=document.file.id,
        title=document.title,
        media_type=document.file.media_type,
        digest=document.file.digest,
        pages=document.pages,
        reprint=reprint,
        state=JobState.WAITING,
        requested_at=now,
        changed_at=now,
    )
    session.add(job)
    note(
        session,
        AuditEvent.PRINT_REQUESTED,
        actor=resident_at(visit),
        subject=Subject("print_job", job.id),
        facts={"kind": kind.value, "case": case_id, "reprint": reprint},
    )
    session.flush()
    return job


def report(
    session: Session,
    terminal_id: str,
    job_id: str,
    *,
    sequence: int,
    state: str,
    trouble: str | None,
    pages_done: int,
) -> JobState:
    """
    Take a terminal's word on a job and return the state that the server now holds.

    Sequences count from 1 within a job; one that is not newer than the last changes nothing and
    gets the same answer, so reports may come twice and out of order. Raises
    `NotFound("print_job_not_found")` for another terminal's job, `WrongState` where the job has
    ended otherwise.
    """
    job = session.get(PrintJob, job_id, with_for_update=True)
    if job is None or job.terminal_id != terminal_id:
        raise NotFound("print_job_not_found")
    if state not in {reported.value for reported in rules.REPORTED}:
        raise Invalid(fields=[FieldFault("state", "state_unknown")])
    if sequence <= job.last_sequence:
        return JobState(job.state)
    after = LIFE.after(JobState(job.state), rules.REPORTED[JobState(state)])
    job.last_sequence = sequence
    job.trouble = trouble[:_LONGEST_TROUBLE] if trouble and after is not JobState.PRINTED else None
    job.pages_done = max(job.pages_done, min(pages_done, job.pages))
    if JobState(state) in rules.ENDED:
        job.cancel_wanted = False
    _enter(session, job, after, actor=terminal_actor(terminal_id, job.visit_id))
    return after


def answer_came_out(session: Session, job_id: str, *, came_out: bool) -> JobState:
    """
    Keep the person's own word on whether the paper came out.

    It settles an unknown job; a job that the printer called printed stays printed, and a no opens
    the way to a second print. Raises `WrongState` while the job is still on its way.
    """
    job = _held(session, job_id)
    word = "yes" if came_out else "no"
    if job.came_out == word:
        return JobState(job.state)
    state = JobState(job.state)
    actor = resident_at(session.get_one(Visit, job.visit_id))
    note(
        session,
        AuditEvent.PRINT_SETTLED,
        actor=actor,
        subject=Subject("print_job", job.id),
        facts={"state": state.value, "came_out": word},
    )
    job.came_out = word
    if state is not JobState.PRINTED:
        verb = JobVerb.SAY_CAME_OUT if came_out else JobVerb.SAY_DID_NOT
        state = LIFE.after(state, verb)
        _enter(session, job, state, actor=actor)
    session.flush()
    return state


def cancel(session: Session, job_id: str) -> None:
    """Ask the terminal to take a job back. Its own word ends the job: it may be too late."""
    job = _held(session, job_id)
    if job.state in rules.OPEN:
        job.cancel_wanted = True
        job.changed_at = clock.now()
        session.flush()


def cancel_of_visit(session: Session, visit_id: str) -> int:
    """
    Take back the jobs of a visit that ended before they began, or that hang in trouble.

    Nothing may come out for the next person; what is being printed is let finish. Returns how
    many were taken back.
    """
    wanted = select(PrintJob).where(
        PrintJob.visit_id == visit_id,
        PrintJob.kind == JobKind.A4,
        PrintJob.state.in_(rules.OPEN),
    )
    taken_back = 0
    for job in session.scalars(wanted.with_for_update()).all():
        if job.state != JobState.PRINTING or job.trouble is not None:
            cancel(session, job.id)
            taken_back += 1
    return taken_back


def settle_silent(session: Session) -> int:
    """Give up the jobs of which no word came for half an hour; return how many.

    Each is unknown, even one that the terminal never said it took: its line may have died between
    the fetching and the saying. A terminal that comes back is told to take it back.
    """
    silent = select(PrintJob).where(
        PrintJob.state.in_(rules.OPEN), PrintJob.changed_at < clock.now() - rules.SILENCE
    )
    jobs = session.scalars(silent.with_for_update(skip_locked=True)).all()
    for job in jobs:
        _lose(session, job)
    return len(jobs)


def lose_of_terminal(session: Session, terminal_id: str) -> int:
    """Give up the open jobs of a machine that will not speak again; return how many."""
    wanted = select(PrintJob).where(
        PrintJob.terminal_id == terminal_id, PrintJob.state.in_(rules.OPEN)
    )
    jobs = session.scalars(wanted.with_for_update()).all()
    for job in jobs:
        _lose(session, job)
    return len(jobs)


def _lose(session: Session, job: PrintJob) -> None:
    job.trouble = job.trouble or "offline"
    job.cancel_wanted = True
    _enter(session, job, LIFE.after(JobState(job.state), JobVerb.LOSE), actor=SYSTEM)


def _held(session: Session, job_id: str) -> PrintJob:
    job = session.get(PrintJob, job_id, with_for_update=True)
    if job is None:
        raise NotFound("print_job_not_found")
    return job


def _enter(session: Session, job: PrintJob, state: JobState, *, actor: Actor) -> None:
    ended = state in rules.ENDED and job.state != state
    job.state = state
    job.changed_at = now = clock.now()
    if ended:
        job.ended_at = now
        note(
            session,
            AuditEvent.PRINT_ENDED,
            actor=actor,
            subject=Subject("print_job", job.id),
            facts={"state": state.value, "trouble": job.trouble, "pages_done": job.pages_done},
        )
    if state is JobState.PRINTED:
        emit(session, PrintEvent.PRINTED, {"job": job.id}, dedup=f"{PrintEvent.PRINTED}:{job.id}")
    session.flush()
