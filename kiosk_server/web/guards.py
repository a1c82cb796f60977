"""
Who may pass a door of the server: the guards that ask for a terminal.

A guard is named where its surface is registered. Behind these two, `terminal()` says which machine
the request comes from.
"""

from datetime import timedelta

import structlog
from flask import Blueprint, Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock, limits
from kiosk_server.core.errors import Refused, TooMany
from kiosk_server.terminals.nonces import spend_nonce
from kiosk_server.terminals.queries import KeyHolder, TerminalIdentity, holder_of_key
from kiosk_server.web.request_context import database, settings
from kiosk_server.web.surface import Guard
from kiosk_server.web.terminal_signature import (
    NotSigned,
    Signed,
    SignedRequest,
    bears_signature,
    verify,
)

log = structlog.get_logger()

SERVER_TIME_HEADER = "Kiosk-Server-Time"
_KNOCKING = "audited_refusal"
LARGEST_SIGNED_BODY_BYTES = 1024 * 1024
"""What a terminal sends is small."""
LARGEST_DOCUMENT_BODY_BYTES = 6 * 1024 * 1024
"""A document of 4 MiB in base64, and what stands beside it."""
AUDITED_REFUSALS = 60
AUDIT_WINDOW = timedelta(minutes=10)
"""One who keeps knocking must not fill the audit: the log still counts what is left out."""


def terminal() -> TerminalIdentity:
    """Return the terminal that signed this request, behind either guard."""
    found: TerminalIdentity = g.terminal
    return found


def signed_terminal(*, largest_body_bytes: int = LARGEST_SIGNED_BODY_BYTES) -> TerminalIdentity:
    """
    Return the terminal that signed this request, and spend the signature's nonce.

    Raises `Refused` with `signature_missing`, `signature_invalid`, `clock_skew`,
    `signature_replayed`, `key_unknown` or `terminal_revoked`; every refusal is
    audited, in a transaction of its own. A larger body than a terminal sends is not read, and none
    of whoever has not proven who he is.
    """
    request.max_content_length = largest_body_bytes
    if (request.content_length or 0) > largest_body_bytes:
        raise RequestEntityTooLarge
    outcome = verify(
        SignedRequest(
            method=request.method,
            # RAW_URI: what was signed, before any server decoded or rebuilt it.
            target=request.environ.get("RAW_URI", ""),
            headers=dict(request.headers),
            body=request.get_data,
        ),
        origin=settings().public_origin,
        holder_of=_holder,
        now=clock.now(),
    )
    if isinstance(outcome, Signed):
        if _spend(outcome):
            return outcome.identity
        outcome = NotSigned("signature_replayed", outcome.identity.id)
    _audit(outcome)
    raise Refused(outcome.code)


def _check_terminal() -> None:
    g.terminal = signed_terminal()


def _check_terminal_with_document() -> None:
    g.terminal = signed_terminal(largest_body_bytes=LARGEST_DOCUMENT_BODY_BYTES)


def _check_terminal_page() -> None:
    # A browser that comes by itself is nobody's attack: it is told that this is no terminal.
    if not bears_signature(dict(request.headers)):
        raise Refused("not_a_terminal")
    g.terminal = signed_terminal()


TERMINAL = Guard("an enrolled terminal, by its signature", _check_terminal)
TERMINAL_DOCUMENT = Guard(
    "an enrolled terminal, by its signature, with a document", _check_terminal_with_document
)
TERMINAL_PAGE = Guard("a page on an enrolled terminal, by its signature", _check_terminal_page)


def tell_server_time(blueprint: Blueprint) -> None:
    """Let every answer of *blueprint* carry our time, so that a terminal's wrong clock heals."""

    @blueprint.after_request
    def stamp(response: Response) -> Response:
        response.headers[SERVER_TIME_HEADER] = f"{clock.now().timestamp():.3f}"
        return response


def _holder(key_id: str) -> KeyHolder | None:
    with database().reading() as session:
        return holder_of_key(session, key_id)


def _spend(signed: Signed) -> bool:
    # Its own transaction: a request that fails later has still used its signature up.
    with database().unit_of_work() as session:
        return spend_nonce(session, signed.identity.id, nonce=signed.nonce)


def _audit(refusal: NotSigned) -> None:
    # The claimed terminal is a subject, not the actor: the signature did not prove it.
    log.warning("terminal_refused", code=refusal.code, claimed=refusal.terminal_id)
    knocker = refusal.terminal_id or "unknown"
    with database().reading() as session:
        tried = limits.attempts(session, _KNOCKING, knocker)
    if tried >= AUDITED_REFUSALS:
        # Nor may he take the write lock from those who are served.
        log.warning("terminal_refusal_not_audited", code=refusal.code)
        return
    try:
        with database().unit_of_work() as session:
            limits.count_attempt(
                session,
                _KNOCKING,
                knocker,
                limit=AUDITED_REFUSALS,
                window=AUDIT_WINDOW,
            )
            note(
                session,
                AuditEvent.TERMINAL_REFUSED,
                actor=Actor(kind="unknown", id="unproven"),
                subject=(Subject("terminal", refusal.terminal_id) if refusal.terminal_id else None),
                facts={"code": refusal.code},
            )
    except TooMany:
        log.warning("terminal_refusal_not_audited", code=refusal.code)
