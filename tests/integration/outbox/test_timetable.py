"""Chores run once for each time they are due, however many workers look at the clock."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.outbox.queries import backlog
from kiosk_server.outbox.timetable import Chore, chore_handler, emit_due

NOON = datetime(2026, 9, 1, 4, 0, 30, tzinfo=UTC)


def test_each_fire_time_runs_once(database: Database) -> None:
    """The same minute seen many times runs the chore once; the next minute once more."""
    runs: list[str] = []
    chores = [Chore("tidy", "* * * * *", runs.append)]
    hands = Dispatcher(database, chore_handler(chores), "context")
    for seconds in (0, 10, 20, 60):
        with clock.frozen(NOON + timedelta(seconds=seconds)):
            with database.unit_of_work() as session:
                emit_due(session, chores)
            while hands.work_one():
                pass
    assert runs == ["context", "context"]


def test_after_a_standstill_only_the_latest_runs(database: Database) -> None:
    """A worker that was down for a day does not catch up with every missed minute."""
    chores: list[Chore[None]] = [Chore("tidy", "* * * * *", lambda _: None)]
    for moment in (NOON, NOON + timedelta(days=1)):
        with clock.frozen(moment), database.unit_of_work() as session:
            emit_due(session, chores)
    with database.reading() as session:
        assert backlog(session)[0] == 2


def test_workers_that_look_at_once_make_one_message(database: Database) -> None:
    """Four workers at the same moment put one message into the outbox."""
    chores: list[Chore[None]] = [Chore("tidy", "0 0 1 1 *", lambda _: None)]
    together = Barrier(4)

    def look() -> None:
        together.wait()
        with database.unit_of_work() as session:
            emit_due(session, chores)

    threads = [Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert backlog(session)[0] == 1
