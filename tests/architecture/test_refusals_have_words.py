"""Every refusal that a resident can meet is told in words of its own, in three languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import kiosk_server
import kiosk_ui
import mobile_api
from kiosk_server.core import errors
from kiosk_server.web.messages import Messages
from kiosk_ui.refusing import SAME_WORDS

SERVER, KIOSK, MOBILE = (
    Path(package.__file__ or "").parent for package in (kiosk_server, kiosk_ui, mobile_api)
)
WORDS = Messages([SERVER / "web" / "locales", KIOSK / "locales", MOBILE / "locales"], strict=True)
ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.KioskError)
}
NO_RESIDENT_THERE = (
    "assets",
    "audit",
    "cli",
    "commands",
    "fleet",
    "outbox",
    "partners",
    "staff",
    "staff_console",
    "supplies",
    "terminal_api",
    "upkeep",
    "verifier_api",
    "work_orders",
)
"""Rooms and surfaces whose callers are programs, operators and staff."""
NOT_FOR_RESIDENTS = {
    "bill_not_disputed": "settled by staff",
    "bill_payment_not_found": "settled by staff",
    "biller_answer_baffling": "asked by the worker",
    "biller_answer_lost": "asked by the worker",
    "biller_not_connected": "asked by the worker",
    "calendar_invalid": "years are entered by editors",
    "capture_not_found": "an id of ours that is never typed",
    "case_not_found": "an id of ours that is never typed",
    "cash_invalid": "typed by cashiers",
    "closing_invalid": "sites are closed by staff",
    "closing_not_found": "sites are closed by staff",
    "courier_does_not_answer": "told to the worker",
    "courier_not_connected": "told to the worker",
    "delivery_not_accepted": "labels are printed by staff",
    "delivery_not_here": "pieces are looked through by staff",
    "difference_not_found": "settled by staff",
    "door_without_guard": "the server does not start",
    "drawer_not_found": "settled by staff",
    "drawer_untouched": "counted by cashiers",
    "extra_invalid": "places are opened by staff",
    "extra_not_found": "places are opened by staff",
    "file_not_found": "an id of ours that is never typed",
    "finding_not_open": "found out by staff",
    "fiscal_answer_lost": "asked by the worker",
    "fiscal_bill_not_found": "settled by staff",
    "fiscal_not_connected": "asked by the worker",
    "help_document_invalid": "typed by staff",
    "help_request_not_found": "asked by staff",
    "host_place_invalid": "places are entered by operators",
    "host_place_not_found": "places are entered by operators",
    "issuer_key_not_found": "typed by operators",
    "item_incomplete": "items are published by editors",
    "item_version_not_found": "an id of ours that is never typed",
    "metrics_token_wrong": "asked by programs",
    "move_invalid": "terminals are moved by technicians",
    "not_a_terminal": "has a page of its own",
    "own_drawer": "settled by staff",
    "party_not_found": "groups are booked by staff",
    "party_too_large": "groups are booked by staff",
    "payment_answer_baffling": "asked by the worker",
    "payment_answer_lost": "asked by the worker",
    "piece_not_found": "an id of ours that is never typed",
    "print_job_not_found": "asked by terminals",
    "priority_invalid": "groups are named by staff",
    "priority_not_found": "groups are named by staff",
    "push_refused": "told to couriers' programs",
    "push_unreadable": "told to couriers' programs",
    "reader_changed": "readers are accepted by technicians",
    "refund_invalid": "asked by staff",
    "refund_not_found": "asked by staff",
    "refund_too_much": "asked by staff",
    "second_person_wanted": "readers are accepted by technicians",
    "site_day_invalid": "a site's days are entered by staff",
    "site_day_not_found": "a site's days are entered by staff",
    "site_invalid": "places are entered by operators",
    "site_not_found": "an id of ours that is never typed",
    "template_invalid": "templates are entered by operators",
    "terminal_not_found": "asked by staff",
    "too_many_help_code": "typed by staff",
    "tracker_does_not_answer": "told to the worker",
    "waybill_missing": "typed by staff",
    "week_changed": "weeks are changed by staff",
    "window_invalid": "windows are entered by operators",
}


def calls(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and first literal argument of every call in *folder*."""
    for file in folder.rglob("*.py"):
        if folder == SERVER and file.relative_to(SERVER).parts[0] in NO_RESIDENT_THERE:
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield from _literal(node)


def _literal(call: ast.Call) -> Iterator[tuple[str, str]]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    for argument in call.args[:2]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield name, argument.value


def codes() -> set[str]:
    """The codes of every error that is raised by name, and of every limit that is counted."""
    found = set()
    for folder in (SERVER, KIOSK, MOBILE):
        for name, text in calls(folder):
            if name in ERRORS:
                found.add(text)
            elif name == "count_attempt":
                found.add(f"too_many_{text}")
    return found


def told(code: str, language: str) -> bool:
    """Whether *language* has words for *code*: on the kiosk's page, or on the pages for all."""
    names = [f"refusal-{one}" for one in (code, SAME_WORDS.get(code, ""))]
    known = [name.replace("_", "-") for name in (*names, f"problem-{code}")]
    return any(WORDS.knows(name, language) for name in known)


@pytest.mark.policy("P57")
@pytest.mark.parametrize("language", ["zh", "ug", "en"])
def test_every_code_has_words(language: str) -> None:
    """No code ends in the words of another mishap because nobody wrote any for it."""
    assert (
        sorted(code for code in codes() - set(NOT_FOR_RESIDENTS) if not told(code, language)) == []
    )


def test_what_is_left_out_is_still_raised() -> None:
    """A code that is named as none for residents exists."""
    assert set(NOT_FOR_RESIDENTS) - codes() == set()


def test_codes_are_found() -> None:
    """The search finds what is raised by class, by module and through a limit."""
    assert {"no_more_extensions", "already_rated", "too_many_face_visit"} <= codes()
