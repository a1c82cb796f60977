"""
Stating one word of a certificate (只证明一件事): over 60, resident of this city, and nothing else.

The verifier names himself and his nonce, typed here or brought by a link of his; the answer stands
as a QR and as text, is for him alone and is over after five minutes.
"""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from pydantic import ValidationError

from kiosk_server.certificates.rights import certificate_for
from kiosk_server.certificates.wallet import view
from kiosk_server.core.errors import Conflict, Invalid, TooMany, Unavailable
from kiosk_server.credentials.presenting import StatementWish, statements_of
from kiosk_server.printing.documents.codes import qr_svg
from kiosk_server.residents.assurance import Act
from kiosk_server.showing import pins
from kiosk_server.showing.codes import shower
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.v1.certificates import in_words
from mobile_api.v1.presentations import PresentationWanted, present
from mobile_api.web.frame import page
from mobile_api.web.guard import may, own_id

_LONGEST_PIN, _LONGEST_AUDIENCE, _LONGEST_NONCE = 20, 201, 129


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of statements."""
    blueprint.get("/show/<certificate_id>/statement", endpoint="state_form")(state_form)
    blueprint.post("/show/<certificate_id>/statement", endpoint="state_once")(state_once)


def state_form(certificate_id: str) -> ResponseReturnValue:
    """Offer what this certificate bears out, with its value, before anything is told."""
    may(Act.SHOW_CERTIFICATE)
    return _form(own_id(certificate_id), ())


def state_once(certificate_id: str) -> ResponseReturnValue:
    """Make the statement for one verifier and show it; the answer is kept nowhere."""
    may(Act.SHOW_CERTIFICATE)
    own_id(certificate_id)
    try:
        asked = PresentationWanted(
            statements=list(dict.fromkeys(request.form.getlist("statements")))[:10],
            audience=request.form.get("audience", "").strip()[:_LONGEST_AUDIENCE],
            nonce=request.form.get("nonce", "").strip()[:_LONGEST_NONCE],
        )
    except ValidationError:
        return _form(certificate_id, ("statement_asked_wrong",))
    try:
        refused = pins.unlock(database(), holder(), request.form.get("pin", "")[:_LONGEST_PIN])
        if refused is not None:
            return _form(certificate_id, (refused.code,))
        made = present(
            StatementWish(certificate_id, tuple(asked.statements), asked.audience, asked.nonce)
        )
    except (TooMany, Invalid, Conflict, Unavailable) as fault:
        return _form(certificate_id, (fault.code,))
    return page(
        "m/statement.html",
        certificate_id=certificate_id,
        made=made,
        audience=asked.audience,
        qr=Markup(qr_svg(made.presentation)),  # noqa: S704 - our squares
    )


def _form(certificate_id: str, faults: tuple[str, ...]) -> ResponseReturnValue:
    with database().reading() as session:
        if not pins.has_pin(session, holder()):
            return redirect("/m/show", code=303)
        borne_out = statements_of(session, holder(), certificate_id)
        one = view(session, certificate_for(session, shower(holder()), certificate_id))
    return page(
        "m/statements.html",
        status=422 if faults else 200,
        one=one,
        title=in_words(one.type.names),
        borne_out=borne_out,
        chosen=request.form.getlist("statements"),
        audience=request.values.get("audience", "")[:_LONGEST_AUDIENCE],
        nonce=request.values.get("nonce", "")[:_LONGEST_NONCE],
        faults=faults,
    )
