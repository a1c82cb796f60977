"""The device API for codes and chip cards: a page can begin a scan and learn how it went.

No route takes a scanned text or gives it: it goes from the host to the server.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, request

from devices.api.answers import answer, problem
from devices.host.code_scanning import CodeScanning, ScanProgress, ScanState

LONGEST_HOLD_SECONDS = 1.0
"""How long an answer about a scan is held back until there is news."""
_LONGEST_NONCE = 200


@dataclass(frozen=True)
class ScanDesk:
    """What these routes stand on. `scanning` is None while the terminal is not enrolled."""

    scanning: CodeScanning | None
    card_in_slot: Callable[[], bool] | None = None
    """None where no slot hangs on this terminal."""


def offer_scans(device: Blueprint, desk: ScanDesk) -> None:
    """Put the routes of scans under *device*."""

    @device.post("/scans")
    def begin_scan() -> Response:
        if desk.scanning is None:
            return problem(409, "not_enrolled", "This terminal is not enrolled")
        nonce = _asked(request.get_json(silent=True))
        if nonce is None:
            return problem(400, "invalid", "A nonce is wanted")
        return answer({"id": desk.scanning.ask(nonce)}, 202)

    @device.get("/scans/<scan>")
    def follow_scan(scan: str) -> Response:
        progress = _progress_of(desk.scanning, scan) if desk.scanning is not None else None
        if progress is None:
            return problem(404, "scan_not_found", "There is no such scan")
        return answer({"state": progress.state.value, "code": progress.code})

    @device.delete("/scans/<scan>")
    def cancel_scan(scan: str) -> Response:
        if desk.scanning is None or not desk.scanning.cancel(scan):
            return problem(404, "scan_not_found", "There is no such scan")
        return Response(status=204)


def offer_slot(device: Blueprint, desk: ScanDesk) -> None:
    """Put the card slot under *device*: whether a card is in it, and that none proves a person.

    What a social-security card tells without its issuer's security module can be copied onto any
    chip: it is read by a technician's command alone, never in a visit.
    """

    @device.get("/card-slot")
    def card_slot() -> Response:
        there = desk.card_in_slot is not None
        present = desk.card_in_slot is not None and desk.card_in_slot()
        return answer({"there": there, "present": present, "accepted_as_proof": False})


def _asked(body: object) -> str | None:
    if not isinstance(body, dict) or set(body) != {"nonce"}:
        return None
    nonce = body["nonce"]
    fits = isinstance(nonce, str) and 1 <= len(nonce) <= _LONGEST_NONCE
    return nonce if fits else None


def _progress_of(scanning: CodeScanning, scan: str) -> ScanProgress | None:
    # The page names the state that it shows: an answer that would change nothing is held back.
    shown = request.args.get("past")
    if shown not in set(ScanState):
        return scanning.progress(scan)
    return scanning.progress_past(scan, ScanState(shown), wait_seconds=LONGEST_HOLD_SECONDS)
