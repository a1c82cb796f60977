"""
Check in (预约签到): by the eight digits of the booking, typed or scanned, or by card and name.

Where there is a scanner, each drawing of the page issues a nonce for it, as the page of the print
code does: a nonce is no deed of a person.
"""

from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.bookings.at_terminal import booker
from kiosk_server.bookings.check_in_codes import DIGITS
from kiosk_server.bookings.life import BookingState
from kiosk_server.bookings.queries import booking_of, expected_of
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound
from kiosk_server.core.identifiers import is_id
from kiosk_server.queue.at_terminal import (
    CheckedIn,
    CheckInRefused,
    check_in_by_code,
    check_in_here,
    stands_at_site,
)
from kiosk_server.queue.rules import CHECK_IN_BEFORE
from kiosk_server.visits.errand_state import Errand
from kiosk_server.visits.scans import ScanPurpose, ask_for_scan
from kiosk_server.web.request_context import database
from kiosk_ui.booking_deeds import booking_deed
from kiosk_ui.openness import can_scan_here
from kiosk_ui.pages.tickets import print_if_possible
from kiosk_ui.pages.wanting import wanted
from kiosk_ui.presenters.bookings import matters_of
from kiosk_ui.refusing import words_for
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import (
    CheckInPage,
    ExpectedPage,
    ExpectedRow,
    FieldProblem,
    Language,
    RefusalPage,
)
from kiosk_ui.visiting import deed, this_visit

_OF_SCAN = {"check_in_unknown": "check-in-unknown", "scan_not_fitting": "check-in-scan"}
"""Code of a scan -> the words of the field; a code of the queue is a page of its own."""
_OF_QUEUE = frozenset(
    {
        "too_many",
        "too_early_to_check_in",
        "check_in_elsewhere",
        "not_expected_today",
        "no_longer_expected",
    }
)


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/check-in", endpoint="check_in")(check_in)
    blueprint.post("/check-in", endpoint="check_in_code")(check_in_code)
    blueprint.get("/check-in/scanned", endpoint="checked_in")(checked_in)
    blueprint.get("/check-in/mine", endpoint="expected")(expected)
    blueprint.post("/check-in/mine", endpoint="expect")(expect)


def check_in() -> ResponseReturnValue:
    """Ask for the code; what stood against a scan is told in the words of the field."""
    scan = request.args.get("scan")
    if scan in _OF_QUEUE:
        return _refusal(scan)
    return _page(problem=FieldProblem(_OF_SCAN.get(scan, "scan-failed")) if scan else None)


def check_in_code() -> ResponseReturnValue:
    """Check in with what was typed."""
    typed = "".join(request.form.get("code", "").split())
    missing = DIGITS - len(typed)
    if missing > 0:
        return _page(typed=typed, problem=FieldProblem("code-short", {"missing": missing}))
    with deed() as (session, visit):
        outcome = check_in_by_code(session, visit, typed)
        if isinstance(outcome, CheckedIn):
            print_if_possible(session, visit, outcome.ticket)
    match outcome:
        case CheckInRefused("check_in_unknown"):
            return _page(problem=FieldProblem("check-in-unknown"))
        case CheckInRefused(code):
            return _refusal(code)
        case CheckedIn():
            return wanted(make_response(redirect(url_for("kiosk.ticket"), 303)))


def checked_in() -> ResponseReturnValue:
    """Go on after a scan: its slip is on its way."""
    return wanted(make_response(redirect(url_for("kiosk.ticket"), 303)))


def expected() -> ResponseReturnValue:
    """Show what the person has booked here today."""
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session)
        rows = _rows(session, booker(session, visit), visit.site_id, screen.language)
    return show(
        ExpectedPage(
            screen=screen,
            rows=rows,
            check_in_url=url_for("kiosk.expect"),
            ticket_url=url_for("kiosk.ticket_groups"),
            back_url=url_for("kiosk.at_window"),
        )
    )


def expect() -> ResponseReturnValue:
    """Check in the one that was touched, if it is this person's."""
    booking_id = request.form.get("booking", "")
    with booking_deed() as (session, visit):
        if not is_id(booking_id):
            raise NotFound("booking_not_found")
        mine = booking_of(session, booker(session, visit), booking_id)
        print_if_possible(session, visit, check_in_here(session, visit, mine.id))
    return wanted(make_response(redirect(url_for("kiosk.ticket"), 303)))


def _page(*, typed: str = "", problem: FieldProblem | None = None) -> ResponseReturnValue:
    here = url_for("kiosk.check_in")
    with deed() as (session, visit):
        if not stands_at_site(session, visit.terminal_id):
            return redirect(url_for("kiosk.at_window"), 303)
        scans = can_scan_here(session)
        nonce = ask_for_scan(session, visit, ScanPurpose.CHECK_IN).nonce if scans else None
        screen = this_screen(session, back=here)
    return show(
        CheckInPage(
            screen=screen,
            answer_url=url_for("kiosk.check_in_code"),
            back_url=url_for("kiosk.at_window"),
            card_url=url_for("kiosk.notice", errand=Errand.CHECK_IN),
            digits=DIGITS,
            typed=typed,
            problem=problem,
            scan_nonce=nonce,
            scanned_url=url_for("kiosk.checked_in"),
            again_url=here,
        )
    )


def _rows(session: Session, mine: str, site_id: str, language: Language) -> tuple[ExpectedRow, ...]:
    now, today = clock.now(), clock.beijing_today()
    found = []
    for row in expected_of(session, mine):
        if row.site_id != site_id or row.day != today or row.state == BookingState.HELD:
            continue
        opens = row.starts_at - CHECK_IN_BEFORE
        found.append(
            ExpectedRow(
                booking_id=row.id,
                name=matters_of(row.group_code, row.services, language)[0],
                starts_at=clock.to_beijing(row.starts_at),
                early=clock.to_beijing(opens) if opens > now else None,
            )
        )
    return tuple(found)


def _refusal(code: str) -> ResponseReturnValue:
    with database().reading() as session:
        screen = this_screen(session, back=url_for("kiosk.check_in"))
    return show(
        RefusalPage(
            screen=screen,
            code=words_for(code),
            again_url=None if code == "too_many" else url_for("kiosk.check_in"),
            home_url=url_for("kiosk.at_window"),
        )
    )
