"""
`/s/<token>`: somebody scanned the code on a phone (亮证码).

A GET is the same page for every token: it looks nothing up and counts nothing, since messengers
fetch links before people do. The one look is a touch, a POST.
"""

from dataclasses import dataclass

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.public import guessing
from kiosk_server.public.language import offered_language
from kiosk_server.showing.looking_up import CodeRefused, Redeemed, is_known, redeem
from kiosk_server.showing.rules import ANYBODY, Looker, ShowReason, read_token
from kiosk_server.web.languages import DEFAULT
from kiosk_server.web.request_context import database

_STOP, _WARN = ("stop", "cross"), ("warn", "clock")
TONES: dict[ShowReason, tuple[str, str]] = {
    ShowReason.UNREADABLE: ("warn", "help"),
    ShowReason.NOT_OURS: ("warn", "help"),
    ShowReason.CODE_OVER: _WARN,
    ShowReason.ALREADY_USED: _STOP,
    ShowReason.STOPPED: _STOP,
    ShowReason.WRONG_AUDIENCE: ("warn", "shield"),
    ShowReason.NOT_YET_VALID: _WARN,
    ShowReason.EXPIRED: _WARN,
    ShowReason.WITHHELD: _STOP,
    ShowReason.SUPERSEDED: _STOP,
    ShowReason.CANCELLED: _STOP,
    ShowReason.RESCINDED: _STOP,
    ShowReason.REVOKED: _STOP,
}
_GUESSES = (ShowReason.UNREADABLE, ShowReason.NOT_OURS)


@dataclass(frozen=True)
class LookPage:
    """What one look showed, in words, tone and sign together."""

    word: str
    tone: str
    symbol: str
    title: str | None = None
    masked_holder: str | None = None
    scene: str | None = None
    sample: bool = False


def add_routes(blueprint: Blueprint) -> None:
    """Open the look at a live code in *blueprint*."""
    blueprint.add_url_rule("/s/<token>", view_func=before_look, endpoint="before_look")
    blueprint.add_url_rule(
        "/s/<token>", view_func=look_once, endpoint="look_once", methods=["POST"]
    )


def before_look(token: str) -> ResponseReturnValue:
    """Ask for the touch; nothing is known of the token here."""
    return render_template("public/live_code.html", token=_fit(token))


def look(token: str, looker: Looker = ANYBODY) -> Redeemed | CodeRefused:
    """Look a code up, once; `TooMany` where somebody guesses, for what is no code of ours."""
    with database().reading() as session:
        waits = guessing.must_wait(session, request.remote_addr) and not is_known(session, token)
    if waits:
        # A right code is answered even on a network where somebody guesses.
        guessing.make_wait(database(), request.remote_addr)
    with database().unit_of_work() as session:
        outcome = redeem(session, token, looker)
    if isinstance(outcome, CodeRefused) and outcome.reason in _GUESSES:
        guessing.count_stray(database(), request.remote_addr)
    return outcome


def look_once(token: str) -> ResponseReturnValue:
    """Look the code up; JSON for a program that asks for it."""
    outcome = look(token)
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    if best == "application/json":
        return jsonify(_as_json(outcome))
    return render_template("public/live_code_seen.html", token=_fit(token), page=_page(outcome))


def _fit(token: str) -> str:
    # What is no token is not written back into the page.
    return read_token(token) or "-"


def _page(outcome: Redeemed | CodeRefused) -> LookPage:
    if isinstance(outcome, CodeRefused):
        tone, symbol = TONES[outcome.reason]
        return LookPage(outcome.reason.value.replace("_", "-"), tone, symbol, outcome.title)
    names = outcome.scene.names
    return LookPage(
        "good",
        "good",
        "check",
        outcome.title,
        outcome.masked_holder,
        names.get(offered_language(request), names[DEFAULT]),
        outcome.sample,
    )


def _as_json(outcome: Redeemed | CodeRefused) -> dict[str, object]:
    if isinstance(outcome, CodeRefused):
        return {"genuine": False, "reason": outcome.reason.value, "kind": outcome.title}
    return {
        "genuine": True,
        "reason": None,
        "kind": outcome.title,
        "masked_holder": outcome.masked_holder,
        "scene": outcome.scene.id,
        "sample": outcome.sample,
    }
