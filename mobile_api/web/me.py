"""The holder's own page: what is known of him, how sure we are, how the pages look, the way out."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from kiosk_server.core.errors import Invalid, TooMany, Unavailable
from kiosk_server.residents.assurance import Act
from kiosk_server.residents.my_phones import phones_of, sign_out_there
from kiosk_server.residents.proving import NameRefused, check_name, use_binding_code
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.partners import partners, ways
from mobile_api.v1.me import see_me
from mobile_api.web.frame import page
from mobile_api.web.guard import HOME, may, safe_next
from mobile_api.web.looks import SIZES, THEMES
from mobile_api.web.region import let_form_lead_there

LONGEST_TYPED = 100


def add_routes(blueprint: Blueprint) -> None:
    """Open the holder's own pages."""
    blueprint.get("/me")(me)
    blueprint.get("/me/prove")(prove_page)
    blueprint.post("/me/prove/name")(prove_by_name)
    blueprint.post("/me/prove/code")(prove_by_code)
    blueprint.get("/phones")(phones)
    blueprint.post("/phones/<phone_id>/sign-out")(sign_phone_out)


def me() -> ResponseReturnValue:
    """Show what is known of the holder, and let him choose how the pages look."""
    may(Act.SEE_ACCOUNT)
    return page("m/me.html", tab="me", me=see_me(), sizes=SIZES, themes=THEMES)


def prove_page() -> ResponseReturnValue:
    """Offer the ways to prove who one is."""
    may(Act.PROVE_ONESELF)
    return _prove_page(())


def prove_by_name() -> ResponseReturnValue:
    """Have name, identity number and phone number compared."""
    may(Act.PROVE_ONESELF)
    source = partners().real_names
    if source is None:
        raise Unavailable("no_name_check")
    try:
        outcome = check_name(
            database(),
            source,
            holder(),
            name=request.form.get("name", "")[:LONGEST_TYPED],
            number=request.form.get("identity_number", "")[:LONGEST_TYPED],
        )
    except Invalid as fault:
        return _prove_page(tuple(field.code for field in fault.fields))
    except TooMany as fault:
        return _prove_page((fault.code,))
    return _proven(outcome)


def prove_by_code() -> ResponseReturnValue:
    """Take the code that a terminal or a window shows."""
    may(Act.PROVE_ONESELF)
    try:
        with database().unit_of_work() as session:
            outcome = use_binding_code(
                session, holder(), request.form.get("code", "")[:LONGEST_TYPED]
            )
    except TooMany as fault:
        return _prove_page((fault.code,))
    return _proven(outcome)


def phones() -> ResponseReturnValue:
    """List my phones."""
    may(Act.MANAGE_PHONES)
    with database().reading() as session:
        found = phones_of(session, holder())
    return page("m/phones.html", tab="me", phones=found)


def sign_phone_out(phone_id: str) -> ResponseReturnValue:
    """Sign one of my phones out, wherever it is."""
    may(Act.MANAGE_PHONES)
    with database().unit_of_work() as session:
        sign_out_there(session, holder(), phone_id)
    return redirect("/m/phones", code=303)


def _prove_page(faults: tuple[str, ...]) -> ResponseReturnValue:
    let_form_lead_there()
    return page(
        "m/prove.html",
        tab="me",
        status=422 if faults else 200,
        faults=faults,
        name=request.form.get("name", "")[:LONGEST_TYPED],
        ways=ways(),
        level=holder().level,
        next=safe_next(request.values.get("next")),
    )


def _proven(outcome: object) -> ResponseReturnValue:
    if isinstance(outcome, NameRefused):
        return _prove_page((outcome.code,))
    return redirect(safe_next(request.form.get("next", HOME)), code=303)
