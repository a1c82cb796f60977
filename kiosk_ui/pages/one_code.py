"""
One's own phone at the terminal (一码办事): signed in by it, or the form carried to it.

The phone's code is held to the scanner, or this screen's is scanned; then both show a number, and
the last touch is here. Each drawing issues a nonce, as the page of the card does.
"""

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kiosk_server.printing.documents.codes import qr_path
from kiosk_server.visits.models import EndReason
from kiosk_server.visits.pass_life import PATH, PassErrand, PassState
from kiosk_server.visits.scans import ScanPurpose, ask_for_scan
from kiosk_server.visits.terminal_passes import PassHere, ask_phone, finish, refuse, waiting
from kiosk_server.web.request_context import database, settings
from kiosk_ui.openness import can_scan_here, reader_away_here
from kiosk_ui.pages.leaving import to_ended
from kiosk_ui.progress import progress_of
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import (
    FieldProblem,
    OneCodeNamedPage,
    OneCodeNumberPage,
    OneCodePage,
    QrDrawing,
    Screen,
)
from kiosk_ui.visiting import deed, progress_here, this_visit
from kiosk_ui.way import PAGE_OF, Step, next_step

_SIGN_IN_AT = (Step.SERVICES, Step.CARD, Step.PROOF)
_CARRY_AT = (Step.NOTICE, Step.PURPOSE, Step.CARD, Step.PROOF)
"""The steps that are due when a phone serves: not before the notice, not once it is decided."""
_OF_SCAN = {
    "pass_unknown": "pass-unknown",
    "pass_used": "pass-used",
    "pass_over": "pass-over",
    "pass_not_yours": "pass-not-yours",
    "level_too_low": "pass-level",
    "scan_not_fitting": "pass-unknown",
}
"""Code of a scan -> the words above the picture; whatever else is a scan that failed."""
NONE = "none"


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/one-code", endpoint="one_code")(one_code)
    blueprint.get("/carry", endpoint="carry")(carry)
    blueprint.get("/one-code/state", endpoint="one_code_state")(one_code_state)
    blueprint.post("/one-code/finish", endpoint="one_code_finish")(one_code_finish)
    blueprint.post("/one-code/refuse", endpoint="one_code_refuse")(one_code_refuse)


def one_code() -> ResponseReturnValue:
    """Ask for the phone, to be signed in by it."""
    return _page(PassErrand.SIGN_IN, _SIGN_IN_AT)


def carry() -> ResponseReturnValue:
    """Ask for the phone, to carry the form to it."""
    return _page(PassErrand.CARRY, _CARRY_AT)


def one_code_state() -> ResponseReturnValue:
    """Tell a script whether the page would look different now (ETag, RFC 9110 8.8.3)."""
    with database().reading() as session:
        version = _version(waiting(session, this_visit()))
    response: Response = jsonify({"version": version})
    response.set_etag(version)
    response.headers["Cache-Control"] = "no-cache"
    return response.make_conditional(request)


def one_code_finish() -> ResponseReturnValue:
    """It is he: the way goes on, or the visit ends here and goes on on the phone."""
    with deed() as (session, visit):
        language = visit.language
        errand = finish(session, visit)
        onward = PAGE_OF[next_step(progress_of(session, visit))]
    if errand is PassErrand.CARRY:
        return to_ended(EndReason.CARRIED, language)
    return redirect(url_for(onward), 303)


def one_code_refuse() -> ResponseReturnValue:
    """It is somebody else's phone, or none came: back to where the person was."""
    with deed() as (session, visit):
        refuse(session, visit)
        nothing_begun = next_step(progress_of(session, visit)) is Step.SERVICES
    return redirect(url_for("kiosk.services" if nothing_begun else "kiosk.another_way"), 303)


def _page(errand: PassErrand, steps: tuple[Step, ...]) -> ResponseReturnValue:
    due = next_step(progress_here())
    if due not in steps:
        return redirect(url_for(PAGE_OF[due]), 303)
    with deed() as (session, visit):
        here = waiting(session, visit)
        if here is not None and here.state is PassState.OPEN:
            here = None
        asked = ask_phone(session, visit, errand) if here is None else None
        screen = this_screen(session, back=url_for(f"kiosk.{_ENDPOINT[errand]}"))
        if here is not None:
            return show(_page_of(screen, here))
        scans = errand is PassErrand.SIGN_IN and can_scan_here(session)
        nonce = ask_for_scan(session, visit, ScanPurpose.SIGN_IN).nonce if scans else None
        card = due is Step.CARD and not reader_away_here(session)
    scan = request.args.get("scan")
    token = asked.token if asked else ""
    return show(
        OneCodePage(
            screen=screen,
            errand=_WORD[errand],
            qr=QrDrawing(*qr_path(f"{settings().public_origin}{PATH}{token}")),
            state_url=url_for("kiosk.one_code_state"),
            version=PassState.OPEN.value,
            here_url=url_for(f"kiosk.{_ENDPOINT[errand]}"),
            back_url=_back(due),
            scan_nonce=nonce,
            card_url=url_for("kiosk.card") if card and errand is PassErrand.SIGN_IN else None,
            problem=FieldProblem(_OF_SCAN.get(scan, "scan-failed")) if scan else None,
        )
    )


_ENDPOINT = {PassErrand.SIGN_IN: "one_code", PassErrand.CARRY: "carry"}
_WORD = {PassErrand.SIGN_IN: "sign-in", PassErrand.CARRY: "carry"}


def _page_of(screen: Screen, here: PassHere) -> OneCodeNumberPage | OneCodeNamedPage:
    state_url, refuse_url = url_for("kiosk.one_code_state"), url_for("kiosk.one_code_refuse")
    if here.state is PassState.CLAIMED:
        return OneCodeNumberPage(
            screen=screen,
            number=here.number,
            state_url=state_url,
            version=_version(here),
            refuse_url=refuse_url,
        )
    return OneCodeNamedPage(
        screen=screen,
        errand=_WORD[here.errand],
        holder=here.name,
        number=here.number,
        state_url=state_url,
        version=_version(here),
        finish_url=url_for("kiosk.one_code_finish"),
        refuse_url=refuse_url,
    )


def _version(here: PassHere | None) -> str:
    return here.state.value if here is not None else NONE


def _back(due: Step) -> str:
    return url_for("kiosk.services" if due is Step.SERVICES else "kiosk.another_way")
