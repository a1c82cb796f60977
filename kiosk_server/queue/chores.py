"""What is done for the queue by the clock: days end, and old tickets are forgotten."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings.rules import BookingTerms
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.places.hours import open_intervals
from kiosk_server.places.site_hours import hours_of
from kiosk_server.queue.calling import finish
from kiosk_server.queue.life import HERE, TicketState
from kiosk_server.queue.models import QueueCounter, QueueTicket
from kiosk_server.queue.rules import ENDS_AFTER_CLOSING, TICKETS_KEPT
from kiosk_server.queue.services import leave, locked_ticket


def end_days(database: Database, terms: BookingTerms) -> None:
    """
    End what is left of a queue whose site has closed, a ticket a unit of work.

    Who is at a window then has been served; everybody else has left.
    """
    with database.reading() as session:
        over = _left_over(session)
    for ticket_id in over:
        with database.unit_of_work() as session:
            ticket = locked_ticket(session, ticket_id)
            if ticket.state == TicketState.CALLED:
                finish(session, ticket_id, by=SYSTEM)
            elif ticket.state in HERE:
                leave(session, ticket, terms=terms, by=SYSTEM)


def forget_tickets(session: Session) -> None:
    """Delete the tickets and counters of days that are long over (P39)."""
    before = clock.beijing_today() - TICKETS_KEPT
    session.execute(delete(QueueTicket).where(QueueTicket.day < before))
    session.execute(delete(QueueCounter).where(QueueCounter.day < before))


def _left_over(session: Session) -> list[str]:
    """Return the tickets that are still in a queue which has ended."""
    today = clock.beijing_today()
    wanted = select(QueueTicket.id, QueueTicket.site_id, QueueTicket.day).where(
        QueueTicket.state.in_(HERE), QueueTicket.day <= today
    )
    rows = session.execute(wanted.order_by(QueueTicket.id)).all()
    closed = {site_id for site_id in {row.site_id for row in rows} if _is_over(session, site_id)}
    return [row.id for row in rows if row.day < today or row.site_id in closed]


def _is_over(session: Session, site_id: str) -> bool:
    opened = open_intervals(hours_of(session, site_id), clock.beijing_today())
    return bool(opened) and opened[-1].ends + ENDS_AFTER_CLOSING <= clock.now()
