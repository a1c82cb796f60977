"""A queue's day ends, its tickets are forgotten, and whoever is called is told on his phone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kiosk_server.bookings.chores import forget_bookings
from kiosk_server.bookings.models import Booking
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.outbox.ports import MessageOutcome, PhoneMessage
from kiosk_server.queue import chores
from kiosk_server.queue.life import TicketState
from kiosk_server.queue.models import QueueCounter, QueueTicket
from kiosk_server.queue.telling import TICKET_CALLED, send_called_message
from kiosk_server.residents import accounts
from tests.support.booking import NOON, TERMS, BookedSite
from tests.support.queue_hall import Hall, at

WINDOW = "atushi-centre-1"
CLOSED = at(9.5 * 60)
"""19:30 in Beijing."""


@pytest.fixture
def hall(database: Database) -> Hall:
    """A centre with slots of a quarter from 10:00 to 10:30, two days before."""
    with clock.frozen(NOON):
        return Hall(BookedSite.open(database))


def states(hall: Hall) -> list[str]:
    """What became of the tickets, and of their bookings."""
    with hall.site.database.reading() as session:
        joined = select(QueueTicket.state, Booking.state).join(
            Booking, Booking.id == QueueTicket.booking_id
        )
        return [f"{one} {other}" for one, other in session.execute(joined.order_by(QueueTicket.id))]


def test_a_day_ends_an_hour_after_its_site_closes(hall: Hall) -> None:
    """Who is at a window was served, who waits still has left; not before, and once."""
    hall.takes(500)
    hall.takes(501)
    assert hall.calls(560, WINDOW)
    for minutes, wanted in (
        (59, ["called called", "waiting checked_in"]),
        (60, ["finished served", "left cancelled"]),
        (75, ["finished served", "left cancelled"]),
    ):
        with clock.frozen(CLOSED + timedelta(minutes=minutes)):
            chores.end_days(hall.site.database, TERMS)
        assert states(hall) == wanted


def test_a_day_that_nobody_ended_is_ended_the_next_morning(hall: Hall) -> None:
    """A worker that was away at night ends the day when it is back; a window is free again."""
    yesterday = hall.takes(0)
    assert hall.calls(1, WINDOW) == yesterday
    next_day = 24 * 60
    today = hall.takes(next_day)
    assert hall.calls(next_day, WINDOW) == today
    assert hall.ticket(yesterday).state == TicketState.FINISHED


@pytest.mark.policy("P39")
def test_tickets_are_forgotten_after_a_week(hall: Hall) -> None:
    """And nothing keeps their bookings from being forgotten when it is time."""
    hall.takes(0)
    for days, left in ((7, 1), (8, 0)):
        with clock.frozen(at(days * 24 * 60)), hall.site.database.unit_of_work() as session:
            chores.forget_tickets(session)
            assert len(session.scalars(select(QueueTicket)).all()) == left
            assert len(session.scalars(select(QueueCounter)).all()) == left
    with clock.frozen(at(100 * 24 * 60)), hall.site.database.unit_of_work() as session:
        forget_bookings(session)
        assert session.scalars(select(Booking)).all() == []


class Phones:
    """A channel that takes everything."""

    simulated = True

    def __init__(self) -> None:
        self.sent: list[PhoneMessage] = []

    def send(self, message: PhoneMessage) -> MessageOutcome:
        """Keep it."""
        self.sent.append(message)
        return MessageOutcome.SENT


def test_who_has_booked_gets_a_message_for_each_call(hall: Hall) -> None:
    """Asked for once a call, refused where no number is known; it names no matter."""
    hall.takes(0)
    ticket = hall.checks_in(0, hall.books(1))
    assert hall.calls(1, WINDOW) == hall.calls(2, WINDOW) == ticket
    database, phones = hall.site.database, Phones()
    with database.reading() as session:
        letters = select(OutboxMessage).where(OutboxMessage.topic == TICKET_CALLED)
        assert session.scalars(letters).one().payload["ticket"] == ticket
    outcome = send_called_message(database, phones, "m" * 26, ticket)
    assert (outcome, phones.sent) == (MessageOutcome.REFUSED, [])
    with database.unit_of_work() as session:
        account = accounts.open_by_number(session, "19900000022")
        account.resident_id = hall.site.person(1)
    assert send_called_message(database, phones, "m" * 26, ticket) is MessageOutcome.SENT
    (message,) = phones.sent
    assert message.values == {"site": "阿图什市政务服务中心", "label": "A002", "window": "1"}
    hall.finishes(3, ticket)
    assert send_called_message(database, phones, "m" * 26, ticket) is MessageOutcome.REFUSED
    assert send_called_message(database, phones, "m" * 26, "0" * 26) is MessageOutcome.REFUSED
