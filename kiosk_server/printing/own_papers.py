"""
Certificates of one's own on paper (证照打印): the holder's own view, a copy for one purpose, and a
copy that was made on the phone.

    print_view(database, tools, visit_id=, certificate_id=)          -> job id
    print_copy(database, tools, visit_id=, certificate_id=, wish=)   -> job id   numbered, looked up
    print_made_copy(database, visit_id=, copy_id=)                   -> job id
    print_again(database, tools, visit_id=)                          -> job id, marked 重打
    last_paper(session, visit)                                       -> OwnPaper | None

A paper that did not come out is printed once more, in the same visit alone; whoever comes back
shows who he is again. Own views are kept nowhere for longer than their printing.
"""

import json
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.certificates import copies
from kiosk_server.certificates.copies import CopyTools, CopyWish
from kiosk_server.certificates.copy_papers import CopyPaper
from kiosk_server.certificates.rights import certificate_for
from kiosk_server.core import clock
from kiosk_server.core.database import Database, canonical_json
from kiosk_server.core.errors import Refused
from kiosk_server.files import services as files
from kiosk_server.files.models import StoredFile
from kiosk_server.printing import rules, services
from kiosk_server.printing.models import JobKind, JobState, PrintJob
from kiosk_server.printing.services import Document
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.errand_state import Errand, errand_of, shown_for_errand
from kiosk_server.visits.models import Visit, VisitState

PURPOSE_OF_FILES = "own_view"
_PDF = "application/pdf"
_PAGES = 1
"""A certificate is set on one page."""
_KEPT = timedelta(hours=1)
_LAST = "own_paper"
_CERTIFICATE, _COPY, _JOB = "certificate", "copy", "job"


@dataclass(frozen=True)
class OwnPaper:
    """The paper that this visit asked for last, and whether it may be printed once more."""

    job_id: str
    title: str
    came_out: bool
    may_print_again: bool


def print_view(database: Database, tools: CopyTools, *, visit_id: str, certificate_id: str) -> str:
    """
    Print the holder's own view, which says that it is no more than that.

    Raises `Refused("card_first")` before the person was found out for this, `NotFound` for a
    certificate that is not his to hold, `Invalid("copy_cannot_be_set")`.
    """
    with database.reading() as session:
        holder = _holder(session, session.get_one(Visit, visit_id))
        paper = copies.own_view(session, holder, certificate_id)
    asked = {_CERTIFICATE: certificate_id}
    return _print_set(database, tools, visit_id, paper, asked)


def print_copy(
    database: Database, tools: CopyTools, *, visit_id: str, certificate_id: str, wish: CopyWish
) -> str:
    """Make a copy for one purpose and print it; raises as `copies.produce` and `print_view`."""
    with database.reading() as session:
        visit = session.get_one(Visit, visit_id)
        holder, by = _holder(session, visit), resident_at(visit)
    copy_id = copies.produce(database, tools, holder, certificate_id, wish, by=by)
    return print_made_copy(database, visit_id=visit_id, copy_id=copy_id)


def print_made_copy(database: Database, *, visit_id: str, copy_id: str) -> str:
    """Print a copy that this person made, here or on the phone, as it stands in its file."""
    with database.unit_of_work() as session:
        visit = session.get_one(Visit, visit_id, with_for_update=True)
        copy = copies.copy_for(session, _holder(session, visit), copy_id)
        if copy.pdf_file_id is None or not copies.serves(copy):
            raise Refused("copy_over")
        file = session.get_one(StoredFile, copy.pdf_file_id)
        certificate = certificate_for(session, copy.made_by, copy.certificate_id)
        document = Document(file, _PAGES, certificate.kind)
        asked = {_COPY: copy_id, _CERTIFICATE: certificate.id}
        return _ask(session, visit, document, asked).id


def print_again(database: Database, tools: CopyTools, *, visit_id: str) -> str:
    """
    Print the last paper once more; it says 重打.

    Raises `Refused("reprint_not_open")` where it came out or is on its way, and where this was
    done before.
    """
    with database.reading() as session:
        visit = session.get_one(Visit, visit_id)
        holder, kept = _holder(session, visit), _kept(session, visit)
        last = last_paper(session, visit)
        if last is None or not last.may_print_again:
            raise Refused("reprint_not_open")
        if _COPY in kept:
            paper = copies.paper_of(session, holder, kept[_COPY], tools.origin)
        else:
            paper = copies.own_view(session, holder, kept[_CERTIFICATE])
    sealed = copies.sealed(tools, paper, resident_at(visit))
    return _print_set(database, tools, visit_id, replace(sealed, reprint=True), kept, again=True)


def last_paper(session: Session, visit: Visit) -> OwnPaper | None:
    """Return what became of the paper that *visit* asked for last."""
    kept = _kept(session, visit)
    job = session.get(PrintJob, kept[_JOB]) if _JOB in kept else None
    if job is None:
        return None
    state = JobState(job.state)
    failed = state is JobState.NOT_PRINTED or job.came_out == "no"
    again = rules.may_print_again(
        JobKind(job.kind), state, trouble=job.trouble, came_out=job.came_out
    )
    return OwnPaper(job.id, job.title, not failed, failed and again and not job.reprint)


def forget_views(session: Session) -> int:
    """Delete the files of own views that were printed an hour ago; return how many."""
    old = select(StoredFile.id).where(
        StoredFile.purpose == PURPOSE_OF_FILES, StoredFile.created_at < clock.now() - _KEPT
    )
    found = session.scalars(old).all()
    for file_id in found:
        files.delete(session, file_id)
    return len(found)


def _print_set(
    database: Database,
    tools: CopyTools,
    visit_id: str,
    paper: CopyPaper,
    asked: dict[str, str],
    *,
    again: bool = False,
) -> str:
    rendered = tools.press.render(paper)
    with database.unit_of_work() as session:
        visit = session.get_one(Visit, visit_id, with_for_update=True)
        _holder(session, visit)
        last = last_paper(session, visit)
        # Two touches at once: the second finds the job of the first.
        if again and (last is None or not last.may_print_again):
            raise Refused("reprint_not_open")
        file = files.store(session, rendered.pdf, _PDF, PURPOSE_OF_FILES)
        return _ask(session, visit, Document(file, _PAGES, paper.title), asked, again=again).id


def _ask(
    session: Session,
    visit: Visit,
    document: Document,
    asked: dict[str, str],
    *,
    again: bool = False,
) -> PrintJob:
    job = services.request(
        session,
        visit,
        document,
        kind=JobKind.A4,
        certificate_id=asked[_CERTIFICATE],
        reprint=again,
    )
    put_draft(session, visit, **{_LAST: canonical_json({**asked, _JOB: job.id})})
    return job


def _kept(session: Session, visit: Visit) -> dict[str, str]:
    kept: dict[str, str] = json.loads(draft_of(session, visit).get(_LAST, "{}"))
    return kept


def _holder(session: Session, visit: Visit) -> str:
    if visit.state != VisitState.ACTIVE:
        raise Refused("visit_over")
    known = errand_of(session, visit) is Errand.WALLET and shown_for_errand(session, visit)
    if not known or visit.resident_id is None:
        raise Refused("card_first")
    return visit.resident_id
