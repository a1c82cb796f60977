"""
`/scan` (核验): read a code by camera, picture or typing, and be told what it is worth.

The page works as one typed field before any script runs; scripts add camera and pictures, and
judge offline codes by themselves. What was scanned travels in a POST's body, never in an address,
and a stranger's address is never opened: it is shown, short, as text.
"""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.credentials.judging import judge_offline
from kiosk_server.credentials.signs import SIGN_PATH
from kiosk_server.public import live_code
from kiosk_server.public.language import OFFERED
from kiosk_server.public.scan_verdicts import (
    ScanVerdict,
    not_ours,
    of_look,
    of_offline,
    offline_tellings,
    offline_words,
)
from kiosk_server.public.scanned_text import LONGEST_SCANNED, What, for_showing, read_scanned
from kiosk_server.web.front import asset_tree
from kiosk_server.web.request_context import database, settings
from kiosk_server.web.security import allow_scanning

SCAN = "/scan"


def add_routes(blueprint: Blueprint) -> None:
    """Open the page in *blueprint*."""
    blueprint.add_url_rule(SCAN, view_func=scan_page)
    blueprint.add_url_rule(SCAN, view_func=take_scan, methods=["POST"])


def scan_page() -> ResponseReturnValue:
    """Show the page; nothing has been read."""
    return _page(None)


def take_scan() -> ResponseReturnValue:
    """Say what a code is worth: the one look at a live code, the verdict over an offline one."""
    text = request.form.get("code", "")[:LONGEST_SCANNED]
    origin = settings().public_origin
    scanned = read_scanned(text, origin=origin)
    match scanned.what:
        case What.PAPER:
            return redirect(_in_language(f"/v/{scanned.value}"), code=303)
        case What.SIGN:
            return redirect(_in_language(SIGN_PATH + scanned.value), code=303)
        case What.LIVE:
            return _page(of_look(live_code.look(scanned.value)))
        case What.OFFLINE:
            with database().reading() as session:
                verdict = judge_offline(session, scanned.value, origin=origin)
            return _page(of_offline(verdict))
        case What.FOREIGN:
            return _page(not_ours(for_showing(text)))


def _page(verdict: ScanVerdict | None) -> ResponseReturnValue:
    allow_scanning()
    return render_template(
        "public/scan.html",
        verdict=verdict,
        tellings=offline_tellings(),
        names=offline_words(),
        origin=settings().public_origin,
        longest=LONGEST_SCANNED,
        worker_version=asset_tree("").version,
    )


def _in_language(path: str) -> str:
    asked = request.args.get("lang")
    return f"{path}?lang={asked}" if asked in OFFERED else path
