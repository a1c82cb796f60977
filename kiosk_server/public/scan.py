"""
`/scan` (核验): read a code by camera, picture or typing, and be told what it is worth.

The page works as one typed field before any script runs; scripts add camera and pictures, and
judge offline codes by themselves. What was scanned travels in a POST's body, never in an address,
and a stranger's address is never opened: it is shown, short, as text. An anonymous scanner gets
the least; a verifier who is signed in what the scene gives him, within his quota.
"""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from kiosk_server.credentials.judging import judge_offline
from kiosk_server.credentials.named_looks import look_offline
from kiosk_server.credentials.signs import SIGN_PATH
from kiosk_server.partners import quotas
from kiosk_server.public import live_code
from kiosk_server.public.scan_verdicts import not_ours, of_look, of_offline
from kiosk_server.public.scanned_text import LONGEST_SCANNED, What, for_showing, read_scanned
from kiosk_server.public.verifiers import HOME, in_language, signed_in
from kiosk_server.public.views_of_scan import scan_page_with
from kiosk_server.showing.asking import askable
from kiosk_server.showing.verifiers import looker_of
from kiosk_server.web.request_context import database, settings


def add_routes(blueprint: Blueprint) -> None:
    """Open the page in *blueprint*."""
    blueprint.add_url_rule(HOME, view_func=scan_page)
    blueprint.add_url_rule(HOME, view_func=take_scan, methods=["POST"])


def scan_page() -> ResponseReturnValue:
    """Show the page; nothing has been read."""
    return scan_page_with(None)


def take_scan() -> ResponseReturnValue:
    """Say what a code is worth: the one look at a live code, the verdict over an offline one."""
    text = request.form.get("code", "")[:LONGEST_SCANNED]
    scanned = read_scanned(text, origin=settings().public_origin)
    match scanned.what:
        case What.PAPER:
            return redirect(in_language(f"/v/{scanned.value}"), code=303)
        case What.SIGN:
            return redirect(in_language(SIGN_PATH + scanned.value), code=303)
        case What.PAGE:
            return redirect(in_language(scanned.value), code=303)
        case What.LIVE:
            return _live(scanned.value)
        case What.OFFLINE:
            return _offline(scanned.value)
        case What.FOREIGN:
            return scan_page_with(not_ours(for_showing(text)))


def _live(token: str) -> ResponseReturnValue:
    view = signed_in()
    if view is None:
        return scan_page_with(of_look(live_code.look(token)))
    looker = looker_of(view.verifier)
    with database().reading() as session:
        offer = askable(session, token, looker)
    if offer is not None:
        return scan_page_with(None, offer=offer, code=token)
    quotas.spend(database(), view.verifier)
    return scan_page_with(of_look(live_code.look(token, looker)))


def _offline(text: str) -> ResponseReturnValue:
    view, origin = signed_in(), settings().public_origin
    if view is None:
        with database().reading() as session:
            verdict = judge_offline(session, text, origin=origin, audience=None)
        return scan_page_with(of_offline(verdict))
    quotas.spend(database(), view.verifier)
    with database().unit_of_work() as session:
        verdict = look_offline(session, text, looker_of(view.verifier), origin=origin)
    return scan_page_with(of_offline(verdict))
