"""
Telling who has booked that he is called: a notice at once, and a short message.

Nobody is told where nobody is named: a walk-in looks at the board, or at his ticket's page. The
message names the site, the window and the ticket's label, never the matter.
"""

from sqlalchemy.orm import Session

from kiosk_server.bookings.models import Booking
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.notices import services as notices
from kiosk_server.notices.rules import Topic
from kiosk_server.outbox.lanes import MESSAGES
from kiosk_server.outbox.ports import MessageOutcome, PhoneMessage, PhoneMessages
from kiosk_server.outbox.services import emit
from kiosk_server.places.models import ServiceWindow
from kiosk_server.places.queries import site
from kiosk_server.queue.life import TicketState
from kiosk_server.queue.models import QueueTicket
from kiosk_server.residents import accounts

TICKET_CALLED = "ticket.called"
"""Outbox topic: `{"message": id, "ticket": id}`."""


def tell_called(session: Session, ticket: QueueTicket) -> None:
    """Tell whose ticket it is that a window calls him."""
    booking = session.get_one(Booking, ticket.booking_id)
    window = session.get(ServiceWindow, ticket.window_id)
    if booking.resident_id is None or window is None:
        return
    notices.tell(
        session,
        booking.resident_id,
        Topic.TICKET_CALLED,
        booking.id,
        site=ticket.site_id,
        label=ticket.label,
        window=window.label,
    )
    told = {"message": new_id(), "ticket": ticket.id}
    name = f"{TICKET_CALLED}:{ticket.id}:{ticket.calls}"
    emit(session, TICKET_CALLED, told, lane=MESSAGES, dedup=name)


def send_called_message(
    database: Database, channel: PhoneMessages, message_id: str, ticket_id: str
) -> MessageOutcome:
    """Hand the message to the channel; refused where no number is known, or nobody is called."""
    with database.reading() as session:
        ticket = session.get(QueueTicket, ticket_id)
        if ticket is None or ticket.state != TicketState.CALLED:
            return MessageOutcome.REFUSED
        window = session.get_one(ServiceWindow, ticket.window_id)
        booking = session.get_one(Booking, ticket.booking_id)
        account = accounts.of_resident(session, booking.resident_id or "")
        number = accounts.number_of(session, account) if account else None
        values = {
            "site": site(session, ticket.site_id).names["zh"],
            "label": ticket.label,
            "window": window.label,
        }
    if number is None:
        return MessageOutcome.REFUSED
    template = f"{Topic.TICKET_CALLED.value}.zh"
    return channel.send(PhoneMessage(id=message_id, phone=number, template=template, values=values))
