"""
When a partner who is asked while a person waits last answered (共享数据, 统一身份认证, 电子证照).

It is kept in his lane, as it is of those who are asked through the outbox: the page of the twelve
systems tells of both.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.outbox.lanes import note_exchange

log = structlog.get_logger()

Heard = Callable[[bool], None]
"""Told after each exchange whether the partner answered."""

_TOLD_AGAIN_AFTER = timedelta(minutes=1)


class Exchanges:
    """Writes down what partners are heard of, at most once a minute for each and each turn."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._told: dict[str, tuple[bool, datetime]] = {}

    def of(self, lane: str) -> Heard:
        """Return what the gateway of *lane* is to call after an exchange."""

        def heard(answered: bool) -> None:
            self._note(lane, answered)

        return heard

    def _note(self, lane: str, answered: bool) -> None:
        now = clock.now()
        before = self._told.get(lane)
        if before is not None and before[0] is answered and now - before[1] < _TOLD_AGAIN_AFTER:
            return
        self._told[lane] = (answered, now)
        try:
            with self._database.unit_of_work() as session:
                note_exchange(session, lane, answered=answered)
        except SQLAlchemyError:
            # The person who waits has his answer: a page of figures must not take it from him.
            log.warning("exchange_not_noted", lane=lane)
