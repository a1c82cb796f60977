"""A code that a person showed to the terminal's scanner; the page learns whether it fitted."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from kiosk_server.core.errors import Conflict, KioskError, Refused
from kiosk_server.terminal_api.scan_purposes import purposes_at
from kiosk_server.terminal_api.scan_schemas import ScanBody
from kiosk_server.visits.scans import ScanReading, ScanRefused, ScanTaken, take_scan
from kiosk_server.web.bodies import body_as
from kiosk_server.web.guards import terminal
from kiosk_server.web.request_context import database, settings

_KIND_OF_REFUSAL: dict[str, type[KioskError]] = {"nonce_used": Conflict, "visit_over": Conflict}
"""What else is refused is `Refused`."""


def add_routes(blueprint: Blueprint) -> None:
    """Put scans under *blueprint*."""
    blueprint.post("/scans")(scans)


def scans() -> ResponseReturnValue:
    """Take a scan; a refusal is told after its audit entry has been committed."""
    body = body_as(ScanBody)
    reading = ScanReading(nonce=body.nonce, text=body.text, terminal=body.terminal)
    with database().unit_of_work() as session:
        purposes = purposes_at(settings().public_origin)
        outcome = take_scan(session, terminal().id, reading, purposes=purposes)
    match outcome:
        case ScanTaken(purpose):
            return {"purpose": purpose.value}, 201
        case ScanRefused(code):
            raise _KIND_OF_REFUSAL.get(code, Refused)(code)
