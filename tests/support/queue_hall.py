"""A site with a queue: people who come, with and without a booking, and windows that call them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings.life import Channel, Priority
from kiosk_server.bookings.services import confirm, hold
from kiosk_server.core import clock
from kiosk_server.queue import calling, services
from kiosk_server.queue.models import QueueTicket
from tests.support.booking import DAY, GROUP, NOON, SITE, TERMS, BookedSite

OPENS = datetime(DAY.year, DAY.month, DAY.day, 2, tzinfo=UTC)
"""10:00 in Beijing on the day of `BookedSite`: when its first slot begins."""


@dataclass
class Hall:
    """The centre on its day; `minute` of each verb is counted from `OPENS`."""

    site: BookedSite

    def takes(self, minute: float, *, priority: Priority | None = None, group: str = GROUP) -> str:
        """Let somebody take a ticket who has not booked; return its id."""
        with clock.frozen(at(minute)), self.site.database.unit_of_work() as session:
            taken = services.take_ticket(
                session, SITE, group, channel=Channel.KIOSK, by=SYSTEM, priority=priority
            )
            return taken.ticket.id

    def books(self, who: int, slot: int = 0) -> str:
        """Let somebody book a slot of the day; return the booking's id."""
        wish, slot_id = self.site.wish(who), self.site.slots()[slot].id
        with clock.frozen(NOON), self.site.database.unit_of_work() as session:
            booking = hold(session, slot_id, wish, terms=TERMS, by=SYSTEM)
            return confirm(session, booking.id, by=SYSTEM).id

    def checks_in(self, minute: float, booking_id: str, *, site_id: str = SITE) -> str:
        """Let somebody check in who has booked; return the ticket's id."""
        with clock.frozen(at(minute)), self.site.database.unit_of_work() as session:
            return services.check_in(session, booking_id, site_id=site_id, by=SYSTEM).ticket.id

    def calls(self, minute: float, window: str) -> str | None:
        """Let a window call whose turn it is; return the ticket's id."""
        with clock.frozen(at(minute)), self.site.database.unit_of_work() as session:
            called = calling.call_next(session, window, by=SYSTEM)
            return called.id if called else None

    def finishes(self, minute: float, ticket_id: str) -> None:
        """Let a window be done with somebody."""
        with clock.frozen(at(minute)), self.site.database.unit_of_work() as session:
            calling.finish(session, ticket_id, by=SYSTEM)

    def ticket(self, ticket_id: str) -> QueueTicket:
        """The ticket as it stands."""
        with self.site.database.reading() as session:
            return session.get_one(QueueTicket, ticket_id)


def at(minute: float) -> datetime:
    """Return a moment of the day, in minutes from `OPENS`."""
    return OPENS + timedelta(minutes=minute)
