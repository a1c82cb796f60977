"""One way into the database: the unit of work commits whole, a reading cannot write."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from kiosk_server.core import database as core_database
from kiosk_server.core.database import Database
from kiosk_server.core.limits import attempts, count_attempt

HOUR = timedelta(hours=1)


def test_a_unit_of_work_commits_whole(database: Database) -> None:
    """What one deed wrote is there for the next."""
    with database.unit_of_work() as session:
        count_attempt(session, "code", "one", limit=5, window=HOUR)
    with database.reading() as session:
        assert attempts(session, "code", "one") == 1


def test_a_failed_unit_of_work_leaves_nothing(database: Database) -> None:
    """An error inside the deed takes everything back."""

    def fail_halfway() -> None:
        with database.unit_of_work() as session:
            count_attempt(session, "code", "one", limit=5, window=HOUR)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    with database.reading() as session:
        assert attempts(session, "code", "one") == 0


def test_a_reading_cannot_write(database: Database) -> None:
    """The database itself refuses a write inside a reading."""
    with pytest.raises(DBAPIError), database.reading() as session:
        count_attempt(session, "code", "one", limit=5, window=HOUR)


def test_a_writer_follows_a_reader_on_the_same_connection(database: Database) -> None:
    """A pooled connection that was read-only writes again."""
    for _ in range(3):
        with database.reading() as session:
            attempts(session, "code", "one")
        with database.unit_of_work() as session:
            count_attempt(session, "code", "one", limit=5, window=HOUR)
    with database.reading() as session:
        assert attempts(session, "code", "one") == 3


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_unit_of_work_within_another_is_told_at_once(database: Database) -> None:
    """On SQLite it would wait for itself: that is a fault, and the next deed goes on."""
    with pytest.raises(RuntimeError, match="within another"):
        _one_within_another(database)
    with database.unit_of_work() as session:
        assert count_attempt(session, "code", "one", limit=5, window=HOUR)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_who_waits_too_long_for_another_deed_is_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deed that never ends keeps nobody waiting for ever, in its own process either."""
    monkeypatch.setattr(core_database, "BUSY_TIMEOUT_MS", 50)

    def write() -> None:
        with database.unit_of_work() as session:
            count_attempt(session, "code", "one", limit=5, window=HOUR)

    with (
        ThreadPoolExecutor(1) as other,
        database.unit_of_work(),
        pytest.raises(OperationalError, match="locked"),
    ):
        other.submit(write).result()
    write()


def _one_within_another(database: Database) -> None:
    with database.unit_of_work(), database.unit_of_work():
        raise AssertionError("never reached")
