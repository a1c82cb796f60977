"""
The paper of a case that is handed out here (窗口出件): set as a terminal's, for an office printer.

It goes only where money and the way that was chosen let it, and each time is audited.
"""

from functools import cache

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.files import services as files
from kiosk_server.printing.documents.press import Press
from kiosk_server.results.paper import document_for_window
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.session import actor, require
from kiosk_server.staff_console.window import case_of_mine
from kiosk_server.web.request_context import database, settings


def add_routes(blueprint: Blueprint) -> None:
    """Put the paper under *blueprint*."""
    blueprint.post("/window/cases/<case_id>/paper")(print_case_paper)


def print_case_paper(case_id: str) -> ResponseReturnValue:
    """Show a result as it is printed; `Refused` where it is not to go out here or not yet."""
    require(Right.WINDOW_WORK)
    with database().reading() as session:
        case_of_mine(session, case_id)
    file_id = document_for_window(
        database(),
        _press(),
        origin=settings().public_origin,
        case_id=case_id,
        sample=settings().records == "simulated",
    )
    with database().unit_of_work() as session:
        note(
            session,
            AuditEvent.RESULT_PRINTED_AT_WINDOW,
            actor=actor(),
            subject=Subject("case", case_id),
        )
        response = Response(files.read(session, file_id), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="result-{case_id[-8:]}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


@cache
def _press() -> Press:
    # Its fonts are loaded when the first paper is due.
    return Press(settings().font_directories)
