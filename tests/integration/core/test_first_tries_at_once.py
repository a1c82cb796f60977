"""Counting tries that arrive together, on both engines."""

from datetime import timedelta

from kiosk_server.core import limits
from kiosk_server.core.database import Database
from tests.support.at_once import at_once


def test_first_tries_that_meet_are_both_counted(database: Database) -> None:
    """Of two first tries at the same moment neither fails and neither is lost."""

    def knock() -> int:
        with database.unit_of_work() as session:
            return limits.count_attempt(
                session, "knock", "door", limit=5, window=timedelta(minutes=1)
            )

    assert sorted(at_once(knock, knock)) == [3, 4]
    with database.reading() as session:
        assert limits.attempts(session, "knock", "door") == 2


def test_a_first_try_that_meets_a_pardon_is_counted(database: Database) -> None:
    """Whoever is forgiven while others try for the first time makes none of them fail."""

    def come_and_go() -> None:
        for _ in range(15):
            with database.unit_of_work() as session:
                limits.count_attempt(
                    session, "knock", "door", limit=99, window=timedelta(minutes=1)
                )
            with database.unit_of_work() as session:
                limits.forgive(session, "knock", "door")

    at_once(*[come_and_go] * 6)
    with database.reading() as session:
        assert limits.attempts(session, "knock", "door") == 0
