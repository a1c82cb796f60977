"""Messages carried out per second, against the same claims and ends as raw SQL."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

from kiosk_server.core.database import Database
from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.outbox.services import emit
from tests.bench.ground import fresh_ground
from tests.bench.side_by_side import Measured, seconds_in_turns

MESSAGES = 200
_CLAIM = """
UPDATE outbox_message SET due = datetime('now', '+60 seconds'), leased_by = 'bench',
    attempts = attempts + 1
WHERE id = (SELECT id FROM outbox_message WHERE state = 'ready' AND due <= ?
            ORDER BY due, id LIMIT 1)
RETURNING id
"""
_END = "UPDATE outbox_message SET state = 'done', ended_at = ? WHERE id = ? AND leased_by = 'bench'"


def measure() -> Iterator[Measured]:
    """Yield messages per second of one worker, on a SQLite file."""
    with fresh_ground() as (settings, database):
        dispatcher = Dispatcher(database, {"bench": lambda _, letter: None}, None)
        file = settings.database_url.removeprefix("sqlite:///")
        raw = sqlite3.connect(file, isolation_level=None)
        raw.execute("PRAGMA synchronous=NORMAL")
        ours, theirs = seconds_in_turns(
            lambda: dispatcher.work(go_on=lambda: True),
            lambda: _drain(raw),
            rounds=5,
            prepare=lambda: _fill(database),
        )
        raw.close()
    yield Measured(
        "outbox messages carried out, one worker",
        MESSAGES / ours,
        MESSAGES / theirs,
        "/s",
        "the same two transactions as raw SQL",
    )


def _drain(raw: sqlite3.Connection) -> None:
    while _claim_and_end(raw):
        pass


def _fill(database: Database) -> None:
    with database.unit_of_work() as session:
        for _ in range(MESSAGES):
            emit(session, "bench", {})


def _claim_and_end(raw: sqlite3.Connection) -> bool:
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    raw.execute("BEGIN IMMEDIATE")
    claimed = raw.execute(_CLAIM, (now,)).fetchall()
    raw.execute("COMMIT")
    if not claimed:
        return False
    raw.execute("BEGIN IMMEDIATE")
    raw.execute(_END, (now, claimed[0][0]))
    raw.execute("COMMIT")
    return True
