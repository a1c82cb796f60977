"""
Renews the lease of the message in hand, so that a slow handler is not overtaken.

One thread serves message after message and goes home when there has been none for a while: a
thread for each message would cost more than most messages do.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock, Thread

import structlog
from sqlalchemy.exc import SQLAlchemyError

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.outbox.leases import Letter, renew

log = structlog.get_logger()


class LeaseKeeper:
    """Holds one letter at a time for *worker*, three times as often as needed."""

    def __init__(self, database: Database, *, worker: str, lease: timedelta) -> None:
        self._database = database
        self._worker = worker
        self._lease = lease
        self._lock = Lock()
        self._in_hand: Letter | None = None
        self._thread: Thread | None = None

    @contextmanager
    def holding(self, letter: Letter) -> Iterator[None]:
        """Keep *letter* leased within the block."""
        with self._lock:
            self._in_hand = letter
            if self._thread is None:
                self._thread = Thread(target=self._keep, name="lease", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            self._in_hand = None

    def _keep(self) -> None:
        while True:
            time.sleep(self._lease.total_seconds() / 3)
            with self._lock:
                letter = self._in_hand
                if letter is None:
                    self._thread = None
                    return
            self._renew(letter)

    def _renew(self, letter: Letter) -> None:
        try:
            with self._database.unit_of_work() as session:
                # Has no effect on a letter that was ended or lost meanwhile.
                renew(session, letter, worker=self._worker, until=clock.now() + self._lease)
        except SQLAlchemyError:
            log.exception("outbox_lease_not_renewed", message=letter.id)
