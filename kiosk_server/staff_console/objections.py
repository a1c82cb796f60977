"""
Objections and reports of refusals (异议、拒收反映): what wants an answer, by when, and the answer.

Reading one shows what a person wrote of himself, and is audited as a look at personal data.
"""

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.certificates import objection_queries as queries
from kiosk_server.certificates import objections, refusals
from kiosk_server.certificates.facts import Fact
from kiosk_server.certificates.objection_rules import (
    A_LOOK,
    LIFE,
    LONGEST_WORDS,
    OTHER_CONTENT,
    ObjectionState,
    ObjectionVerb,
    RefusedFor,
    ReportState,
)
from kiosk_server.core.errors import Conflict, FieldFault, Invalid
from kiosk_server.files import services as files
from kiosk_server.staff.queries import colleagues
from kiosk_server.staff.rules import Right, has
from kiosk_server.staff_console.fleet_view import moment
from kiosk_server.staff_console.session import actor, require, staff
from kiosk_server.web.request_context import database
from kiosk_server.web.words import current_language, words

HERE = "/staff/objections"


def add_routes(blueprint: Blueprint) -> None:
    """Put the pages under *blueprint*."""
    blueprint.get("/objections")(objections_page)
    blueprint.get("/objections/<objection_id>")(objection_page)
    blueprint.get("/objections/<objection_id>/evidence/<file_id>")(evidence_of_objection)
    blueprint.post("/objections/<objection_id>/acknowledge")(acknowledge_objection)
    blueprint.post("/objections/<objection_id>/correct")(correct_objection)
    blueprint.post("/objections/<objection_id>/refuse")(refuse_objection)
    blueprint.post("/objections/<objection_id>/explain")(explain_look)
    blueprint.get("/refusals/<report_id>")(report_page)
    blueprint.post("/refusals/<report_id>/answer")(answer_report)


def waiting_objections() -> int | None:
    """Return how many want an answer; None for who does not answer them."""
    if not has(staff(), Right.OBJECTIONS_ANSWER):
        return None
    with database().reading() as session:
        return queries.count_waiting(session)


def objections_page() -> ResponseReturnValue:
    """Show what wants an answer, the nearest last day first, without anybody's words."""
    require(Right.OBJECTIONS_ANSWER)
    with database().reading() as session:
        waiting = queries.open_objections(session)
        reports = queries.open_reports(session)
    return render_template(
        "staff/objections.html",
        objections=waiting,
        reports=reports,
        field_name=_field_name,
        language=current_language().code,
    )


def objection_page(objection_id: str) -> ResponseReturnValue:
    """Show one objection with its words, evidence and what can be done."""
    return _objection_page(objection_id, [])


def evidence_of_objection(objection_id: str, file_id: str) -> ResponseReturnValue:
    """Hand out a file that was handed in."""
    require(Right.OBJECTIONS_ANSWER)
    with database().unit_of_work() as session:
        found = queries.evidence_file(session, objection_id, file_id)
        data = files.read(session, found.file_id)
        _note_seen(session, Subject("objection", objection_id), "evidence")
    response: Response = make_response(data)
    response.headers["Content-Type"] = found.media_type
    response.headers["Content-Disposition"] = "attachment"
    response.headers["Cache-Control"] = "no-store"
    return response


def acknowledge_objection(objection_id: str) -> ResponseReturnValue:
    """Take it in hand, in the name of who is signed in."""
    require(Right.OBJECTIONS_ANSWER)
    with database().unit_of_work() as session:
        objections.acknowledge(session, objection_id, by=actor())
    return redirect(f"{HERE}/{objection_id}", code=303)


def correct_objection(objection_id: str) -> ResponseReturnValue:
    """Answer with the corrected version."""
    require(Right.OBJECTIONS_ANSWER)
    labels, values = request.form.getlist("label"), request.form.getlist("value")
    facts = [Fact(label, value.strip()) for label, value in zip(labels, values, strict=False)]
    try:
        with database().unit_of_work() as session:
            known = [fact.label for fact in queries.objection_view(session, objection_id).facts]
            if known != labels or not all(fact.value for fact in facts):
                raise Invalid("objection_invalid", fields=[FieldFault("facts", "missing")])
            answer = request.form.get("answer", "")
            objections.answer_corrected(session, objection_id, answer, facts, by=actor())
    except Invalid as refused:
        return _objection_page(objection_id, list(refused.fields)), 422
    except Conflict as refused:
        if refused.code != "correction_not_arrived":
            raise
        return _objection_page(objection_id, [FieldFault("facts", refused.code)]), 409
    return redirect(f"{HERE}/{objection_id}", code=303)


