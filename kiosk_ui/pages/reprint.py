"""
A print code of another machine or another hour (打印码). The code alone prints nothing.

It is typed, or the slip is shown to the scanner. Where there is one, each drawing of the page
issues a nonce for it, as the page of the card does: a nonce is no deed of a person.
"""

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
from kiosk_server.visits.scans import ScanPurpose, ask_for_scan
from kiosk_server.web.request_context import database
from kiosk_ui.openness import can_scan_here, reprint_here
from kiosk_ui.pages.leaving import to_ended
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import FieldProblem, RefusalPage, ReprintPage
from kiosk_ui.visiting import deed

_OF_SCAN = {
    "reprint_unknown": "code-unknown",
    "scan_not_fitting": "scan-not-fitting",
    "scan_is_proof": "scan-is-proof",
}
"""Code of a scan -> the words of the field; whatever else is a scan that failed."""


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/reprint", endpoint="reprint")(reprint)
    blueprint.post("/reprint", endpoint="reprint_code")(reprint_code)


def reprint() -> ResponseReturnValue:
    """Ask for the code; what stood against a scan is told in the words of the field."""
    scan = request.args.get("scan")
    if scan == "too_many":
        return _refusal("too_many")
    return _page(problem=FieldProblem(_OF_SCAN.get(scan, "scan-failed")) if scan else None)


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
        opening = reprint_here(session)
        scans = opening.closed is None and can_scan_here(session)
    if opening.closed is not None:
        return _refusal("closed")
    return show(
        ReprintPage(
            screen=screen,
            answer_url=url_for("kiosk.reprint_code"),
            back_url=url_for("kiosk.services"),
            digits=REPRINT_DIGITS,
            tries_left=tries_left,
            typed=typed,
            problem=problem,
            scan_nonce=_nonce() if scans else None,
            scanned_url=url_for("kiosk.notice"),
            again_url=url_for("kiosk.reprint"),
            reader_away=opening.reader_away,
        )
    )


def _nonce() -> str:
    with deed() as (session, visit):
        return ask_for_scan(session, visit, ScanPurpose.REPRINT).nonce


def _refusal(code: str) -> ResponseReturnValue:
    with database().reading() as session:
        screen = this_screen(session, back=url_for("kiosk.reprint"))
    home = url_for("kiosk.services")
    return show(RefusalPage(screen=screen, code=code, home_url=home))
