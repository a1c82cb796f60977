"""One way into the database: the unit of work commits whole, a reading cannot write."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

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
