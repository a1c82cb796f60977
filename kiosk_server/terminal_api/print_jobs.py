"""Papers on their way: what a job is, its bytes, and how the terminal says it went."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core.errors import NotFound
from kiosk_server.files.services import read
from kiosk_server.printing.queries import job_for_terminal
from kiosk_server.printing.services import report
from kiosk_server.terminal_api.schemas import PrintReport
from kiosk_server.web.bodies import body_as
from kiosk_server.web.guards import terminal
from kiosk_server.web.request_context import database

LONGEST_SUBJECT = 64


def add_routes(blueprint: Blueprint) -> None:
    """Put print jobs under *blueprint*."""
    blueprint.get("/print-jobs/<job_id>")(print_job)
    blueprint.get("/print-jobs/<job_id>/document")(document)
    blueprint.post("/print-jobs/<job_id>/reports")(reports)


def print_job(job_id: str) -> ResponseReturnValue:
    """Describe a job to the terminal that is to print it."""
    with _foreign_job_audited(job_id), database().reading() as session:
        job = job_for_terminal(session, terminal().id, job_id)
    return {
        "id": job.id,
        "kind": job.kind,
        "title": job.title,
        "media_type": job.media_type,
        "digest": job.digest,
        "pages": job.pages,
        "copies": job.copies,
        "reprint": job.reprint,
    }


def document(job_id: str) -> ResponseReturnValue:
    """Hand the document over, to be kept in memory alone."""
    with _foreign_job_audited(job_id), database().reading() as session:
        job = job_for_terminal(session, terminal().id, job_id)
        data = read(session, job.file_id)
    response = Response(data, content_type=job.media_type)
    response.headers["Cache-Control"] = "no-store"
    return response


def reports(job_id: str) -> ResponseReturnValue:
    """Take the terminal's word on a job; the same word twice gets the same answer."""
    body = body_as(PrintReport)
    with _foreign_job_audited(job_id), database().unit_of_work() as session:
        state = report(
            session,
            terminal().id,
            job_id,
            sequence=body.sequence,
            state=body.state,
            trouble=body.trouble,
            pages_done=body.pages_done,
        )
    return {"state": state.value}


@contextmanager
def _foreign_job_audited(job_id: str) -> Iterator[None]:
    # A terminal knows its own jobs by id: one that asks for another's is out of order, or worse.
    try:
        yield
    except NotFound:
        here = terminal().id
        with database().unit_of_work() as session:
            note(
                session,
                AuditEvent.TERMINAL_REFUSED,
                actor=Actor(kind="terminal", id=here, terminal_id=here),
                subject=Subject("print_job", job_id[:LONGEST_SUBJECT]),
                facts={"code": "print_job_not_found"},
            )
        raise
