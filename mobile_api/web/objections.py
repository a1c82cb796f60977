"""
“This is wrong” (异议, P32) on the phone: which field, how, with which files; then its last day, its
answer, and the corrected version.

One file travels with each form: so a bad line loses one, and no request is larger than the house
takes.
"""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from kiosk_server.certificates import objection_queries as queries
from kiosk_server.certificates import objections
from kiosk_server.certificates.certificate_types import CertificateType
from kiosk_server.certificates.evidence import add_evidence, evidence_of
from kiosk_server.certificates.objection_rules import (
    LIFE,
    LONGEST_WORDS,
    MOST_FILES,
    ObjectionVerb,
)
from kiosk_server.certificates.objections import Complaint, Evidence, fields_to_object_to
from kiosk_server.core.errors import Conflict, Invalid
from kiosk_server.residents.assurance import Act
from kiosk_server.web.request_context import database
from kiosk_server.web.words import words
from mobile_api.access import holder
from mobile_api.v1.certificates import in_words
from mobile_api.v1.objections import objection_seen, report_seen
from mobile_api.wallets import actor_id, see_certificate
from mobile_api.web.frame import page
from mobile_api.web.guard import may, own_id

HERE = "/m/objections"


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of objections."""
    blueprint.get("/certificates/<certificate_id>/objection")(objection_form)
    blueprint.post("/certificates/<certificate_id>/objection")(object_to)
    blueprint.get("/objections")(my_objections)
    blueprint.get("/objections/<objection_id>")(objection_page)
    blueprint.post("/objections/<objection_id>/evidence")(hand_in)
    blueprint.post("/objections/<objection_id>/withdraw")(take_back)


def objection_form(certificate_id: str) -> ResponseReturnValue:
    """Ask which field is wrong, and how."""
    return _form(certificate_id, {})


def object_to(certificate_id: str) -> ResponseReturnValue:
    """Take the objection and lead to it."""
    may(Act.OBJECT)
    own_id(certificate_id)
    said = request.form.get("words", "")[: LONGEST_WORDS + 1]
    field = request.form.get("field", "")[:40]
    try:
        proofs = _sent()
        with database().unit_of_work() as session:
            complaint = Complaint(field, said, proofs)
            by = holder().actor
            row = objections.raise_objection(session, actor_id(), certificate_id, complaint, by=by)
    except Invalid as fault:
        return _form(certificate_id, {each.at: each.code for each in fault.fields})
    except Conflict as fault:
        return _form(certificate_id, {"field": fault.code})
    return redirect(f"{HERE}/{row.id}", code=303)


def my_objections() -> ResponseReturnValue:
    """List my objections and reports of refusals, the newest first."""
    may(Act.OBJECT)
    with database().reading() as session:
        raised = [objection_seen(each) for each in queries.objections_of(session, actor_id())]
        told = [report_seen(each) for each in queries.reports_of(session, actor_id())]
    return page("m/objections.html", tab="me", objections=raised, reports=told)


def objection_page(objection_id: str) -> ResponseReturnValue:
    """Show one objection of mine."""
    return _page(objection_id, {})


def hand_in(objection_id: str) -> ResponseReturnValue:
    """Add a file to it."""
    may(Act.OBJECT)
    own_id(objection_id)
    try:
        sent = _sent()
        if not sent:
            return _page(objection_id, {"evidence": "missing"})
        with database().unit_of_work() as session:
            add_evidence(session, actor_id(), objection_id, sent[0], by=holder().actor)
    except Invalid as fault:
        return _page(objection_id, {each.at: each.code for each in fault.fields})
    return redirect(f"{HERE}/{objection_id}", code=303)


def take_back(objection_id: str) -> ResponseReturnValue:
    """Withdraw it, until it is answered."""
    may(Act.OBJECT)
    with database().unit_of_work() as session:
        objections.withdraw(session, actor_id(), own_id(objection_id), by=holder().actor)
    return redirect(f"{HERE}/{objection_id}", code=303)


def _sent() -> tuple[Evidence, ...]:
    sent = request.files.get("evidence")
    data = sent.read() if sent else b""
    return (evidence_of(data),) if data else ()


def _form(certificate_id: str, faults: dict[str, str]) -> ResponseReturnValue:
    may(Act.OBJECT)
    seen = see_certificate(own_id(certificate_id)).certificate
    kind = seen.type
    return page(
        "m/objection_form.html",
        tab="wallet",
        status=422 if faults else 200,
        certificate_id=certificate_id,
        named=seen.title if not seen.from_platform else in_words(kind.names),
        days=kind.answer_within_working_days,
        fields=[(each, _field_name(each, kind)) for each in fields_to_object_to(kind)],
        chosen=request.values.get("field", ""),
        faults=faults,
        asked=request.form,
        longest=LONGEST_WORDS,
    )


def _page(objection_id: str, faults: dict[str, str]) -> ResponseReturnValue:
    may(Act.OBJECT)
    with database().reading() as session:
        view = queries.own_objection(session, actor_id(), own_id(objection_id))
    verbs = LIFE.open_verbs(view.state)
    return page(
        "m/objection.html",
        tab="me",
        status=422 if faults else 200,
        one=objection_seen(view),
        field_name=_field_name(view.field_id, view.type),
        provisional=view.due_provisional,
        waits=ObjectionVerb.WITHDRAW in verbs,
        more_files=ObjectionVerb.WITHDRAW in verbs and len(view.evidence) < MOST_FILES,
        faults=faults,
    )


def _field_name(field_id: str, kind: CertificateType) -> str:
    field = kind.field(field_id)
    return in_words(field.names) if field else words(f"m-objection-{field_id}")