def refuse_objection(objection_id: str) -> ResponseReturnValue:
    """Answer that it stays as it is, with the reason."""
    require(Right.OBJECTIONS_ANSWER)
    chosen, answer = request.form.get("reason", ""), request.form.get("answer", "")
    if chosen not in set(RefusedFor):
        return _objection_page(objection_id, [FieldFault("reason", "not_chosen")]), 422
    try:
        with database().unit_of_work() as session:
            reason = RefusedFor(chosen)
            objections.answer_refused(session, objection_id, reason, answer, by=actor())
    except Invalid as refused:
        return _objection_page(objection_id, list(refused.fields)), 422
    return redirect(f"{HERE}/{objection_id}", code=303)


def explain_look(objection_id: str) -> ResponseReturnValue:
    """Answer what was asked about a look."""
    require(Right.OBJECTIONS_ANSWER)
    answer = request.form.get("answer", "")
    try:
        with database().unit_of_work() as session:
            objections.answer_about_look(session, objection_id, answer, by=actor())
    except Invalid as refused:
        return _objection_page(objection_id, list(refused.fields)), 422
    return redirect(f"{HERE}/{objection_id}", code=303)


def report_page(report_id: str) -> ResponseReturnValue:
    """Show one report of a refusal."""
    return _report_page(report_id, [])


def answer_report(report_id: str) -> ResponseReturnValue:
    """Answer it in the name of who is signed in."""
    require(Right.OBJECTIONS_ANSWER)
    try:
        with database().unit_of_work() as session:
            refusals.answer(session, report_id, request.form.get("answer", ""), by=actor())
    except Invalid as refused:
        return _report_page(report_id, list(refused.fields)), 422
    return redirect(f"/staff/refusals/{report_id}", code=303)


def _objection_page(objection_id: str, faults: list[FieldFault]) -> str:
    require(Right.OBJECTIONS_ANSWER)
    with database().unit_of_work() as session:
        view = queries.objection_view(session, objection_id)
        people = colleagues(session, [view.acknowledged_by or "", view.answered_by or ""])
        _note_seen(session, Subject("objection", view.id), "words")
    open_verbs = LIFE.open_verbs(view.state)
    return render_template(
        "staff/objection.html",
        view=view,
        field_name=_field_name(view),
        language=current_language().code,
        raised=moment(view.raised_at),
        name_of=lambda staff_id: people[staff_id].name if staff_id in people else "",
        may_acknowledge=ObjectionVerb.ACKNOWLEDGE in open_verbs,
        may_answer=ObjectionVerb.REFUSE in open_verbs,
        of_a_look=view.field_id == A_LOOK,
        waiting=view.state in (ObjectionState.RAISED, ObjectionState.ACKNOWLEDGED),
        reasons=[reason.value for reason in RefusedFor],
        longest=LONGEST_WORDS,
        form=request.form,
        faults={fault.at: fault.code for fault in faults},
    )


def _report_page(report_id: str, faults: list[FieldFault]) -> str:
    require(Right.OBJECTIONS_ANSWER)
    with database().unit_of_work() as session:
        view = queries.report_view(session, report_id)
        people = colleagues(session, [view.answered_by or ""])
        _note_seen(session, Subject("refusal_report", view.id), "words")
    return render_template(
        "staff/refusal_report.html",
        view=view,
        language=current_language().code,
        reported=moment(view.reported_at),
        answered_by=next((each.name for each in people.values()), ""),
        may_answer=view.state is ReportState.OPEN,
        longest=LONGEST_WORDS,
        form=request.form,
        faults={fault.at: fault.code for fault in faults},
    )


def _field_name(view: queries.ObjectionView) -> str:
    if view.field_id in (OTHER_CONTENT, A_LOOK):
        return words(f"staff-objection-{view.field_id}")
    found = view.type.field(view.field_id)
    language = current_language().code
    return found.names.get(language, found.names["zh"]) if found else view.field_id


def _note_seen(session: Session, subject: Subject, what: str) -> None:
    facts = {"what": what}
    note(session, AuditEvent.PERSONAL_DATA_SEEN, actor=actor(), subject=subject, facts=facts)
