"""
Telling a resident of his booking: a notice at once; a short message where he has to act.

The message names the site and the time, never the matter.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk_server.bookings.life import BookingState
from kiosk_server.bookings.models import Booking
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.notices import services as notices
from kiosk_server.notices.rules import Topic
from kiosk_server.outbox.lanes import MESSAGES
from kiosk_server.outbox.ports import MessageOutcome, PhoneMessage, PhoneMessages
from kiosk_server.outbox.services import emit
from kiosk_server.places.queries import site
from kiosk_server.residents import accounts

BOOKING_TOLD = "booking.told"
"""Outbox topic: `{"message": id, "booking": id, "topic": Topic}`."""
_SENT = frozenset({Topic.BOOKING_OFFERED, Topic.BOOKING_CLOSED, Topic.BOOKING_SOON})


def tell(session: Session, booking: Booking, topic: Topic) -> None:
    """Tell whose *booking* it is what became of it; nobody where nobody is named."""
    if booking.resident_id is None or _is_told_already(session, booking, topic):
        return
    notices.tell(
        session, booking.resident_id, topic, booking.id, site=booking.site_id, day=when(booking)
    )
    if topic in _SENT:
        told = {"message": new_id(), "booking": booking.id, "topic": topic.value}
        name = f"{BOOKING_TOLD}:{topic.value}:{booking.id}"
        emit(session, BOOKING_TOLD, told, lane=MESSAGES, dedup=name)


def _is_told_already(session: Session, booking: Booking, topic: Topic) -> bool:
    """Return whether a group's contact is reminded by its first booking already."""
    if booking.party_id is None or topic is not Topic.BOOKING_SOON:
        return False
    first = select(func.min(Booking.id)).where(
        Booking.party_id == booking.party_id, Booking.state == BookingState.CONFIRMED
    )
    return session.scalar(first) != booking.id


def when(booking: Booking) -> str:
    """Return a booking's time as people read it, Beijing time."""
    return f"{clock.to_beijing(booking.starts_at):%Y-%m-%d %H:%M}"


def send_booking_message(
    database: Database, channel: PhoneMessages, message_id: str, booking_id: str, topic: Topic
) -> MessageOutcome:
    """Hand a message to the channel; refused where no number is known."""
    with database.reading() as session:
        booking = session.get_one(Booking, booking_id)
        account = accounts.of_resident(session, booking.resident_id or "")
        number = accounts.number_of(session, account) if account else None
        values = {"site": site(session, booking.site_id).names["zh"], "time": when(booking)}
    if number is None:
        return MessageOutcome.REFUSED
    template = f"{topic.value}.zh"
    return channel.send(PhoneMessage(id=message_id, phone=number, template=template, values=values))
