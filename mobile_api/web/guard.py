"""
Who is signed in on the phone's pages: cookies, guards, and what a page may ask for.

The cookie is HttpOnly, SameSite=Lax (so that the region's app can lead back here) and bound to
`/m/`; the token in it is worth nothing once its phone was signed out. Each sign-in makes a new one.
"""

from datetime import timedelta
from urllib.parse import urlencode

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from kiosk_server.core.errors import NotFound, Refused
from kiosk_server.core.identifiers import is_id
from kiosk_server.residents.assurance import Act
from kiosk_server.residents.one_time_codes import CODE_LIFE
from kiosk_server.residents.phone_rules import HAND_OVER_LIFE, REFRESH_LIFE, TokenKind
from kiosk_server.web.request_context import settings
from kiosk_server.web.surface import Guard
from mobile_api.access import require, take
from mobile_api.web.looks import choose_look

HOME = "/m/"
SIGN_IN = "/m/sign-in"
REGION = "/m/region"
SESSION_COOKIE = "m_session"
CHALLENGE_COOKIE = "m_code"
HAND_OVER_COOKIE = "m_hand_over"


def _check_open() -> None:
    choose_look()


def _check_signed_in() -> ResponseReturnValue | None:
    choose_look()
    try:
        take(request.cookies.get(SESSION_COOKIE, ""), TokenKind.COOKIE)
    except Refused:
        return redirect(_back_here(), code=303)
    choose_look()
    return None


OPEN_PAGE = Guard("open: the phone's pages before signing in", _check_open)
SIGNED_IN_PAGE = Guard(
    "a signed-in phone, by its cookie; each page asks for its act", _check_signed_in
)


def may(act: Act) -> None:
    """Go on if this phone may do *act*; otherwise its holder is led to prove who he is."""
    require(act)


def own_id(asked: str) -> str:
    """Return an id that stands in a page's address; `NotFound` for what can be none."""
    if not is_id(asked):
        raise NotFound
    return asked


def safe_next(asked: str | None) -> str:
    """Return where to go after signing in: a page of ours, never another site."""
    if not asked or not asked.startswith(HOME) or len(asked) > 200:
        return HOME
    if "\\" in asked or "//" in asked or ".." in asked or not asked.isprintable():
        return HOME
    return asked


def give_session(response: Response, token: str) -> None:
    """Give the browser its session, and take away what led to it."""
    _set(response, SESSION_COOKIE, token, path="/m", life=REFRESH_LIFE)
    response.delete_cookie(CHALLENGE_COOKIE, path=SIGN_IN)
    response.delete_cookie(HAND_OVER_COOKIE, path=REGION)


def give_challenge(response: Response, challenge: str) -> None:
    """Give the browser its half of a code."""
    _set(response, CHALLENGE_COOKIE, challenge, path=SIGN_IN, life=CODE_LIFE)


def give_hand_over(response: Response, secret: str) -> None:
    """Give the browser what it must bring back from the region's app."""
    _set(response, HAND_OVER_COOKIE, secret, path=REGION, life=HAND_OVER_LIFE)


def forget_session(response: Response) -> None:
    """Take the session from the browser."""
    response.delete_cookie(SESSION_COOKIE, path="/m")


def _back_here() -> str:
    # A form's answer is not sent again after signing in: only pages are come back to.
    if request.method != "GET" or request.path == HOME:
        return SIGN_IN
    return f"{SIGN_IN}?{urlencode({'next': request.path})}"


def _set(response: Response, name: str, value: str, *, path: str, life: timedelta) -> None:
    response.set_cookie(
        name,
        value,
        path=path,
        max_age=life,
        httponly=True,
        samesite="Lax",
        secure=settings().public_origin.startswith("https://"),
    )
