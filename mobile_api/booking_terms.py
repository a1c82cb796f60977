"""Booking from a phone, for every door: the terms, the key of a request, and refusals audited."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import note
from kiosk_server.bookings.rules import BookingTerms
from kiosk_server.bookings.terms import booking_terms
from kiosk_server.core.errors import NotFound, Refused, TooMany
from kiosk_server.core.identifiers import digest
from kiosk_server.web.idempotency import HEADER
from kiosk_server.web.request_context import database, settings
from mobile_api.access import holder
from mobile_api.wallets import actor_id

LONGEST_KEY = 64


def terms() -> BookingTerms:
    """Return what people may book, as the settings say."""
    return booking_terms(settings())


def request_key() -> str | None:
    """Return what this request's booking is known by; kept with it, it outlives a killed server."""
    key = request.headers.get(HEADER)
    return digest(f"{actor_id()}\x1f{request.path}\x1f{key}") if key else None


def form_key(chosen: str) -> str | None:
    """Return the same for a form that is sent twice with the same choice; None without its key."""
    key = request.form.get("key", "")[:LONGEST_KEY]
    return digest(f"{actor_id()}\x1f{request.path}\x1f{key}\x1f{chosen}") if key else None


@contextmanager
def refusals_noted(event: AuditEvent = AuditEvent.BOOKING_REFUSED) -> Iterator[None]:
    """Audit who asks for more than his share, or for what is somebody else's or nobody's."""
    try:
        yield
    except (Refused, NotFound, TooMany) as refused:
        with database().unit_of_work() as session:
            facts = {"reason": refused.code}
            note(session, event, actor=holder().actor, facts=facts)
        raise
