"""
Who verifies at this browser (核验端): its cookies, and the guard that asks for a signed-in person.

Two cookies, bound to `/scan`: the device's, which stays, and the session's. Both are HttpOnly and
SameSite=Strict, and each is worth nothing without the other.

    signed_in()      anybody's page: who is signed in, or None
    verifier()       behind `VERIFIER`: who looks
"""

from datetime import timedelta

from flask import Response, g, redirect, request
from flask.typing import ResponseReturnValue

from kiosk_server.core import clock
from kiosk_server.core.errors import Refused
from kiosk_server.partners.rules import DEVICE_LIFE, SESSION_LIFE, Verifier
from kiosk_server.partners.sign_in import SessionView, keep_alive, verifier_of
from kiosk_server.public.language import OFFERED, offered_language
from kiosk_server.web.request_context import database, settings
from kiosk_server.web.surface import Guard

SESSION_COOKIE, DEVICE_COOKIE = "verifier_session", "verifier_device"
HOME, SIGN_IN = "/scan", "/scan/sign-in"
TOUCH_EVERY = timedelta(minutes=1)
_LONGEST_TOKEN = 100


def signed_in() -> SessionView | None:
    """Return who is signed in at this browser, asked of the database once a request."""
    if "verifier_view" not in g:
        g.verifier_view = _found()
    view: SessionView | None = g.verifier_view
    return view


def verifier() -> Verifier:
    """Return who looks, behind the guard."""
    view = signed_in()
    if view is None:
        raise Refused("sign_in_needed")
    return view.verifier


def device_secret() -> str:
    """Return what this browser was bound with; empty where it was not."""
    return request.cookies.get(DEVICE_COOKIE, "")[:_LONGEST_TOKEN]


def session_token() -> str:
    """Return this browser's session, or an empty text."""
    return request.cookies.get(SESSION_COOKIE, "")[:_LONGEST_TOKEN]


def in_language(address: str) -> str:
    """Return *address* with the language that was asked for in this one."""
    asked = request.args.get("lang")
    return f"{address}?lang={asked}" if asked in OFFERED else address


def set_session(response: Response, token: str) -> None:
    """Give the browser its session."""
    _set(response, SESSION_COOKIE, token, SESSION_LIFE)


def set_device(response: Response, secret: str) -> None:
    """Let the browser be a device of its organisation."""
    _set(response, DEVICE_COOKIE, secret, DEVICE_LIFE)


def forget_session(response: Response) -> None:
    """Take the session from the browser; it stays bound."""
    response.delete_cookie(SESSION_COOKIE, path=HOME)


def _check_signed_in() -> ResponseReturnValue | None:
    g.language = offered_language(request)
    if signed_in() is not None:
        return None
    wants_page = request.accept_mimetypes.best_match(["text/html", "application/json"])
    if request.method == "GET" and wants_page == "text/html":
        return redirect(in_language(SIGN_IN), code=303)
    raise Refused("sign_in_needed")


VERIFIER = Guard("a verifier who is signed in at a bound device", _check_signed_in)


def _found() -> SessionView | None:
    token = session_token()
    if not token:
        return None
    with database().reading() as session:
        view = verifier_of(session, token, device_secret())
    if view is not None and clock.now() - view.last_seen_at >= TOUCH_EVERY:
        with database().unit_of_work() as session:
            keep_alive(session, token)
    return view


def _set(response: Response, name: str, value: str, life: timedelta) -> None:
    response.set_cookie(
        name,
        value,
        path=HOME,
        max_age=life,
        httponly=True,
        samesite="Strict",
        secure=settings().public_origin.startswith("https://"),
    )
