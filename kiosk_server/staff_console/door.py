"""Signing in and out: a password, then a code from the phone."""

from urllib.parse import urlencode

from flask import Blueprint, make_response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from kiosk_server.core.errors import Invalid
from kiosk_server.staff.sign_in import (
    HalfSignedIn,
    SignedIn,
    check_code,
    check_password,
    sign_out,
)
from kiosk_server.staff_console.session import (
    HALF_COOKIE,
    KEEPER_LANGUAGES,
    LANGUAGE_COOKIE,
    LANGUAGES,
    SESSION_COOKIE,
    SIGN_IN,
    forget_cookies,
    safe_next,
    set_half,
    set_session,
)
from kiosk_server.web.request_context import database

LANGUAGE_SECONDS = 365 * 24 * 3600
LONGEST_PASSWORD = 200

blueprint = Blueprint("staff_door", __name__, url_prefix="/staff", template_folder="templates")


@blueprint.get("/sign-in")
def password_page() -> ResponseReturnValue:
    """Ask for login and password."""
    return _password_page(None)


@blueprint.post("/sign-in")
def take_password() -> ResponseReturnValue:
    """Take the first step; the answer never tells whether the login exists."""
    password = request.form.get("password", "")
    if len(password) > LONGEST_PASSWORD:
        return _password_page("sign_in_refused")
    outcome = check_password(
        database(),
        login=request.form.get("login", ""),
        password=password,
        address=request.remote_addr or "unknown",
    )
    if not isinstance(outcome, HalfSignedIn):
        return _password_page(outcome.code)
    response = make_response(redirect(_code_address(), code=303))
    set_half(response, outcome.token)
    return response


@blueprint.get("/sign-in/code")
def code_page() -> ResponseReturnValue:
    """Ask for the code of the phone's app."""
    if HALF_COOKIE not in request.cookies:
        return redirect(SIGN_IN, code=303)
    return _code_page(None)


@blueprint.post("/sign-in/code")
def take_code() -> ResponseReturnValue:
    """Take the second step and open a new session."""
    code = "".join(request.form.get("code", "").split())
    with database().unit_of_work() as work:
        outcome = check_code(work, request.cookies.get(HALF_COOKIE, ""), code=code)
    if isinstance(outcome, SignedIn):
        # The form token of whoever sat here before is worth nothing from now on.
        session.clear()
        response = make_response(redirect(safe_next(request.form.get("next")), code=303))
        set_session(response, outcome.token)
        return response
    if outcome.code == "sign_in_refused":
        return _code_page(outcome.code)
    return _password_page(outcome.code)


@blueprint.post("/sign-out")
def leave() -> ResponseReturnValue:
    """End the session, here and wherever its token may have got to."""
    with database().unit_of_work() as work:
        sign_out(work, request.cookies.get(SESSION_COOKIE, ""))
    session.clear()
    response = make_response(redirect(SIGN_IN, code=303))
    forget_cookies(response)
    return response


@blueprint.post("/language")
def set_language() -> ResponseReturnValue:
    """Remember the language of this browser for a year."""
    chosen = request.form.get("language", "")
    if chosen not in (*LANGUAGES, *KEEPER_LANGUAGES):
        raise Invalid("language_unknown")
    response = make_response(redirect(safe_next(request.form.get("next")), code=303))
    response.set_cookie(
        LANGUAGE_COOKIE,
        chosen,
        path="/staff",
        max_age=LANGUAGE_SECONDS,
        httponly=True,
        samesite="Strict",
    )
    return response


def _password_page(fault: str | None) -> ResponseReturnValue:
    page = render_template(
        "staff/sign_in.html",
        fault=fault,
        login=request.form.get("login", ""),
        next=safe_next(request.values.get("next")),
    )
    return page, (200 if fault is None else 403)


def _code_page(fault: str | None) -> ResponseReturnValue:
    page = render_template(
        "staff/code.html", fault=fault, next=safe_next(request.values.get("next"))
    )
    return page, (200 if fault is None else 403)


def _code_address() -> str:
    return f"{SIGN_IN}/code?{urlencode({'next': safe_next(request.form.get('next'))})}"
