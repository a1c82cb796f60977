"""
Tickets are taken, for a booking or for nobody, and given back. Each is one unit of work, audited.

    take_ticket(session, site_id, group_code, channel=, by=)   -> Taken
    check_in(session, booking_id, site_id=, by=)               -> Taken
    leave(session, ticket, terms=, by=)                        -> QueueTicket

Whoever changes a ticket that is there takes its row first, then slots and bookings in their order:
no two can wait for each other.
"""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.bookings import desk
from kiosk_server.bookings.life import BookingState, BookingVerb, Channel, EndedFor, Priority
from kiosk_server.bookings.models import Booking
from kiosk_server.bookings.rules import BookingTerms
from kiosk_server.bookings.services import cancel, locked
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, NotFound
from kiosk_server.core.identifiers import new_id
from kiosk_server.places.hours import open_intervals
from kiosk_server.places.service_groups import service_groups
from kiosk_server.places.site_hours import hours_of
from kiosk_server.queue.life import LIFE, TicketState, TicketVerb
from kiosk_server.queue.models import QueueCounter, QueueTicket
from kiosk_server.queue.rules import (
    CHECK_IN_BEFORE,
    TAKEN_BEFORE_OPENING,
    due_of,
    label_of,
    letter_of,
)
from kiosk_server.queue.tokens import digest_of, token_of


@dataclass(frozen=True)
class Taken:
    """A ticket, and the secret that opens its page."""

    ticket: QueueTicket
    token: str = field(repr=False)


def take_ticket(
    session: Session,
    site_id: str,
    group_code: str,
    *,
    channel: Channel,
    by: Actor,
    priority: Priority | None = None,
    request_key: str | None = None,
) -> Taken:
    """
    Give a ticket to somebody who came without a booking; nobody asks who he is (P16).

    The same *request_key* gets the same ticket. Raises `Invalid("walk_in_invalid")` where no window
    takes the group, and `Conflict("tickets_not_now")` at a terminal of a site that is closed.
    """
    if channel is Channel.KIOSK and not gives_tickets(session, site_id):
        raise Conflict("tickets_not_now")
    booking = desk.walk_in(
        session,
        site_id,
        group_code,
        by=by,
        channel=channel,
        priority=priority,
        request_key=request_key,
    )
    return _ticket_of(session, booking) or _new(session, booking, channel, by)


def check_in(
    session: Session, booking_id: str, *, site_id: str, by: Actor, channel: Channel = Channel.KIOSK
) -> Taken:
    """
    Give a ticket to somebody who has booked and stands at *site_id*; a second time, the same one.

    Raises `NotFound("booking_not_found")` and `Conflict` with `check_in_elsewhere`,
    `not_expected_today`, `too_early_to_check_in` (an hour before his time at most) or
    `no_longer_expected`.
    """
    booking = locked(session, booking_id)
    if booking.site_id != site_id:
        raise Conflict("check_in_elsewhere")
    again = _ticket_of(session, booking)
    if again is not None:
        return again
    if booking.day != clock.beijing_today():
        raise Conflict("not_expected_today")
    if booking.state != BookingState.CONFIRMED:
        raise Conflict("no_longer_expected")
    if clock.now() < booking.starts_at - CHECK_IN_BEFORE:
        raise Conflict("too_early_to_check_in")
    desk.work(session, booking_id, BookingVerb.CHECK_IN, by=by)
    return _new(session, booking, channel, by)


def leave(session: Session, ticket: QueueTicket, *, terms: BookingTerms, by: Actor) -> QueueTicket:
    """Take somebody out of the queue who does not wait; done again, nothing. `WrongState`."""
    ticket = locked_ticket(session, ticket.id)
    if ticket.state == TicketState.LEFT:
        return ticket
    go(ticket, TicketVerb.LEAVE)
    ticket.ended_at = clock.now()
    session.flush()
    cancel(
        session,
        ticket.booking_id,
        EndedFor.OWN_WISH,
        terms=terms,
        by=by,
        verb=BookingVerb.LEAVE,
    )
    note_ticket(session, AuditEvent.TICKET_LEFT, ticket, by)
    return ticket


def gives_tickets(session: Session, site_id: str) -> bool:
    """Return whether a terminal at the site gives tickets now: from shortly before it opens until
    it closes, over a pause at noon too."""
    opened = open_intervals(hours_of(session, site_id), clock.beijing_today())
    if not opened:
        return False
    return opened[0].starts - TAKEN_BEFORE_OPENING <= clock.now() < opened[-1].ends


def go(ticket: QueueTicket, verb: TicketVerb) -> None:
    """Change a ticket's state as its life allows; raises `WrongState`."""
    ticket.state = LIFE.after(TicketState(ticket.state), verb).value


def locked_ticket(session: Session, ticket_id: str) -> QueueTicket:
    """Return a ticket as it is now, and keep others from it until this unit of work ends."""
    found = session.get(QueueTicket, ticket_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("ticket_not_found")
    return found


def note_ticket(
    session: Session, event: AuditEvent, ticket: QueueTicket, by: Actor, **facts: str | int | None
) -> None:
    """Write down what became of a ticket: ids and enumerated facts."""
    told = {"site": ticket.site_id, "group": ticket.group_code, "lane": ticket.lane, **facts}
    note(session, event, actor=by, subject=Subject("queue_ticket", ticket.id), facts=told)


def _ticket_of(session: Session, booking: Booking) -> Taken | None:
    found = session.scalar(select(QueueTicket).where(QueueTicket.booking_id == booking.id))
    return Taken(found, token_of(session, found.id)) if found else None


def _new(session: Session, booking: Booking, channel: Channel, by: Actor) -> Taken:
    now, ticket_id = clock.now(), new_id()
    starts = None if booking.walk_in else booking.starts_at
    due = due_of(now, slot_starts=starts, priority=booking.priority is not None)
    token = token_of(session, ticket_id)
    ticket = QueueTicket(
        id=ticket_id,
        site_id=booking.site_id,
        day=booking.day,
        group_code=booking.group_code,
        label=_label(session, booking.site_id, booking.day, booking.group_code),
        lane=due.lane.value,
        booking_id=booking.id,
        channel=channel.value,
        taken_at=now,
        due_at=due.due_at,
        callable_at=due.callable_at,
        state=TicketState.WAITING.value,
        calls=0,
        token_digest=digest_of(token),
    )
    session.add(ticket)
    session.flush()
    note_ticket(session, AuditEvent.TICKET_TAKEN, ticket, by, channel=channel.value)
    return Taken(ticket, token)


def _label(session: Session, site_id: str, day: date, group_code: str) -> str:
    # The letter is the group's place in the catalogue: it stays when windows take other groups.
    letter = letter_of(list(service_groups()).index(group_code))
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    first = dialect.insert(QueueCounter).values(site_id=site_id, day=day, letter=letter, last=1)
    counted = first.on_conflict_do_update(
        index_elements=["site_id", "day", "letter"], set_={"last": QueueCounter.last + 1}
    ).returning(QueueCounter.last)
    return label_of(letter, session.execute(counted).scalar_one())
