"""
The queue at a terminal (自助取号、签到): a number for who just came, check-in by code or by person.

    stands_at_site(session, terminal_id)             -> bool
    take_here(session, visit, group_code, ..)        -> QueueTicket
    check_in_here(session, visit, booking_id)        -> QueueTicket   the caller knows whose it is
    check_in_by_code(session, visit, text)           -> CheckedIn | CheckInRefused
    ticket_here(session, visit)                      -> QueueTicket | None

A terminal in a bank gives no numbers: they are of the site that it belongs to. The ticket of a
visit stands in its sealed draft and goes with it (P52).
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import note
from kiosk_server.bookings.check_in_codes import booking_by_code, read_code
from kiosk_server.bookings.life import Channel, Priority
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import Conflict, Refused, TooMany
from kiosk_server.core.identifiers import digest
from kiosk_server.core.limits import attempts, count_attempt
from kiosk_server.queue.models import QueueTicket
from kiosk_server.queue.services import check_in, take_ticket
from kiosk_server.terminals import queries as terminals
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.models import Visit

MOST_WRONG_CODES = 10
"""At one terminal in `_WINDOW`: then it takes none, right ones included."""
_WINDOW = timedelta(minutes=10)
_BY_TERMINAL, _TICKET = "check_in_terminal", "ticket"


@dataclass(frozen=True)
class CheckedIn:
    """The code was that of a booking expected now; this is its ticket."""

    ticket: QueueTicket


@dataclass(frozen=True)
class CheckInRefused:
    """Nobody was checked in: `check_in_unknown`, `too_many`, or a code of `services.check_in`."""

    code: str


def stands_at_site(session: Session, terminal_id: str) -> bool:
    """Return whether a terminal stands at its site itself, and not at a host's."""
    known = terminals.find(session, terminal_id)
    return known is not None and known.host_place_id is None


def take_here(
    session: Session, visit: Visit, group_code: str, *, priority: Priority | None = None
) -> QueueTicket:
    """
    Give a number to who stands here; touched twice, the same one.

    The caller holds the visit's row. Raises `Refused("not_at_site")` and what `take_ticket` raises.
    """
    _require_site(session, visit)
    taken = take_ticket(
        session,
        visit.site_id,
        group_code,
        channel=Channel.KIOSK,
        by=resident_at(visit),
        priority=priority,
        request_key=digest(f"kiosk-ticket\x1f{visit.id}\x1f{group_code}"),
    )
    put_draft(session, visit, **{_TICKET: taken.ticket.id})
    return taken.ticket


def check_in_here(session: Session, visit: Visit, booking_id: str) -> QueueTicket:
    """Check a booking in at this visit's site; raises what `check_in` raises, `not_at_site`."""
    _require_site(session, visit)
    taken = check_in(session, booking_id, site_id=visit.site_id, by=resident_at(visit))
    put_draft(session, visit, **{_TICKET: taken.ticket.id})
    return taken.ticket


def check_in_by_code(session: Session, visit: Visit, text: str) -> CheckedIn | CheckInRefused:
    """
    Check in the booking of today whose code was typed or scanned; commit whatever comes back.

    Wrong codes count against the terminal.
    """
    _require_site(session, visit)
    code = read_code(text)
    if attempts(session, _BY_TERMINAL, visit.terminal_id) >= MOST_WRONG_CODES:
        return _refused(session, visit, "too_many")
    found = code and booking_by_code(
        session, visit.site_id, clock.beijing_today(), code, keyring_of(session)
    )
    if not found:
        return _wrong(session, visit)
    try:
        return CheckedIn(check_in_here(session, visit, found.id))
    except Conflict as conflict:
        return _refused(session, visit, conflict.code)


def ticket_here(session: Session, visit: Visit) -> QueueTicket | None:
    """Return the ticket that this visit took or checked in to."""
    kept = draft_of(session, visit).get(_TICKET)
    return session.get(QueueTicket, kept) if kept else None


def _require_site(session: Session, visit: Visit) -> None:
    if not stands_at_site(session, visit.terminal_id):
        raise Refused("not_at_site")


def _wrong(session: Session, visit: Visit) -> CheckInRefused:
    try:
        count_attempt(
            session, _BY_TERMINAL, visit.terminal_id, limit=MOST_WRONG_CODES, window=_WINDOW
        )
    except TooMany:
        return _refused(session, visit, "too_many")
    return _refused(session, visit, "check_in_unknown")


def _refused(session: Session, visit: Visit, code: str) -> CheckInRefused:
    facts = {"reason": code}
    note(session, AuditEvent.BOOKING_REFUSED, actor=resident_at(visit), facts=facts)
    return CheckInRefused(code)
