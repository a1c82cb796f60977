"""Known without a card: the number on the keypad, and the code that went to its phone."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kiosk_server.core import clock
from kiosk_server.residents.one_time_codes import CODE_DIGITS
from kiosk_server.visits import number_code
from kiosk_server.visits import queries as visits
from kiosk_server.visits.helping import takes
from kiosk_server.visits.ladder_rules import BY_PHONE
from kiosk_server.visits.models import EndReason
from kiosk_server.visits.number_code import (
    NUMBER_CHARACTERS,
    KnownByPhone,
    NumberCodeAsked,
    NumberCodeRefused,
)
from kiosk_server.visits.presence import CodeExpired, CodeWrong, VisitEnded
from kiosk_server.web.request_context import database
from kiosk_ui.outside import messages_simulated, simulated_code
from kiosk_ui.pages.ladder import ladder_page
from kiosk_ui.pages.leaving import to_ended
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import FieldProblem, NumberPage, PhoneCodePage
from kiosk_ui.visiting import deed, this_visit

_LOOKED_AGAIN_SECONDS = 15
"""How long a simulated message is waited for: none comes for a number that nobody has."""


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/number", endpoint="number")(number)
    blueprint.post("/number", endpoint="number_answer")(number_answer)
    blueprint.get("/number/code", endpoint="number_code")(code)
    blueprint.post("/number/code", endpoint="number_code_answer")(code_answer)


def number() -> ResponseReturnValue:
    """Ask for the number of the card that is not here, where the item takes it."""
    with database().reading() as session:
        if BY_PHONE not in takes(session, this_visit()):
            return redirect(url_for("kiosk.another_way"), 303)
    return _number_page()


def number_answer() -> ResponseReturnValue:
    """Ask for a code to its phone; what was typed is never drawn on a page again."""
    typed = request.form.get("number", "").strip()
    missing = NUMBER_CHARACTERS - len(typed)
    if missing > 0:
        return _number_page(FieldProblem("code-short", {"missing": missing}))
    with deed() as (session, visit):
        outcome = number_code.ask_number_code(session, visit, typed)
    match outcome:
        case NumberCodeAsked():
            return redirect(url_for("kiosk.number_code"), 303)
        case NumberCodeRefused("number_invalid"):
            return _number_page(FieldProblem("number-invalid"))
        case NumberCodeRefused():
            return ladder_page("too_many")


def code() -> ResponseReturnValue:
    """Ask for the code; whether one was sent is not said."""
    return _code_page()


def code_answer() -> ResponseReturnValue:
    """Compare what was typed; five wrong codes end the visit."""
    typed = request.form.get("code", "").strip()
    missing = CODE_DIGITS - len(typed)
    if missing > 0:
        return _code_page(typed=typed, problem=FieldProblem("code-short", {"missing": missing}))
    with deed() as (session, visit):
        language = visit.language
        outcome = number_code.check_number_code(session, visit, typed)
    match outcome:
        case KnownByPhone():
            return redirect(url_for("kiosk.proof"), 303)
        case CodeWrong():
            return _code_page(problem=FieldProblem("code-wrong"))
        case CodeExpired():
            return _code_page(problem=FieldProblem("code-expired"))
        case VisitEnded():
            return to_ended(EndReason.CODES, language)


def _number_page(problem: FieldProblem | None = None) -> ResponseReturnValue:
    with database().reading() as session:
        screen = this_screen(session, back=url_for("kiosk.number"))
    return show(
        NumberPage(
            screen=screen,
            answer_url=url_for("kiosk.number_answer"),
            back_url=url_for("kiosk.another_way"),
            characters=NUMBER_CHARACTERS,
            problem=problem,
        )
    )


def _code_page(*, typed: str = "", problem: FieldProblem | None = None) -> ResponseReturnValue:
    with database().reading() as session:
        screen = this_screen(session, back=url_for("kiosk.number_code"))
        sent = visits.number_code(session, this_visit())
        shown = simulated_code(session, sent)
    left = (sent.expires_at - clock.now()).total_seconds() if sent else 0
    fresh = left > 5 * 60 - _LOOKED_AGAIN_SECONDS
    coming = messages_simulated() and not shown and fresh
    return show(
        PhoneCodePage(
            screen=screen,
            phone="",
            answer_url=url_for("kiosk.number_code_answer"),
            resend_url=None,
            back_url=url_for("kiosk.another_way"),
            digits=CODE_DIGITS,
            typed=typed,
            problem=problem,
            simulated_code=shown,
            coming_url=url_for("kiosk.number_code") if coming else None,
        )
    )
