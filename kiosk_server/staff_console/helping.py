"""
Help with identity at a terminal (帮办核验), for the phone of whoever stands beside the person.

The number on the terminal's screen opens one request. Then he looks at the document and at the
person, and types whom it names; it counts once the person agrees on the screen.
"""

from collections.abc import Callable
from functools import partial, wraps

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.audit.services import Subject
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.core.errors import FieldFault, Invalid, NotFound
from kiosk_server.printing.characters import unprintable
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.fleet_view import moment
from kiosk_server.staff_console.session import audit_refusal, require, staff
from kiosk_server.visits import helping_desk as desk
from kiosk_server.visits.helping_desk import Document, HelpConfirmed, HelpRefused
from kiosk_server.web.request_context import database, settings
from kiosk_server.web.words import current_language

HERE = "/staff/help"
_LONGEST = 60


def add_routes(blueprint: Blueprint) -> None:
    """Put the pages under *blueprint*."""
    blueprint.get("/help")(help_page)
    blueprint.post("/help")(take_help)
    blueprint.get("/help/<request_id>")(_own(help_request))
    blueprint.post("/help/<request_id>/confirm")(_own(confirm_help))
    blueprint.post("/help/<request_id>/decline")(_own(decline_help))


def help_page() -> ResponseReturnValue:
    """Ask for the number on the terminal's screen."""
    require(Right.IDENTITY_CONFIRM)
    return render_template("staff/help.html", refused=None)


def take_help() -> ResponseReturnValue:
    """Take the request that the number stands for."""
    require(Right.IDENTITY_CONFIRM)
    code = "".join(request.form.get("code", "").split())
    with database().unit_of_work() as session:
        outcome = desk.take(session, staff(), code)
    if isinstance(outcome, HelpRefused):
        return render_template("staff/help.html", refused=outcome.code), 422
    return redirect(f"{HERE}/{outcome.request_id}", code=303)


def help_request(request_id: str) -> ResponseReturnValue:
    """Show what is to be looked at, and how far it is."""
    return _page(request_id)


def confirm_help(request_id: str) -> ResponseReturnValue:
    """Say whom the document names. What was typed is drawn again only where it is at fault."""
    require(Right.IDENTITY_CONFIRM)
    form = request.form
    document = Document(
        kind=form.get("kind", ""),
        number=form.get("number", "").strip().upper()[:_LONGEST],
        name=form.get("name", "").strip()[: _LONGEST + 1],
        valid=form.get("valid") == "yes",
    )
    try:
        with database().unit_of_work() as session:
            outcome = desk.confirm(
                session,
                staff(),
                request_id,
                document,
                unprintable=partial(unprintable, directories=settings().font_directories),
            )
    except Invalid as invalid:
        return _page(request_id, faults=list(invalid.fields)), 422
    match outcome:
        case HelpConfirmed():
            return redirect(f"{HERE}/{request_id}", code=303)
        case HelpRefused(code):
            return _page(request_id, refused=code), 422


def decline_help(request_id: str) -> ResponseReturnValue:
    """The document does not bear it, or nobody is there."""
    require(Right.IDENTITY_CONFIRM)
    with database().unit_of_work() as session:
        desk.decline(session, staff(), request_id)
    return redirect(f"{HERE}/{request_id}", code=303)


def _own(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Let *view* answer; whoever asks for a request that another has taken is written down."""

    @wraps(view)
    def audited(request_id: str) -> ResponseReturnValue:
        try:
            return view(request_id)
        except NotFound:
            subject = Subject("help_request", request_id[:_LONGEST])
            audit_refusal(Right.IDENTITY_CONFIRM, subject)
            raise

    return audited


def _page(
    request_id: str, *, faults: list[FieldFault] | None = None, refused: str | None = None
) -> str:
    require(Right.IDENTITY_CONFIRM)
    with database().reading() as session:
        view = desk.view(session, staff(), request_id)
        item = catalogue.find(session, view.item_code) if view.item_code else None
    names = item.content.names if item else {}
    return render_template(
        "staff/help_request.html",
        view=view,
        until=moment(view.expires_at),
        item=names.get(current_language().code) or names.get("zh"),
        form=request.form if faults or refused else {},
        faults={fault.at: fault.code for fault in faults or []},
        refused=refused,
    )
