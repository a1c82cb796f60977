"""A refusal as a page: what happened, what is safe, what to do; never a bare error."""

from collections.abc import Mapping

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from kiosk_server.core.errors import Fact
from kiosk_server.web.problem import Problem
from kiosk_server.web.problems import title_of
from kiosk_server.web.request_context import database
from kiosk_server.web.words import current_language, messages, words
from kiosk_ui.pages.elsewhere import not_a_terminal_page
from kiosk_ui.showing import HOME, show, this_screen
from kiosk_ui.view_models import RefusalPage
from kiosk_ui.visiting import visit_here

SAME_WORDS = {
    "card_reading_invalid": "card_unreadable",
    "decision_not_found": "wrong_state",
    "looks_unknown": "internal",
    "print_job_over": "wrong_state",
    "purpose_incomplete": "wrong_state",
    "rating_invalid": "wrong_state",
    "reprint_not_found": "reprint_unknown",
    "too_many_binding_visit": "too_many",
    "too_many_pass_visit": "too_many",
    "level_too_low": "assurance_too_low",
    "too_many_reprint_visit": "too_many",
    "too_many_help_visit": "too_many",
    "too_many_booking_visit": "too_many",
    "too_many_bookings": "too_many",
    "slot_over": "slot_full",
    "slot_too_short": "slot_full",
    "slot_not_found": "slot_full",
    "waiting_not_found": "booking_not_found",
    "not_missed_yet": "wrong_state",
    "request_at_work": "busy",
    "walk_in_invalid": "wrong_state",
    "booking_invalid": "wrong_state",
    "too_many_number_visit": "too_many",
    "too_many_number_person": "too_many",
    "too_many_number_terminal": "too_many",
    "help_expired": "wrong_state",
    "help_not_asked": "wrong_state",
    "help_not_taken": "assurance_too_low",
    "phone_not_taken": "assurance_too_low",
    "consent_missing": "wrong_state",
    "item_missing": "wrong_state",
    "face_not_begun": "wrong_state",
    "form_expired": "wrong_state",
    "notice_outdated": "wrong_state",
    "card_first": "assurance_too_low",
    "item_not_handled_here": "closed",
    "item_not_found": "not_found",
    "unavailable": "source_unavailable",
    "paper_unprintable": "name_unprintable",
    "source_asleep": "source_unavailable",
    "source_down": "source_unavailable",
    "source_refused": "source_unavailable",
    "assurance_missing": "assurance_too_low",
    "purpose_missing": "wrong_state",
    "paper_not_due": "wrong_state",
    "reprint_used": "reprint_expired",
    "reprint_not_open": "wrong_state",
}
"""Codes of the rooms that a resident is told in the words of another."""


def refusal_page(problem: Problem) -> ResponseReturnValue:
    """Tell a resident *problem* on a page; without a terminal, say that this is none."""
    try:
        if "terminal" in g:
            return _page_of(problem)
        # Who asks was not found out because we failed: that says nothing about this machine.
        return _bare(problem) if problem.status >= 500 else not_a_terminal_page()
    except SQLAlchemyError:
        # The page of the house needs its site's name; where the database is away, the bare one.
        return _bare(problem)


def _bare(problem: Problem) -> str:
    return render_template(
        "problem.html",
        problem=problem,
        sentence=title_of(problem),
        language=current_language(),
        words=words,
    )


def _page_of(problem: Problem) -> ResponseReturnValue:
    with database().reading() as session:
        screen = this_screen(session, back=HOME)
    inside = visit_here() is not None
    return show(
        RefusalPage(
            screen=screen,
            code=words_for(problem.code, problem.fallback_code),
            facts=told(problem.facts),
            window_url=url_for("kiosk.window") if inside else None,
            home_url=url_for("kiosk.services") if inside else url_for("kiosk_door.attract"),
        )
    )


def words_for(code: str, otherwise: str = "internal") -> str:
    """Return the code whose `refusal-…` sentence tells of *code*."""
    for one in (code, SAME_WORDS.get(code, ""), otherwise, SAME_WORDS.get(otherwise, "")):
        if one and messages().knows(f"refusal-{one}".replace("_", "-")):
            return one
    return "internal"


def told(facts: Mapping[str, Fact]) -> dict[str, str | int]:
    """Return the facts that a sentence can hold."""
    return {name: value for name, value in facts.items() if isinstance(value, str | int)}
