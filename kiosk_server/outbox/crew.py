"""
The hands of one worker process: one thread for each lane that has something due.

A partner who hangs keeps the thread of his own lane waiting, and nobody else's (舱壁隔离).
"""

from collections.abc import Callable
from threading import Lock, Thread

import structlog
from sqlalchemy.exc import SQLAlchemyError

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.outbox.lanes import due_lanes

log = structlog.get_logger()

WorkLane = Callable[[str], object]
"""Carries out what is due in a lane, and returns when nothing is."""


class Crew:
    """Sends one thread at a time along each lane; `look` is called again and again."""

    def __init__(self, database: Database, work_lane: WorkLane) -> None:
        self._database = database
        self._work_lane = work_lane
        self._lock = Lock()
        self._under_way: dict[str, Thread] = {}
        self._fault: Exception | None = None

    def look(self) -> None:
        """Send a thread along every lane in which something is due and none is under way.

        Raises what made a thread fall.
        """
        if self._fault is not None:
            raise self._fault
        with self._database.reading() as session:
            due = due_lanes(session, clock.now())
        with self._lock:
            for lane in due:
                if lane not in self._under_way:
                    thread = Thread(target=self._go, args=(lane,), name=f"lane {lane}")
                    self._under_way[lane] = thread
                    thread.start()

    def join(self) -> None:
        """Wait until what is at hand is finished."""
        with self._lock:
            under_way = list(self._under_way.values())
        for thread in under_way:
            thread.join()

    def _go(self, lane: str) -> None:
        try:
            self._work_lane(lane)
        except SQLAlchemyError:
            # The database restarts or moves: what was at hand was rolled back, the next look sees.
            log.exception("worker_lane_failed", lane=lane)
        except Exception as fault:  # it is raised where somebody looks
            self._fault = fault
        finally:
            with self._lock:
                del self._under_way[lane]
