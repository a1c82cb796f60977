"""What a window sees: who is called next and why, who was put aside, who may come back."""

from datetime import time

import pytest

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings.life import Priority
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import NotFound
from kiosk_server.queue import calling
from kiosk_server.queue.at_window import WindowNow, ticket_at, window_now, windows_of
from kiosk_server.queue.queries import turn_of
from kiosk_server.queue.rules import next_turn
from tests.support.booking import SITE, BookedSite
from tests.support.queue_hall import Hall, at

FIRST, SECOND = f"{SITE}-1", f"{SITE}-2"


@pytest.fixture
def hall(database: Database) -> Hall:
    """The centre, with places from ten to eleven."""
    return Hall(BookedSite.open(database, capacity=4, closes=time(11)))


def seen(hall: Hall, minute: float, window: str = FIRST) -> WindowNow:
    """What a window sees at a minute after ten."""
    with clock.frozen(at(minute)), hall.site.database.reading() as session:
        found = {each.id: each for each in windows_of(session, [SITE])}
        return window_now(session, found[window])


def test_who_is_called_next_stands_first(hall: Hall) -> None:
    """Whose time has come before whose has not, each by his due moment; the first is called."""
    hall.checks_in(1, hall.books(1, slot=3))
    hall.takes(2)
    hall.takes(3, priority=Priority.DISABLED)
    early, later = seen(hall, 4).waiting, seen(hall, 40).waiting
    assert [each.ticket.label for each in early] == ["A003", "A002", "A001"]
    assert [each.ticket.label for each in later] == ["A003", "A001", "A002"]
    for minute, waiting in ((4, early), (40, later)):
        turn = next_turn([turn_of(each.ticket) for each in waiting], at(minute))
        assert turn is not None
        assert turn.id == waiting[0].ticket.id
    booked, walk_in = later[1], later[2]
    assert (booked.who, booked.services) == ("测***·居民1", ("insurance-record",))
    assert (walk_in.who, walk_in.slot_starts) == (None, None)


def test_put_aside_missed_and_expected(hall: Hall) -> None:
    """The whole site sees who was put aside; who missed his call is there for half an hour."""
    hall.books(1, slot=1)
    aside, missed = hall.takes(1), hall.takes(2)
    assert hall.calls(3, FIRST) == aside
    with clock.frozen(at(4)), hall.site.database.unit_of_work() as session:
        calling.park(session, aside, by=SYSTEM)
        calling.call_next(session, FIRST, by=SYSTEM)
        calling.miss(session, missed, by=SYSTEM)
    here = seen(hall, 30)
    assert [each.ticket.id for each in here.parked] == [aside]
    assert [each.ticket.id for each in here.missed] == [missed]
    assert [each.who for each in here.expected] == ["测***·居民1"]
    assert [each.ticket.id for each in seen(hall, 30, SECOND).parked] == [aside]
    assert seen(hall, 30, SECOND).missed == ()
    assert seen(hall, 35).missed == ()


def test_a_recall_that_is_sent_twice_calls_once(hall: Hall) -> None:
    """Whoever says how often he had been called, says which call he means."""
    ticket = hall.takes(1)
    hall.calls(2, FIRST)
    for _ in range(2):
        with clock.frozen(at(3)), hall.site.database.unit_of_work() as session:
            calling.recall(session, ticket, by=SYSTEM, calls=1)
    assert hall.ticket(ticket).calls == 2


def test_a_ticket_of_another_site_is_not_there(hall: Hall) -> None:
    """Neither it nor none: both are unknown alike."""
    ticket = hall.takes(1)
    with hall.site.database.reading() as session:
        assert ticket_at(session, SITE, ticket).label == "A001"
        for site, asked in (("songtake", ticket), (SITE, "0" * 26)):
            with pytest.raises(NotFound, match="ticket_not_found"):
                ticket_at(session, site, asked)
