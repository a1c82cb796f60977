"""Deeds of who books at the screen: the terms they are done on, and refusals audited."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import note
from kiosk_server.bookings.rules import BookingTerms
from kiosk_server.bookings.terms import booking_terms
from kiosk_server.core.errors import Conflict, NotFound, Refused
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.models import Visit
from kiosk_server.web.request_context import database, settings
from kiosk_ui.visiting import deed, this_visit

NO_SUCH_TIME = frozenset({"slot_full", "slot_over", "slot_too_short", "slot_not_found"})
"""Why a time cannot be had, for whoever chose it: another one is chosen, and nothing is wrong."""


def terms() -> BookingTerms:
    """Return what people may book, as the settings say."""
    return booking_terms(settings())


@contextmanager
def booking_deed() -> Iterator[tuple[Session, Visit]]:
    """Open one unit of work with the visit's row held; audit what is refused in it."""
    try:
        with deed() as held:
            yield held
    except (Refused, NotFound, Conflict) as refused:
        if refused.code not in NO_SUCH_TIME:
            note_refusal(refused.code)
        raise


def note_refusal(code: str) -> None:
    """Write down, in a unit of work of its own, that a deed was refused."""
    with database().unit_of_work() as session:
        actor = resident_at(this_visit())
        note(session, AuditEvent.BOOKING_REFUSED, actor=actor, facts={"reason": code})
