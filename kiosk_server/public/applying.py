"""`/partners/apply`: an organisation asks to become one that verifies (核验单位入驻申请)."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.core.errors import Invalid
from kiosk_server.core.limits import count_attempt
from kiosk_server.core.neighbourhood import neighbourhood
from kiosk_server.partners import organisations
from kiosk_server.partners.organisations import Application, Contact
from kiosk_server.partners.rules import OrganisationKind
from kiosk_server.public.language import offered_language
from kiosk_server.public.verifiers import in_language
from kiosk_server.showing.scenes import scenes
from kiosk_server.web.languages import DEFAULT
from kiosk_server.web.request_context import database

PER_HOUR = 10
_LONGEST_SENT = 300
_TEXTS = ("name", "code", "purpose", "person", "phone")


def add_routes(blueprint: Blueprint) -> None:
    """Open the form in *blueprint*."""
    blueprint.add_url_rule("/partners/apply", view_func=apply_page)
    blueprint.add_url_rule("/partners/apply", view_func=take_application, methods=["POST"])
    blueprint.add_url_rule("/partners/applied", view_func=applied_page)


def apply_page() -> ResponseReturnValue:
    """Ask who it is, for which scenes, and whom to call."""
    return _page({}, set())


def take_application() -> ResponseReturnValue:
    """Enter the application; one that stands already is thanked for alike."""
    sent = {name: request.form.get(name, "")[:_LONGEST_SENT].strip() for name in _TEXTS}
    application = Application(
        name=sent["name"],
        code=sent["code"].replace(" ", "").upper(),
        kind=request.form.get("kind", ""),
        purpose=sent["purpose"].replace("\r\n", "\n"),
        contact=Contact(sent["person"], sent["phone"].replace(" ", "")),
        scenes=tuple(request.form.getlist("scene")),
    )
    with database().unit_of_work() as session:
        where = neighbourhood(session, request.remote_addr)
        hour = timedelta(hours=1)
        count_attempt(session, "partner_application", where, limit=PER_HOUR, window=hour)
    try:
        with database().unit_of_work() as session:
            organisations.apply(session, application, scenes())
    except Invalid as wrong:
        return _page(sent, {fault.at for fault in wrong.fields}), 422
    return redirect(in_language("/partners/applied"), code=303)


def applied_page() -> ResponseReturnValue:
    """Say thank you, and what comes next."""
    return render_template("public/applied.html")


def _page(sent: dict[str, str], faults: set[str]) -> str:
    language = offered_language(request)
    return render_template(
        "public/apply.html",
        sent=sent,
        faults=faults,
        kinds=[kind.value for kind in OrganisationKind],
        chosen_kind=request.form.get("kind", ""),
        chosen_scenes=request.form.getlist("scene"),
        scenes=[
            (scene.id, scene.names.get(language, scene.names[DEFAULT]))
            for scene in scenes().values()
        ],
    )
