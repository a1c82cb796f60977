"""Messages carried out per second, against a claim and an end of each as raw SQL."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import make_url

from kiosk_server.core.database import Database
from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.outbox.services import emit
from tests.bench.ground import fresh_ground, fresh_postgres
from tests.bench.side_by_side import Measured, seconds_in_turns

MESSAGES = 200
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


def _measured(engine: str, database: Database, raw: Callable[[], object]) -> Measured:
    dispatcher = Dispatcher(database, {"bench": lambda _, letter: None}, None)
    ours, theirs = seconds_in_turns(
        lambda: dispatcher.work(go_on=lambda: True),
        raw,
        rounds=5,
        prepare=lambda: _fill(database),
    )
    return Measured(
        f"outbox messages, one worker, {engine}",
        MESSAGES / ours,
        MESSAGES / theirs,
        "/s",
        "a claim and an end each as raw SQL",
    )


def _fill(database: Database) -> None:
    with database.unit_of_work() as session:
        for _ in range(MESSAGES):
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
