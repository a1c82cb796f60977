"""
From decision to paper: the proof is issued, its document set, kept and given to the printer.

    issue_and_print(database, press, origin=, case_id=, door=)        -> job id
    print_again(database, press, origin=, visit_id=, job_id=, door=)  -> job id, marked 重打
    print_elsewhere(database, press, origin=, visit_id=, job_id=, …)  -> job id, marked 重打
    reprint(database, press, origin=, visit_id=, door=)               -> job id, marked 重打
    issue_document(database, press, origin=, case_id=, …)             -> file id, for a window

Whether a paper may go out is not decided here: a *door* is asked in each unit of work, and holds
the case's row. The document is set between two units of work, never inside one. A proof that was
issued just before a crash is taken up again, so that a case has one proof however often this is
called.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case
from kiosk_server.cases.queries import DecisionView, decision_of
from kiosk_server.cases.rules import series_of
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.catalogue.content import ItemContent
from kiosk_server.certificates import queries as certificate_queries
from kiosk_server.certificates import services as certificates
from kiosk_server.certificates.facts import Fact
from kiosk_server.certificates.models import Certificate
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Refused
from kiosk_server.core.masking import mask_number
from kiosk_server.files import services as files
from kiosk_server.files.models import StoredFile
from kiosk_server.places import queries as places
from kiosk_server.printing import case_rights, reprints
from kiosk_server.printing import queries as print_queries
from kiosk_server.printing import services as printing
from kiosk_server.printing.documents.papers import Column, ProofPaper, Rendered, Table
from kiosk_server.printing.models import JobKind, PrintJob, ReprintRight
from kiosk_server.printing.services import Document
from kiosk_server.residents import services as residents
from kiosk_server.residents.models import Resident
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.models import Visit

PDF = "application/pdf"
PURPOSE = "proof"


class PaperPress(Protocol):
    """Sets a paper; `printing.documents.press.Press` is one."""

    def render(self, paper: ProofPaper) -> Rendered:
        """Return the finished document."""
        ...


Door = Callable[[Session, str], object]
"""Holds a case by its id, and raises what bars its paper from going out."""


@dataclass(frozen=True)
class _Draft:
    """A paper that is ready to be set, and what its job will be called."""

    paper: ProofPaper
    case_id: str
    certificate_id: str
    title: str


def issue_and_print(
    database: Database,
    press: PaperPress,
    *,
    origin: str,
    case_id: str,
    sample: bool,
    door: Door,
    visit_id: str | None = None,
) -> str:
    """
    Issue the proof of a decided case, set it, and ask a visit's terminal to print it: that of the
    case's own visit, or of *visit_id*, where its resident has come back with his card.

    *origin* is the public origin in the QR; *sample* marks papers of made-up people. A second call
    returns the job that stands. Raises `Refused("paper_not_due")` where the decision has none.
    """
    with database.unit_of_work() as session:
        standing = print_queries.last_of_case(session, case_id)
        if standing is not None:
            return standing.id
        door(session, case_id)
        case = session.get_one(Case, case_id, with_for_update=True)
        visit = session.get_one(Visit, visit_id or case.visit_id)
        _issued(session, case, visit, sample=sample)
        draft = _draft(session, case, visit, origin=origin)

    def ask(session: Session, visit: Visit, document: Document) -> str:
        session.get_one(Case, case_id, with_for_update=True)
        standing = print_queries.last_of_case(session, case_id)
        if standing is not None:
            return standing.id
        door(session, case_id)
        job = printing.request(
            session,
            visit,
            document,
            kind=JobKind.A4,
            case_id=case_id,
            certificate_id=draft.certificate_id,
        )
        case_rights.use_first(session, case_id, job)
        return job.id

    return _set_and_ask(database, press, draft, visit.id, ask)


def print_again(
    database: Database, press: PaperPress, *, origin: str, visit_id: str, job_id: str, door: Door
) -> str:
    """Print a job of this same visit again at once; the paper says 重打. Returns the new job."""

    def take(session: Session, visit: Visit) -> ReprintRight:
        _ask_door(session, door, job_id)
        return reprints.use_in_visit(session, visit, job_id)

    return _print_by_right(database, press, origin, visit_id, take)


def print_elsewhere(
    database: Database, press: PaperPress, *, origin: str, visit_id: str, job_id: str, door: Door
) -> str:
    """Print a failed job of an earlier visit in this one, by the holder's card; it says 重打."""

    def take(session: Session, visit: Visit) -> ReprintRight:
        _ask_door(session, door, job_id)
        return case_rights.take_up(session, visit, job_id)

    return _print_by_right(database, press, origin, visit_id, take)


def reprint(
    database: Database, press: PaperPress, *, origin: str, visit_id: str, door: Door
) -> str:
    """Use the right that this visit came for, after the holder's card; the paper says 重打."""

    def take(session: Session, visit: Visit) -> ReprintRight:
        case_id = reprints.case_of_visit(session, visit)
        if case_id is not None:
            door(session, case_id)
        return reprints.right_of_visit(session, visit)

    return _print_by_right(database, press, origin, visit_id, take)


