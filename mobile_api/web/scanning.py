"""
`/m/scan`: the phone reads a sign (立牌码) by camera, picture or typing; works without a camera.

What it is told is looked at on the server: a sign of ours leads to its page, a page of the phone's
own is opened, and everything else is named for what it is. Nothing foreign is ever opened.
"""

from urllib.parse import urlsplit

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from kiosk_server.credentials.signs import SIGN_PATH, looks_like_sign
from kiosk_server.residents.assurance import Act
from kiosk_server.showing.rules import PATH as LIVE_PATH
from kiosk_server.web.request_context import settings
from kiosk_server.web.security import allow_scanning
from mobile_api.web.answering import SIGNS
from mobile_api.web.frame import page
from mobile_api.web.guard import HOME, may, safe_next

LONGEST_SCANNED = 1_600


def add_routes(blueprint: Blueprint) -> None:
    """Open the phone's scanner."""
    blueprint.get("/scan", endpoint="scan")(scan_page)
    blueprint.post("/scan", endpoint="take_scan")(take_scan)


def scan_page() -> ResponseReturnValue:
    """Show the scanner; nothing has been read."""
    may(Act.AUTHORISE)
    return _page(None)


def take_scan() -> ResponseReturnValue:
    """Lead to what was scanned, or say what it is instead of a sign."""
    may(Act.AUTHORISE)
    text = request.form.get("code", "")[:LONGEST_SCANNED].strip()
    path = _own_path(text)
    code = text if path is None else path.removeprefix(SIGN_PATH)
    if looks_like_sign(code):
        return redirect(f"{SIGNS}/{code}", code=303)
    if path is not None and path.startswith(LIVE_PATH):
        return _page("live")
    if path is not None and path.startswith(HOME) and safe_next(path) == path:
        return redirect(path, code=303)
    return _page("not_ours")


def _own_path(text: str) -> str | None:
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    ours = f"{parts.scheme}://{parts.netloc.lower()}" == settings().public_origin.lower()
    return parts.path if ours else None


def _page(fault: str | None) -> ResponseReturnValue:
    allow_scanning()
    return page(
        "m/scan.html",
        tab="home",
        status=422 if fault else 200,
        fault=fault,
        longest=LONGEST_SCANNED,
    )
