"""The page of `/scan` as each of its doors shows it: empty, with a verdict, or with a question."""

from flask import render_template

from kiosk_server.public.scan_verdicts import (
    ScanVerdict,
    in_words,
    offline_tellings,
    offline_words,
)
from kiosk_server.public.scanned_text import LONGEST_SCANNED
from kiosk_server.public.verifiers import signed_in
from kiosk_server.showing.asking import Askable
from kiosk_server.showing.requests import LONGEST_PURPOSE, Wanted
from kiosk_server.web.front import asset_tree
from kiosk_server.web.request_context import settings
from kiosk_server.web.security import allow_scanning


def scan_page_with(
    verdict: ScanVerdict | None,
    *,
    offer: Askable | None = None,
    code: str = "",
    wanted: Wanted | None = None,
) -> str:
    """Return the page, with what was found above it.

    *offer*: a holder answers questions, and *code* is what he shows; *wanted* is what was asked
    wrongly, if it was.
    """
    allow_scanning()
    return render_template(
        "public/scan.html",
        verdict=verdict,
        offer=offer,
        code=code,
        wanted=wanted,
        longest_purpose=LONGEST_PURPOSE,
        viewer=signed_in(),
        tellings=offline_tellings(),
        names=offline_words(),
        in_words=in_words,
        origin=settings().public_origin,
        longest=LONGEST_SCANNED,
        worker_version=asset_tree("").version,
    )
