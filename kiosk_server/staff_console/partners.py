"""
Organisations that verify (核验单位): who asks to, for which scenes, and what each has been given.

Opening one shows whom to call and its people's names, and is audited as a look at personal data.
Links and secrets are shown once, by the answer to the form that made them.
"""

from collections.abc import Callable, Mapping

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.core.errors import FieldFault, Invalid
from kiosk_server.partners import organisations, queries
from kiosk_server.partners.rules import OrganisationState, OrganisationVerb
from kiosk_server.showing.scenes import scenes
from kiosk_server.staff.queries import colleague
from kiosk_server.staff.rules import Right, has
from kiosk_server.staff_console.fleet_view import moment
from kiosk_server.staff_console.session import actor, require, staff
from kiosk_server.web.languages import DEFAULT
from kiosk_server.web.request_context import database
from kiosk_server.web.words import current_language

HERE = "/staff/partners"
Deed = Callable[[Session], None]


def add_routes(blueprint: Blueprint) -> None:
    """Put the pages under *blueprint*."""
    blueprint.get("/partners")(partners_page)
    blueprint.get("/partners/<partner_id>")(partner_page)
    blueprint.post("/partners/<partner_id>/scenes")(grant_scenes)
    verbs = ", ".join(verb.value for verb in OrganisationVerb)
    blueprint.post(f"/partners/<partner_id>/<any({verbs}):verb>")(decide_partner)


def waiting_partners() -> int | None:
    """Return how many applications wait; None for who decides none."""
    if not has(staff(), Right.PARTNERS_KEEP):
        return None
    with database().reading() as session:
        return queries.count_waiting(session)


def partners_page() -> ResponseReturnValue:
    """Show organisations, those that wait for a decision first."""
    require(Right.PARTNERS_KEEP)
    asked = request.args.get("state", "")
    state = OrganisationState(asked) if asked in set(OrganisationState) else None
    with database().reading() as session:
        rows = queries.organisations(session, state=state, after=request.args.get("after"))
    more = rows[-1].id if state is not None and len(rows) == queries.PAGE else None
    return render_template(
        "staff/partners.html",
        rows=rows,
        chosen=state,
        states=list(OrganisationState),
        more=more,
        scene_name=scene_name,
        moment=moment,
    )


def partner_page(partner_id: str) -> ResponseReturnValue:
    """Show one organisation and what can be done."""
    return show_partner(partner_id)


def grant_scenes(partner_id: str) -> ResponseReturnValue:
    """Grant exactly the scenes that were ticked; with `approve`, let it begin."""
    wanted = request.form.getlist("scene")

    def grant(session: Session) -> None:
        organisations.set_scenes(session, partner_id, wanted, scenes(), by=actor())
        if request.form.get("approve"):
            organisations.decide(session, partner_id, OrganisationVerb.APPROVE, by=actor())

    return carry_out(partner_id, "scenes", grant)


def decide_partner(partner_id: str, verb: str) -> ResponseReturnValue:
    """Refuse, suspend, resume or close, with a reason where one is needed."""
    reason = request.form.get("reason", "").replace("\r\n", "\n")
    decided = OrganisationVerb(verb)
    return carry_out(
        partner_id,
        verb,
        lambda session: organisations.decide(
            session, partner_id, decided, by=actor(), reason=reason
        ),
    )


def carry_out(partner_id: str, form: str, deed: Deed) -> ResponseReturnValue:
    """Do *deed* and come back to the page; what was typed wrong is marked in *form*."""
    require(Right.PARTNERS_KEEP)
    try:
        with database().unit_of_work() as session:
            deed(session)
    except Invalid as wrong:
        return show_partner(partner_id, form, wrong.fields), 422
    return redirect(f"{HERE}/{partner_id}", code=303)


def show_partner(partner_id: str, form: str = "", faults: tuple[FieldFault, ...] = ()) -> str:
    """Return an organisation's page; *faults* are those of its *form*."""
    require(Right.PARTNERS_KEEP)
    with database().unit_of_work() as session:
        view = queries.organisation_view(session, partner_id)
        by = colleague(session, view.moved_by) if view.moved_by else None
        facts = {"what": "partner"}
        subject = Subject("partner", view.row.id)
        note(session, AuditEvent.PERSONAL_DATA_SEEN, actor=actor(), subject=subject, facts=facts)
    return render_template(
        "staff/partner.html",
        view=view,
        moved_by=by.name if by else "",
        scenes=[(name, scene_name(name)) for name in scenes()],
        scene_name=scene_name,
        moment=moment,
        form=request.form if form else {},
        sent=form,
        faults=_marked(faults),
        longest=organisations.LONGEST_WORDS,
    )


def scene_name(scene_id: str) -> str:
    """Return a scene in words; one that is no longer in the data by its id."""
    scene = scenes().get(scene_id)
    if scene is None:
        return scene_id
    return scene.names.get(current_language().code, scene.names[DEFAULT])


def _marked(faults: tuple[FieldFault, ...]) -> Mapping[str, str]:
    return {fault.at: fault.code for fault in faults}
