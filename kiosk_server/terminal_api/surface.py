"""The doors of the terminal wire: enrolment, open to whoever holds a code; the rest, signed."""

from flask import Blueprint

from kiosk_server.terminal_api import (
    captures,
    card_reads,
    check_papers,
    checks,
    commands,
    enrolments,
    print_jobs,
    published,
    scans,
    states,
)
from kiosk_server.web.guards import TERMINAL, TERMINAL_DOCUMENT, tell_server_time
from kiosk_server.web.surface import Guard, Surface

CODE_HOLDER = Guard("open: an enrolment code in the body is the key", lambda: None)


def terminal_surfaces() -> list[Surface]:
    """Return the surfaces of the wire, in JSON and without forms."""
    enrolment = Blueprint("terminal_enrolment", __name__, url_prefix="/api/terminal/v1")
    enrolments.add_routes(enrolment)
    signed = Blueprint("terminal_api", __name__, url_prefix="/api/terminal/v1")
    for part in (states, card_reads, print_jobs, commands, scans, published, checks, check_papers):
        part.add_routes(signed)
    documents = Blueprint("terminal_documents", __name__, url_prefix="/api/terminal/v1")
    captures.add_routes(documents)
    for blueprint in (enrolment, signed, documents):
        tell_server_time(blueprint)
    return [
        Surface(enrolment, CODE_HOLDER, problems="json", forms=False),
        Surface(signed, TERMINAL, problems="json", forms=False),
        Surface(documents, TERMINAL_DOCUMENT, problems="json", forms=False),
    ]
