"""A document that a person laid down; the page learns the id under which it is kept."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from kiosk_server.core.errors import Conflict, Invalid, KioskError, Refused
from kiosk_server.terminal_api.capture_schemas import CaptureBody
from kiosk_server.visits.captures import (
    CapturedPages,
    CaptureRefused,
    CaptureTaken,
    take_capture,
)
from kiosk_server.web.bodies import body_as
from kiosk_server.web.guards import terminal
from kiosk_server.web.request_context import database

_KIND_OF_REFUSAL: dict[str, type[KioskError]] = {
    "nonce_used": Conflict,
    "visit_over": Conflict,
    "digest_wrong": Invalid,
    "document_too_large": Invalid,
    "document_unreadable": Invalid,
    "too_many_pages": Invalid,
}
"""What else is refused (unknown or stale nonce, wrong terminal) is `Refused`."""


def add_routes(blueprint: Blueprint) -> None:
    """Put captures under *blueprint*."""
    blueprint.post("/captures")(captures)


def captures() -> ResponseReturnValue:
    """Take a document; a refusal is told after its audit entry has been committed."""
    body = body_as(CaptureBody)
    pages = CapturedPages(
        nonce=body.nonce,
        pdf=body.document,
        digest=body.digest,
        pages=body.pages,
        terminal=body.terminal,
    )
    with database().unit_of_work() as session:
        outcome = take_capture(session, terminal().id, pages)
    match outcome:
        case CaptureTaken(capture_id):
            return {"capture": capture_id}, 201
        case CaptureRefused(code):
            raise _KIND_OF_REFUSAL.get(code, Refused)(code)
