"""
Who is signed in at this request: cookies, the guard, and the check of a right.

Cookies are HttpOnly, SameSite=Strict and bound to /staff; the token in them is worth nothing once
its row is revoked.
"""

from datetime import timedelta
from urllib.parse import urlencode

from flask import Response, g, redirect, request
from flask.typing import ResponseReturnValue

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import Refused
from kiosk_server.places.models import SiteLevel
from kiosk_server.places.queries import sites
from kiosk_server.staff.rules import (
    SECOND_STEP_LIFE,
    SESSION_LIFE,
    Holder,
    Right,
    has,
    may,
)
from kiosk_server.staff.sign_in import holder_of, keep_alive
from kiosk_server.web.request_context import database, page_reading, settings
from kiosk_server.web.surface import Guard

SESSION_COOKIE = "staff_session"
HALF_COOKIE = "staff_half"
LANGUAGE_COOKIE = "staff_language"
LANGUAGES = ("zh", "en")
KEEPER_LANGUAGES = ("zh", "ug", "en")
"""Of the keeper's pages alone: the others have no Uyghur words."""
KEEPERS_HOME = "/staff/mine"
HOME = "/staff/"
SIGN_IN = "/staff/sign-in"
TOUCH_EVERY = timedelta(minutes=1)


def choose_language() -> None:
    """Let this request speak the language that its browser chose, Chinese otherwise."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    offered = KEEPER_LANGUAGES if request.path.startswith(KEEPERS_HOME) else LANGUAGES
    g.language = chosen if chosen in offered else offered[0]


def staff() -> Holder:
    """Return who is signed in, behind the guard."""
    found: Holder = g.staff
    return found


def actor() -> Actor:
    """Return who is signed in, as the audit names it."""
    return Actor(kind="staff", id=staff().staff_id)


def has_everywhere(right: Right) -> bool:
    """Return whether who is signed in has *right* in the whole city, not in a township alone."""
    if not has(staff(), right):
        return False
    with page_reading() as session:
        centres = sites(session, level=SiteLevel.CITY_CENTRE)
    return all(may(staff(), right, centre.division_code) for centre in centres)


def require_everywhere(right: Right) -> None:
    """Go on if who is signed in has *right* in the whole city; otherwise as `require`."""
    if not has_everywhere(right):
        audit_refusal(right, None)
        raise Refused("right_missing")


def require(right: Right, division_code: str | None = None) -> None:
    """
    Go on if who is signed in has *right*, in *division_code* where one is given.

    Raises `Refused("right_missing")`; the refusal is audited.
    """
    allowed = has(staff(), right) if division_code is None else may(staff(), right, division_code)
    if not allowed:
        audit_refusal(right, Subject("division", division_code) if division_code else None)
        raise Refused("right_missing")


def audit_refusal(right: Right, subject: Subject | None) -> None:
    """Write down that who is signed in tried what he has no *right* to."""
    with database().unit_of_work() as session:
        note(
            session,
            AuditEvent.STAFF_REFUSED,
            actor=actor(),
            subject=subject,
            facts={"step": "right", "right": right.value},
        )


def _check_open_door() -> None:
    choose_language()


def _check_signed_in() -> ResponseReturnValue | None:
    choose_language()
    token = request.cookies.get(SESSION_COOKIE, "")
    with database().reading() as session:
        view = holder_of(session, token)
    if view is None:
        return redirect(_back_here(), code=303)
    if clock.now() - view.last_seen_at >= TOUCH_EVERY:
        with database().unit_of_work() as session:
            keep_alive(session, token)
    g.staff = view.holder
    return None


DOOR = Guard("open to everybody: staff sign in here", _check_open_door)
SIGNED_IN = Guard("a signed-in member of staff; each view asks for its right", _check_signed_in)


def _back_here() -> str:
    # A form's answer is not sent again after signing in: only pages are come back to.
    if request.method != "GET" or request.path == HOME:
        return SIGN_IN
    asked = request.full_path.removesuffix("?")
    return f"{SIGN_IN}?{urlencode({'next': asked})}"


def safe_next(asked: str | None) -> str:
    """Return where to go after signing in: a page of this console, never another site."""
    if asked and asked.startswith(HOME) and "\\" not in asked and ".." not in asked:
        return asked
    return HOME


def set_session(response: Response, token: str) -> None:
    """Give the browser its session, and take the half one away."""
    _set(response, SESSION_COOKIE, token, path="/staff", life=SESSION_LIFE)
    response.delete_cookie(HALF_COOKIE, path=SIGN_IN)


def set_half(response: Response, token: str) -> None:
    """Give the browser what allows the second step."""
    _set(response, HALF_COOKIE, token, path=SIGN_IN, life=SECOND_STEP_LIFE)


def forget_cookies(response: Response) -> None:
    """Take every token from the browser."""
    response.delete_cookie(SESSION_COOKIE, path="/staff")
    response.delete_cookie(HALF_COOKIE, path=SIGN_IN)


def _set(response: Response, name: str, value: str, *, path: str, life: timedelta) -> None:
    response.set_cookie(
        name,
        value,
        path=path,
        max_age=life,
        httponly=True,
        samesite="Strict",
        secure=settings().public_origin.startswith("https://"),
    )
