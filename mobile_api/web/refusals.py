"""
“They did not take it” (持证被拒反映, P14): told on the spot, in two fields and two touches;
answered by a named person within five working days.
"""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from kiosk_server.certificates import objection_queries as queries
from kiosk_server.certificates import refusals
from kiosk_server.certificates.certificate_types import certificate_types
from kiosk_server.certificates.objection_rules import (
    LONGEST_WORDS,
    REPORT_WITHIN_WORKING_DAYS,
    Scene,
)
from kiosk_server.certificates.refusals import Incident
from kiosk_server.core.errors import Invalid
from kiosk_server.residents.assurance import Act
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.v1.certificates import in_words
from mobile_api.v1.objections import report_seen
from mobile_api.wallets import actor_id
from mobile_api.web.frame import page
from mobile_api.web.guard import may, own_id

HERE = "/m/refusals"


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of reports."""
    blueprint.get("/refusals/new")(refusal_form)
    blueprint.post("/refusals/new")(tell_refusal)
    blueprint.get("/refusals/<report_id>")(refusal_page)


def refusal_form() -> ResponseReturnValue:
    """Ask what was not taken, where, and what was said."""
    return _form(())


def tell_refusal() -> ResponseReturnValue:
    """Take the report and lead to it."""
    may(Act.OBJECT)
    kind, scene = request.form.get("type", ""), request.form.get("scene", "")
    told = [request.form.get(name, "")[: LONGEST_WORDS + 1] for name in ("place", "said")]
    wrong = [] if kind in certificate_types() else ["type"]
    wrong += [] if scene in set(Scene) else ["scene"]
    if wrong:
        return _form(tuple(wrong))
    incident = Incident(kind, Scene(scene), *told)
    try:
        with database().unit_of_work() as session:
            row = refusals.report(session, actor_id(), incident, by=holder().actor)
    except Invalid as fault:
        return _form(tuple(each.at for each in fault.fields))
    return redirect(f"{HERE}/{row.id}", code=303)


def refusal_page(report_id: str) -> ResponseReturnValue:
    """Show one report of mine, with its answer."""
    may(Act.OBJECT)
    with database().reading() as session:
        one = report_seen(queries.own_report(session, actor_id(), own_id(report_id)))
    return page("m/refusal.html", tab="me", one=one)


def _form(faults: tuple[str, ...]) -> ResponseReturnValue:
    may(Act.OBJECT)
    return page(
        "m/refusal_form.html",
        tab="me",
        status=422 if faults else 200,
        types=[(kind.id, in_words(kind.names)) for kind in certificate_types().values()],
        scenes=list(Scene),
        chosen=request.values.get("type", ""),
        asked=request.form,
        faults=faults,
        days=REPORT_WITHIN_WORKING_DAYS,
        longest=LONGEST_WORDS,
    )
