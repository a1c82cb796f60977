"""A machine becomes a terminal: its one-time code against our key id. The one unsigned call."""

from datetime import timedelta

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.commands.signing import signer_from
from kiosk_server.core import clock, limits
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import Refused
from kiosk_server.places.queries import host_place, site
from kiosk_server.terminal_api.schemas import Enrolment
from kiosk_server.terminals.services import Enrolled, enrol
from kiosk_server.web.bodies import body_as
from kiosk_server.web.request_context import database, settings

TRIES = 20
LARGEST_BODY_BYTES = 16 * 1024
WINDOW = timedelta(hours=1)
"""A code has 60 random bits; the limit keeps the audit readable, not the code secret."""


def add_routes(blueprint: Blueprint) -> None:
    """Put enrolments under *blueprint*."""
    blueprint.post("/enrolments")(enrolments)


def enrolments() -> ResponseReturnValue:
    """Admit the machine that holds a code; every refusal looks alike to it."""
    request.max_content_length = LARGEST_BODY_BYTES
    body = body_as(Enrolment)
    with database().unit_of_work() as session:
        limits.count_attempt(session, "enrolments", _address(session), limit=TRIES, window=WINDOW)
    with database().unit_of_work() as session:
        outcome = enrol(session, code=body.code, public_key=body.public_key, model=body.model)
        if isinstance(outcome, Enrolled):
            limits.forgive(session, "enrolments", _address(session))
    if not isinstance(outcome, Enrolled):
        raise Refused("enrolment_refused")
    return _welcome(outcome), 201


def _welcome(enrolled: Enrolled) -> dict[str, object]:
    with database().reading() as session:
        place = site(session, enrolled.site_id)
        host = host_place(session, enrolled.host_place_id) if enrolled.host_place_id else None
    stands = (host.names["zh"] if host else "", enrolled.place)
    return {
        "terminal": enrolled.terminal_id,
        "key_id": enrolled.key_id,
        "site": {
            "name": place.names["zh"],
            "place": " · ".join(filter(None, stands)) or place.addresses["zh"],
        },
        "server_time": clock.now().timestamp(),
        "command_keys": signer_from(settings()).public_keys,
    }


def _address(session: Session) -> str:
    # A keyed digest: where a request came from is kept nowhere in clear.
    address = request.remote_addr or "unknown"
    return keyring_of(session).blind_index(address, purpose="terminal.enrolment_address")
