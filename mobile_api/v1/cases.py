"""`/cases`: my own cases wherever they were taken in (办件查询): progress, result, its document."""

from datetime import datetime
from http import HTTPStatus

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case, CaseState, Outcome
from kiosk_server.cases.own import case_of, cases_of, steps_of
from kiosk_server.cases.queries import decision_of
from kiosk_server.catalogue.queries import version
from kiosk_server.certificates.queries import certificate_of_case, documents_of
from kiosk_server.core.errors import NotFound
from kiosk_server.files import services as files
from kiosk_server.places.queries import site
from kiosk_server.residents.assurance import Act
from kiosk_server.web.request_context import database
from kiosk_server.web.words import words
from mobile_api.access import signed_in
from mobile_api.doors import Door
from mobile_api.v1.case_results import LineOfCase, ResultSeen, result_seen, timeline_seen
from mobile_api.v1.certificates import FileGiven, file_given, in_words
from mobile_api.v1.schemas import Page, PageAsked, page_of
from mobile_api.wallets import actor_id


class CaseBrief(BaseModel):
    """One case as a list shows it."""

    id: str
    number: str
    item: str
    state: CaseState
    outcome: Outcome | None
    applied_at: datetime


class StepSeen(BaseModel):
    """One thing that happened to a case."""

    state: CaseState
    at: datetime


class CaseDetail(CaseBrief):
    """One case with its progress, why it was so decided, and the proof that it led to."""

    site: str
    handled_by: str
    phone: str = Field(description="Of the site that took it in.")
    steps: list[StepSeen] = Field(description="The first thing first.")
    timeline: list[LineOfCase] = Field(
        description="All of it: the case, its payment, its paper, its parcel; the first first."
    )
    result: ResultSeen
    reasons: list[str]
    certificate_id: str | None
    has_document: bool


def list_cases(query: PageAsked) -> Page[CaseBrief]:
    """List my cases."""
    with database().reading() as session:
        found = cases_of(session, actor_id(), after=query.cursor, limit=query.limit + 1)
        items = [_brief(session, case) for case in found]
    return page_of(items, [item.id for item in items], query.limit)


def see_case(case_id: str) -> CaseDetail:
    """Show one of my cases."""
    with database().reading() as session:
        case = case_of(session, actor_id(), case_id)
        place = site(session, case.site_id)
        certificate = certificate_of_case(session, case.id)
        return CaseDetail(
            **_brief(session, case).model_dump(),
            site=in_words(place.names),
            handled_by=case.handled_by,
            phone=place.phone,
            steps=[StepSeen(state=step.state, at=step.at) for step in steps_of(case)],
            timeline=timeline_seen(session, case),
            result=result_seen(session, case),
            reasons=_reasons(session, case),
            certificate_id=certificate.id if certificate else None,
            has_document=bool(certificate and documents_of(session, certificate.id)),
        )


def give_case_document(case_id: str) -> FileGiven:
    """Give the document of a case's result as PDF."""
    return file_given(case_document(case_id), "application/pdf")


def case_document(case_id: str) -> bytes:
    """Return the first document of a case's result; `NotFound("case_not_found")` where none is."""
    with database().reading() as session:
        case = case_of(session, actor_id(), case_id)
        certificate = certificate_of_case(session, case.id)
        made = documents_of(session, certificate.id) if certificate else ()
        if not made:
            raise NotFound("case_not_found")
        return files.read(session, made[0].file_id)


def _brief(session: Session, case: Case) -> CaseBrief:
    return CaseBrief(
        id=case.id,
        number=case.number,
        item=in_words(version(session, case.item_version_id).content.names),
        state=CaseState(case.state),
        outcome=Outcome(case.outcome) if case.outcome else None,
        applied_at=case.applied_at,
    )


def _reasons(session: Session, case: Case) -> list[str]:
    if case.decision_sealed is None:
        return []
    told = decision_of(session, case.id).reasons
    return [words(f"reason-{reason.code}", **reason.facts) for reason in told]


SEE = signed_in(Act.SEE_CASES)
GONE = {HTTPStatus.NOT_FOUND: ("case_not_found",)}
DOORS = (
    Door("GET", "/cases", list_cases, SEE),
    Door("GET", "/cases/<case_id>", see_case, SEE, refuses=GONE),
    Door("GET", "/cases/<case_id>/document", give_case_document, SEE, refuses=GONE),
)
