"""
Messages carried out per second: by one worker, against a claim and an end of each as raw SQL; by
four processes, against one.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from threading import BrokenBarrierError
from typing import Any

import psycopg
import structlog
from sqlalchemy import make_url

from kiosk_server.core.database import Database
from kiosk_server.extensions import open_database
from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.outbox.services import emit
from kiosk_server.settings import Settings
from tests.bench.ground import fresh_ground, fresh_postgres
from tests.bench.side_by_side import Measured, seconds_in_turns

MESSAGES = 200
WORKERS = 4
ROUNDS = 5
_PATIENCE_SECONDS = 120.0
_CLAIM = """
UPDATE outbox_message SET due = ?, leased_by = 'bench', attempts = attempts + 1
WHERE id = (SELECT id FROM outbox_message WHERE state = 'ready' AND due <= ?
            ORDER BY due, id LIMIT 1 {locking})
RETURNING id
"""
_END = "UPDATE outbox_message SET state = 'done', ended_at = ? WHERE id = ? AND leased_by = 'bench'"

Execute = Callable[[str, tuple[object, ...]], Any]


def measure() -> Iterator[Measured]:
    """Yield messages per second of one worker, on a SQLite file and on PostgreSQL."""
    with fresh_ground() as (settings, database):
        raw = sqlite3.connect(settings.database_url.removeprefix("sqlite:///"))
        raw.isolation_level = None
        raw.execute("PRAGMA synchronous=NORMAL")
        yield _measured("SQLite", database, lambda: _drain(raw.execute, _CLAIM.format(locking="")))
        raw.close()
    with fresh_postgres() as (settings, database):
        address = make_url(settings.database_url).set(drivername="postgresql")
        with psycopg.connect(address.render_as_string(), autocommit=True) as connection:
            claim = _CLAIM.format(locking="FOR UPDATE SKIP LOCKED")
            yield _measured(
                "PostgreSQL",
                database,
                lambda: _drain(
                    lambda statement, values: connection.execute(
                        statement.replace("?", "%s").encode(), values
                    ),
                    claim,
                ),
            )
        yield _side_by_side(settings, database)


def _measured(engine: str, database: Database, raw: Callable[[], object]) -> Measured:
    dispatcher = Dispatcher(database, {"bench": lambda _, letter: None}, None)
    ours, theirs = seconds_in_turns(
        lambda: dispatcher.work(go_on=lambda: True),
        raw,
        rounds=ROUNDS,
        prepare=lambda: _fill(database),
    )
    return Measured(
        f"outbox messages, one worker, {engine}",
        MESSAGES / ours,
        MESSAGES / theirs,
        "/s",
        "a claim and an end each as raw SQL",
    )


def _side_by_side(settings: Settings, database: Database) -> Measured:
    """Return what four workers do beside each other, each a process, and what one of them does."""
    with _workers(settings, WORKERS) as four, _workers(settings, 1) as one:
        taken = seconds_in_turns(
            four, one, rounds=ROUNDS, prepare=lambda: _fill(database, WORKERS * MESSAGES)
        )
    rates = tuple(WORKERS * MESSAGES / seconds for seconds in taken)
    what = f"outbox messages, {WORKERS} workers, PostgreSQL"
    return Measured(what, rates[0], rates[1], "/s", "one worker, a process likewise")


@contextmanager
def _workers(settings: Settings, count: int) -> Iterator[Callable[[], object]]:
    """Start so many workers; what is yielded lets them carry out everything, and waits for it."""
    # A fork would share the connections of this process.
    processes = get_context("spawn")
    gate = processes.Barrier(count + 1)
    hands = [
        processes.Process(target=_carry_out, args=(settings.database_url, gate), daemon=True)
        for _ in range(count)
    ]
    for each in hands:
        each.start()

    def go() -> None:
        gate.wait(_PATIENCE_SECONDS)
        gate.wait(_PATIENCE_SECONDS)

    try:
        yield go
    finally:
        gate.abort()
        for each in hands:
            each.join(_PATIENCE_SECONDS)


def _carry_out(url: str, gate: Barrier) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    database = open_database(Settings(database_url=url))
    dispatcher = Dispatcher(database, {"bench": lambda _, letter: None}, None)
    try:
        while True:
            gate.wait()
            dispatcher.work(go_on=lambda: True)
            gate.wait()
    except BrokenBarrierError:
        database.dispose()


def _fill(database: Database, messages: int = MESSAGES) -> None:
    with database.unit_of_work() as session:
        for _ in range(messages):
            emit(session, "bench", {})


def _drain(execute: Execute, claim: str) -> None:
    while _claim_and_end(execute, claim):
        pass


def _claim_and_end(execute: Execute, claim: str) -> bool:
    now = datetime.now(UTC).replace(tzinfo=None)
    moment, until = now.isoformat(" "), (now + timedelta(seconds=60)).isoformat(" ")
    execute("BEGIN", ())
    claimed = execute(claim, (until, moment)).fetchall()
    execute("COMMIT", ())
    if not claimed:
        return False
    execute("BEGIN", ())
    execute(_END, (moment, claimed[0][0]))
    execute("COMMIT", ())
    return True
