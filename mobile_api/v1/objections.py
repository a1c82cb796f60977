"""`/objections`, `/refusal-reports`: what is wrong in a certificate, who did not take one."""

import base64
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from kiosk_server.certificates import evidence, objections, refusals
from kiosk_server.certificates import objection_queries as queries
from kiosk_server.certificates.objection_queries import ObjectionView, ReportView
from kiosk_server.certificates.objection_rules import (
    LARGEST_FILE_BYTES,
    LONGEST_WORDS,
    ObjectionState,
    RefusedFor,
    ReportState,
    Scene,
)
from kiosk_server.certificates.objections import Complaint
from kiosk_server.certificates.refusals import Incident
from kiosk_server.core.errors import FieldFault, Invalid
from kiosk_server.residents.assurance import Act
from kiosk_server.web.request_context import database
from mobile_api.access import holder, signed_in
from mobile_api.doors import Door
from mobile_api.v1.certificates import WhomToAsk, in_words, whom_to_ask
from mobile_api.v1.schemas import Asked, Page, PageAsked, page_of
from mobile_api.wallets import actor_id

Words = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_WORDS)]
LONGEST_FILE = 4 * (LARGEST_FILE_BYTES // 3 + 1)
"""Characters of the largest file in base 64."""
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


class ObjectionRaised(Asked):
    """Which field is wrong (`content` for whatever has none of its own), and how."""

    field: Slug
    words: Words


class ObjectionSeen(BaseModel):
    """One objection of mine, with its last day and its answer."""

    id: str
    certificate_id: str
    title: str
    field: str
    words: str
    state: ObjectionState
    raised_at: datetime
    due_on: date
    answer: str | None
    refused_for: RefusedFor | None
    complain_to: WhomToAsk
    evidence: int = Field(description="How many files were handed in.")
    new_certificate_id: str | None


class EvidenceSent(Asked):
    """A file that supports an objection: a JPEG, a PNG or a PDF, in base 64 (RFC 4648)."""

    content: Annotated[str, StringConstraints(min_length=4, max_length=LONGEST_FILE)]


class RefusalTold(Asked):
    """Which type was not taken, in which scene, where, and what was said."""

    type: Slug
    scene: Scene
    place: Words
    said: Words


class ReportSeen(BaseModel):
    """One report of mine, with its last day and its answer."""

    id: str
    title: str
    scene: Scene
    place: str
    said: str
    state: ReportState
    reported_at: datetime
    due_on: date
    answer: str | None


def raise_objection(certificate_id: str, body: ObjectionRaised) -> ObjectionSeen:
    """Say what is wrong in a certificate; it is answered by its last day."""
    complaint, by = Complaint(body.field, body.words), holder().actor
    with database().unit_of_work() as session:
        row = objections.raise_objection(session, actor_id(), certificate_id, complaint, by=by)
        return objection_seen(queries.objection_view(session, row.id))


def list_objections(query: PageAsked) -> Page[ObjectionSeen]:
    """List my objections."""
    with database().reading() as session:
        rows = [
            objection_seen(each)
            for each in queries.objections_of(session, actor_id())
            if not query.cursor or each.id < query.cursor
        ]
    return page_of(rows[: query.limit + 1], [row.id for row in rows], query.limit)


def send_evidence(objection_id: str, body: EvidenceSent) -> ObjectionSeen:
    """Add a file to an objection of mine, until it is answered; a picture is drawn anew."""
    try:
        data = base64.b64decode(body.content, validate=True)
    except ValueError:
        fault = FieldFault("content", "file_unknown")
        raise Invalid("evidence_invalid", fields=[fault]) from None
    kept = evidence.evidence_of(data)
    with database().unit_of_work() as session:
        evidence.add_evidence(session, actor_id(), objection_id, kept, by=holder().actor)
        return objection_seen(queries.own_objection(session, actor_id(), objection_id))


def withdraw_objection(objection_id: str) -> None:
    """Take an objection of mine back, until it is answered."""
    with database().unit_of_work() as session:
        objections.withdraw(session, actor_id(), objection_id, by=holder().actor)


def report_refusal(body: RefusalTold) -> ReportSeen:
    """Report that somebody did not take a certificate; it is answered by its last day."""
    incident = Incident(body.type, body.scene, body.place, body.said)
    with database().unit_of_work() as session:
        row = refusals.report(session, actor_id(), incident, by=holder().actor)
        return report_seen(queries.report_view(session, row.id))


def list_reports(query: PageAsked) -> Page[ReportSeen]:
    """List my reports."""
    with database().reading() as session:
        rows = [
            report_seen(each)
            for each in queries.reports_of(session, actor_id())
            if not query.cursor or each.id < query.cursor
        ]
    return page_of(rows[: query.limit + 1], [row.id for row in rows], query.limit)


def objection_seen(view: ObjectionView) -> ObjectionSeen:
    """Return an objection as the phone shows it."""
    return ObjectionSeen(
        id=view.id,
        certificate_id=view.certificate_id,
        title=view.title if view.issued_here else in_words(view.type.names),
        field=view.field_id,
        words=view.words,
        state=view.state,
        raised_at=view.raised_at,
        due_on=view.due_on,
        answer=view.answer,
        refused_for=RefusedFor(view.refused_for) if view.refused_for else None,
        complain_to=whom_to_ask(view.type.department),
        evidence=len(view.evidence),
        new_certificate_id=view.new_certificate_id,
    )


def report_seen(view: ReportView) -> ReportSeen:
    """Return a report as the phone shows it."""
    return ReportSeen(
        id=view.id,
        title=in_words(view.type.names),
        scene=Scene(view.scene),
        place=view.place,
        said=view.said,
        state=view.state,
        reported_at=view.reported_at,
        due_on=view.due_on,
        answer=view.answer,
    )


MAY = signed_in(Act.OBJECT)
DOORS = (
    Door(
        "POST",
        "/certificates/<certificate_id>/objections",
        raise_objection,
        MAY,
        HTTPStatus.CREATED,
        refuses={
            HTTPStatus.NOT_FOUND: ("certificate_not_found",),
            HTTPStatus.CONFLICT: ("objection_open_already",),
            HTTPStatus.UNPROCESSABLE_ENTITY: ("objection_invalid",),
        },
        holds_secrets=True,
    ),
    Door("GET", "/objections", list_objections, MAY),
    Door(
        "POST",
        "/objections/<objection_id>/evidence",
        send_evidence,
        MAY,
        HTTPStatus.CREATED,
        refuses={
            HTTPStatus.NOT_FOUND: ("objection_not_found",),
            HTTPStatus.CONFLICT: ("wrong_state", "evidence_enough"),
            HTTPStatus.UNPROCESSABLE_ENTITY: ("evidence_invalid",),
        },
        holds_secrets=True,
        largest_body_bytes=LONGEST_FILE + 1024,
    ),
    Door(
        "POST",
        "/objections/<objection_id>/withdraw",
        withdraw_objection,
        MAY,
        HTTPStatus.NO_CONTENT,
        refuses={
            HTTPStatus.NOT_FOUND: ("objection_not_found",),
            HTTPStatus.CONFLICT: ("wrong_state",),
        },
    ),
    Door(
        "POST",
        "/refusal-reports",
        report_refusal,
        MAY,
        HTTPStatus.CREATED,
        refuses={
            HTTPStatus.NOT_FOUND: ("certificate_type_not_found",),
            HTTPStatus.UNPROCESSABLE_ENTITY: ("report_invalid",),
        },
        holds_secrets=True,
    ),
    Door("GET", "/refusal-reports", list_reports, MAY),
)
