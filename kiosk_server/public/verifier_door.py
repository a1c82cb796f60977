"""
The door of an organisation's people: `/scan/sign-in`, and `/scan/join/<token>`, a one-time link.

A GET of a link spends nothing: messengers fetch links before people do.
"""

from flask import Blueprint, Response, make_response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from kiosk_server.core.errors import Invalid, NotFound
from kiosk_server.partners import people, sign_in
from kiosk_server.partners.people import Choice, Invited
from kiosk_server.public import guessing
from kiosk_server.public.verifiers import (
    HOME,
    SIGN_IN,
    device_secret,
    forget_session,
    in_language,
    session_token,
    set_device,
    set_session,
    signed_in,
)
from kiosk_server.web.request_context import database

LONGEST_PASSWORD = 200
_LONGEST_LINK = 100


def add_routes(blueprint: Blueprint) -> None:
    """Open the door in *blueprint*, to everybody."""
    blueprint.add_url_rule(SIGN_IN, view_func=sign_in_page)
    blueprint.add_url_rule(SIGN_IN, view_func=take_password, methods=["POST"])
    blueprint.add_url_rule("/scan/join/<token>", view_func=join_page)
    blueprint.add_url_rule("/scan/join/<token>", view_func=join, methods=["POST"])


def add_signed_in_routes(blueprint: Blueprint) -> None:
    """Open in *blueprint* what is behind the door."""
    blueprint.add_url_rule("/scan/sign-out", view_func=leave, methods=["POST"])


def sign_in_page() -> ResponseReturnValue:
    """Ask for name and password; who is signed in goes on."""
    if signed_in() is not None:
        return redirect(in_language(HOME), code=303)
    return _door(None)


def take_password() -> ResponseReturnValue:
    """Sign in at this device; no answer tells whether there is such a name."""
    password = request.form.get("password", "")
    typed = sign_in.Typed(request.form.get("login", ""), password, request.remote_addr)
    if len(password) > LONGEST_PASSWORD:
        return _door("sign_in_refused")
    outcome = sign_in.check_password(database(), typed, device_secret())
    if isinstance(outcome, sign_in.SignInRefused):
        return _door(outcome.code)
    return _let_in(outcome.token)


def join_page(token: str) -> ResponseReturnValue:
    """Show what a link is for; nothing is spent."""
    return _join_page(token, _asked(token), {})


def join(token: str) -> ResponseReturnValue:
    """Spend the link: this browser is bound, and its person signed in."""
    asked = _asked(token)
    password = request.form.get("password", "")
    choice = Choice(request.form.get("device", ""), password, device_secret())
    try:
        joined = people.join(database(), token[:_LONGEST_LINK], choice)
    except Invalid as wrong:
        return _join_page(token, asked, {fault.at: fault.code for fault in wrong.fields}), 422
    if joined.member_id is None:
        response = make_response(redirect(in_language(SIGN_IN), code=303))
    else:
        with database().unit_of_work() as work:
            opened = sign_in.open_session(work, joined.member_id, joined.device_id)
        response = _let_in(opened)
    set_device(response, joined.device_secret)
    return response


def leave() -> ResponseReturnValue:
    """End the session; the device stays bound."""
    with database().unit_of_work() as work:
        sign_in.sign_out(work, session_token())
    session.clear()
    response = make_response(redirect(in_language(SIGN_IN), code=303))
    forget_session(response)
    return response


def _let_in(token: str) -> Response:
    # The form token of whoever sat here before is worth nothing from now on.
    session.clear()
    response = make_response(redirect(in_language(HOME), code=303))
    set_session(response, token)
    return response


def _asked(token: str) -> Invited:
    try:
        with database().reading() as work:
            return people.invited(work, token[:_LONGEST_LINK])
    except NotFound:
        guessing.count_stray(database(), request.remote_addr)
        raise


def _door(fault: str | None) -> ResponseReturnValue:
    bound = bool(device_secret()) and fault != "device_unbound"
    login = request.form.get("login", "")
    page = render_template("public/verifier_sign_in.html", fault=fault, login=login, bound=bound)
    return page, (200 if fault is None else 403)


def _join_page(token: str, asked: Invited, faults: dict[str, str]) -> str:
    return render_template(
        "public/verifier_join.html",
        token=token,
        asked=asked,
        faults=faults,
        device=request.form.get("device", ""),
        longest=people.LONGEST_DEVICE,
    )
