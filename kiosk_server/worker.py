"""
The worker process: carries the outbox out, seals the audit, looks at the clock and the terminals.

Any number of workers may run. SIGTERM lets the message at hand be finished; a database that is
away is waited for. Run it with `python -m kiosk_server.worker`.
"""

import os
import signal
import sys
from collections.abc import Callable
from threading import Event, Thread

import structlog
from sqlalchemy.exc import SQLAlchemyError

from kiosk_server.audit.assembly import sealer_for
from kiosk_server.core.database import Database
from kiosk_server.extensions import open_database
from kiosk_server.outbox.crew import Crew
from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.outbox.timetable import emit_due
from kiosk_server.reactions import CHORES, HANDLERS, Context
from kiosk_server.settings import Settings, SettingsFault
from kiosk_server.upkeep.evaluator import WATCH_EVERY_SECONDS, watch
from kiosk_server.web.logs import configure_logs

IDLE_SECONDS = 0.2
SEAL_EVERY_SECONDS = 1.0
LOOK_AT_CLOCK_EVERY_SECONDS = 10.0
RETRY_DATABASE_SECONDS = 2.0

log = structlog.get_logger()


def main() -> int:
    """Work until told to stop; return 0 for that, 1 where a duty fell, 2 for wrong settings."""
    configure_logs()
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsFault as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    stop, told = Event(), Event()

    def end(*_: object) -> None:
        told.set()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    database = open_database(settings)
    try:
        work(database, settings, stop)
    finally:
        database.dispose()
    return 0 if told.is_set() else 1


def work(database: Database, settings: Settings, stop: Event) -> None:
    """Do a worker's duties side by side until *stop* is set, then finish what is at hand."""
    crew = _crew(database, settings, stop)
    sealer = sealer_for(database, settings)
    duties: dict[str, Callable[[], float]] = {
        "outbox": lambda: _look_at_outbox(crew),
        "sealer": lambda: 0.0 if sealer.seal() else SEAL_EVERY_SECONDS,
        "clock": lambda: _look_at_clock(database),
        "watch": lambda: _watch(database),
    }
    threads = [
        Thread(target=_repeat, args=(name, duty, stop), name=name) for name, duty in duties.items()
    ]
    log.info("worker_started")
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    crew.join()
    log.info("worker_stopped")


def _crew(database: Database, settings: Settings, stop: Event) -> Crew:
    """Return the hands that carry the outbox out; what a handler may use is there once for all."""
    context = Context(database, settings)
    hands: dict[str, Dispatcher[Context]] = {}

    def work_lane(lane: str) -> None:
        if lane not in hands:
            hands[lane] = Dispatcher(database, HANDLERS, context)
        hands[lane].work_lane(lane, go_on=lambda: not stop.is_set())

    return Crew(database, work_lane)


def _look_at_outbox(crew: Crew) -> float:
    crew.look()
    return IDLE_SECONDS


def _look_at_clock(database: Database) -> float:
    with database.unit_of_work() as session:
        emit_due(session, CHORES)
    return LOOK_AT_CLOCK_EVERY_SECONDS


def _watch(database: Database) -> float:
    watch(database)
    return WATCH_EVERY_SECONDS


def _repeat(name: str, duty: Callable[[], float], stop: Event) -> None:
    """Do *duty* again and again, waiting for as many seconds as it asks for.

    A duty that falls takes the others with it: whoever watches the process starts a whole one,
    and would never notice half a one.
    """
    try:
        while not stop.is_set():
            try:
                pause = duty()
            except SQLAlchemyError:
                # The database restarts or moves: what was at hand was rolled back, try again.
                log.exception("worker_duty_failed", duty=name)
                pause = RETRY_DATABASE_SECONDS
            stop.wait(pause)
    finally:
        stop.set()


if __name__ == "__main__":
    sys.exit(main())