def issue_document(
    database: Database, press: PaperPress, *, origin: str, case_id: str, sample: bool, door: Door
) -> str:
    """
    Issue and set the proof of a decided case for whoever hands it out at a window; its file's id.

    What was set before is given again. Raises `Refused("paper_not_due")`, and what *door* raises.
    """
    with database.unit_of_work() as session:
        door(session, case_id)
        case = session.get_one(Case, case_id, with_for_update=True)
        visit = session.get_one(Visit, case.visit_id)
        certificate = _issued(session, case, visit, sample=sample)
        made = certificate_queries.documents_of(session, certificate.id)
        if made:
            return made[0].file_id
        draft = _draft(session, case, visit, origin=origin)
    rendered = press.render(draft.paper)
    with database.unit_of_work() as session:
        door(session, case_id)
        made = certificate_queries.documents_of(session, draft.certificate_id)
        return made[0].file_id if made else _kept(session, draft, rendered).id


def _print_by_right(
    database: Database,
    press: PaperPress,
    origin: str,
    visit_id: str,
    take: Callable[[Session, Visit], ReprintRight],
) -> str:
    with database.unit_of_work() as session:
        visit = session.get_one(Visit, visit_id, with_for_update=True)
        right = take(session, visit)
        draft = _again(session, right.case_id, visit, origin)

    def ask(session: Session, visit: Visit, document: Document) -> str:
        return reprints.use(session, take(session, visit), visit, document).id

    return _set_and_ask(database, press, draft, visit_id, ask)


def _ask_door(session: Session, door: Door, job_id: str) -> None:
    job = session.get(PrintJob, job_id)
    if job is not None and job.case_id is not None:
        door(session, job.case_id)


def _again(session: Session, case_id: str, visit: Visit, origin: str) -> _Draft:
    draft = _draft(session, session.get_one(Case, case_id), visit, origin=origin)
    return replace(draft, paper=replace(draft.paper, reprint=True))


def _set_and_ask(
    database: Database,
    press: PaperPress,
    draft: _Draft,
    visit_id: str,
    ask: Callable[[Session, Visit, Document], str],
) -> str:
    rendered = press.render(draft.paper)
    with database.unit_of_work() as session:
        visit = session.get_one(Visit, visit_id, with_for_update=True)
        file = _kept(session, draft, rendered)
        return ask(session, visit, Document(file, rendered.pages, draft.title))


def _kept(session: Session, draft: _Draft, rendered: Rendered) -> StoredFile:
    file = files.store(session, rendered.pdf, PDF, PURPOSE)
    certificates.attach_document(
        session,
        session.get_one(Certificate, draft.certificate_id),
        file_id=file.id,
        content=rendered.pdf,
        reprint=draft.paper.reprint,
    )
    return file


def _issued(session: Session, case: Case, visit: Visit, *, sample: bool) -> Certificate:
    if case.certificate_id is not None:
        return session.get_one(Certificate, case.certificate_id)
    decision = decision_of(session, case.id)
    if decision.paper is None:
        raise Refused("paper_not_due")
    content, days = _content(session, case)
    certificate = certificates.issue(
        session,
        series=series_of(case.item_code),
        kind=decision.paper.title,
        item_code=case.item_code,
        item_version_id=case.item_version_id,
        case_id=case.id,
        resident_id=case.resident_id,
        holder_name=decision.paper.holder_name,
        issuer=content.body["zh"],
        facts=[Fact(label, value) for label, value in decision.paper.compare],
        good_for=content.handling.good_for if content.handling else "",
        not_good_for=content.handling.not_for if content.handling else "",
        by=resident_at(visit),
        valid_until=clock.beijing_today() + timedelta(days=days) if days else None,
        sample=sample,
    )
    case.certificate_id = certificate.id
    session.flush()
    return certificate


def _draft(session: Session, case: Case, visit: Visit, *, origin: str) -> _Draft:
    decision = decision_of(session, case.id)
    if decision.paper is None or case.certificate_id is None:
        raise Refused("paper_not_due")
    certificate = session.get_one(Certificate, case.certificate_id)
    content, _ = _content(session, case)
    number = residents.number_of(session, session.get_one(Resident, case.resident_id))
    paper = ProofPaper(
        title=certificate.kind,
        issuer=certificate.issuer,
        document_number=certificate.number or "",
        holder_name=decision.paper.holder_name,
        holder_number=mask_number(number),
        sentences=decision.paper.sentences,
        issued_on=certificate.issued_on,
        printed_at=clock.now(),
        terminal=visit.terminal_id,
        site=places.site(session, visit.site_id).names["zh"],
        verify_url=f"{origin}/v/{certificate_queries.token_of(session, certificate)}",
        verify_code=certificate.code,
        table=_table(decision),
        purpose=_purpose(content, case),
        promise=_promise(content, case),
        good_for=certificate.good_for,
        not_good_for=certificate.not_good_for,
        sample=certificate.sample,
        mark=visit.mark or "",
    )
    return _Draft(paper, case.id, certificate.id, content.names["zh"])


def _content(session: Session, case: Case) -> tuple[ItemContent, int | None]:
    content = catalogue.version(session, case.item_version_id).content
    return content, content.handling.validity_days if content.handling else None


def _table(decision: DecisionView) -> Table | None:
    if decision.paper is None or not decision.paper.rows:
        return None
    return Table(
        columns=tuple(
            Column(column.label, numeric=column.numeric, share=column.share)
            for column in decision.paper.columns
        ),
        rows=decision.paper.rows,
    )


def _purpose(content: ItemContent, case: Case) -> str | None:
    purpose = content.purpose(case.purpose) if case.purpose else None
    return purpose.words["zh"] if purpose else None


def _promise(content: ItemContent, case: Case) -> str | None:
    promise = content.handling.promise if content.handling else None
    return promise.words["zh"] if promise and case.promise_version == promise.version else None
