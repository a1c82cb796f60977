"""A print code of another machine or another hour (打印码). The code alone prints nothing."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kiosk_server.core.errors import TooMany
from kiosk_server.printing.reprints import (
    ReprintCodeWrong,
    ReprintFound,
    ReprintLocked,
    ReprintVisitEnded,
    redeem,
)
from kiosk_server.printing.rules import REPRINT_DIGITS, reading_code
from kiosk_server.visits.models import EndReason
from kiosk_server.web.request_context import database
from kiosk_ui.openness import can_reprint_here
from kiosk_ui.pages.leaving import to_ended
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import FieldProblem, RefusalPage, ReprintPage
from kiosk_ui.visiting import deed


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/reprint", endpoint="reprint")(reprint)
    blueprint.post("/reprint", endpoint="reprint_code")(reprint_code)


def reprint() -> ResponseReturnValue:
    """Ask for the code."""
    return _page()


def reprint_code() -> ResponseReturnValue:
    """Look for the right behind the code; five wrong ones end the visit."""
    typed = request.form.get("code", "").strip()
    if reading_code(typed) is None and len(typed) < REPRINT_DIGITS:
        missing = REPRINT_DIGITS - len(typed)
        return _page(typed=typed, problem=FieldProblem("code-short", {"missing": missing}))
    with deed() as (session, visit):
        language = visit.language
        outcome = redeem(session, visit, typed)
    match outcome:
        case ReprintFound():
            return redirect(url_for("kiosk.notice"), 303)
        case ReprintCodeWrong(tries_left):
            return _page(tries_left=tries_left, problem=FieldProblem("code-unknown"))
        case ReprintVisitEnded():
            return to_ended(EndReason.CODES, language)
        case ReprintLocked(retry_after_seconds):
            raise TooMany(retry_after_seconds=retry_after_seconds)


def _page(
    *, typed: str = "", tries_left: int | None = None, problem: FieldProblem | None = None
) -> ResponseReturnValue:
    with database().reading() as session:
        screen = this_screen(session, back=url_for("kiosk.reprint"))
        able = can_reprint_here(session)
    if not able:
        home = url_for("kiosk.services")
        return show(RefusalPage(screen=screen, code="closed", home_url=home))
    return show(
        ReprintPage(
            screen=screen,
            answer_url=url_for("kiosk.reprint_code"),
            back_url=url_for("kiosk.services"),
            digits=REPRINT_DIGITS,
            tries_left=tries_left,
            typed=typed,
            problem=problem,
        )
    )
