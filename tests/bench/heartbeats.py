"""Heartbeats, against a bare Flask route that writes the same rows in raw SQL."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from time import perf_counter
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask, request
from sqlalchemy import make_url

from kiosk_server.app import create_app
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.settings import Settings
from kiosk_server.terminals.nonces import spend_nonce
from kiosk_server.terminals.queries import KeyHolder, TerminalIdentity
from kiosk_server.web.terminal_signature import Signed, SignedRequest, verify
from tests.bench.ground import fresh_ground, fresh_postgres
from tests.bench.side_by_side import Measured, seconds_in_turns
from tests.support.terminal_client import API, SignedTerminal, public_bytes
from tests.support.wire_samples import exchange

BEATS = 60
ROUNDS = 9
PATH = f"{API}/heartbeats"
_DEVICE = """
INSERT INTO device_state (terminal_id, kind, "condition", troubles, details, since, reported_at)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (terminal_id, kind) DO UPDATE SET "condition" = excluded."condition",
    troubles = excluded.troubles, details = excluded.details, reported_at = excluded.reported_at
"""
_TERMINAL = """
UPDATE terminal SET last_seen_at = ?, software = ?, spool_open = ?, clock_offset_seconds = ?
WHERE id = ?
"""

Execute = Callable[[str, tuple[object, ...]], object]


def measure() -> Iterator[Measured]:
    """Yield heartbeats per second on both engines, and what a signature alone costs."""
    with fresh_ground() as (settings, _):
        address = settings.database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(address, isolation_level=None)) as raw:
            raw.execute("PRAGMA synchronous=NORMAL")
            yield _measured("SQLite", settings, raw.execute)
        yield from _signature(settings)
    with fresh_postgres() as (settings, _):
        url = make_url(settings.database_url).set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(), autocommit=True) as connection:

            def execute(statement: str, values: tuple[object, ...]) -> object:
                return connection.execute(statement.replace("?", "%s").encode(), values)

            yield _measured("PostgreSQL", settings, execute)


def _measured(engine: str, settings: Settings, execute: Execute) -> Measured:
    server = create_app(settings)
    database: Database = server.extensions["kiosk_database"]
    terminal, body = SignedTerminal(server), exchange("heartbeats").requests[0].body
    data = Flask("json").json.dumps(body).encode()
    bare = _bare(terminal.id, execute).test_client()
    signed: list[dict[str, str]] = []

    def sign() -> None:
        # What a terminal does costs the server nothing.
        signed[:] = [terminal.signature("POST", PATH, data) for _ in range(BEATS)]

    def ours() -> None:
        for headers in signed:
            told = {"Content-Type": "application/json", **headers}
            assert terminal.send_as("POST", PATH, data, told).status_code == 200

    def theirs() -> None:
        for _ in range(BEATS):
            answer = bare.post(PATH, data=data, content_type="application/json")
            assert answer.status_code == 200

    seconds = seconds_in_turns(ours, theirs, rounds=ROUNDS, prepare=sign)
    database.dispose()
    return Measured(
        f"heartbeats, one thread, {engine}",
        BEATS / seconds[0],
        BEATS / seconds[1],
        "/s",
        "a bare route, the same upsert in raw SQL, unsigned",
    )


def _bare(terminal_id: str, execute: Execute) -> Flask:
    """The least that can take a heartbeat: no signature, no alert, nothing wanted."""
    app = Flask("bare")

    @app.post(PATH)
    def heartbeat() -> dict[str, Any]:
        told, now = request.get_json(), datetime.now(UTC).replace(tzinfo=None)
        moment = now.isoformat(" ")
        execute("BEGIN", ())
        for device in told["devices"]:
            troubles = app.json.dumps(device["troubles"])
            details = app.json.dumps(device["details"])
            row = (terminal_id, device["kind"], device["condition"], troubles, details)
            execute(_DEVICE, (*row, moment, moment))
        said = (told["software"], told["spool"]["open"], told["clock_offset_seconds"])
        execute(_TERMINAL, (moment, *said, terminal_id))
        execute("COMMIT", ())
        return {"server_time": now.timestamp(), "wants": []}

    return app


def _signature(settings: Settings) -> Iterator[Measured]:
    """Yield the milliseconds in which a signed heartbeat is believed, without the database."""
    key = Ed25519PrivateKey.generate()
    server = create_app(settings)
    terminal = SignedTerminal(server, key=key)
    data = Flask("json").json.dumps(exchange("heartbeats").requests[0].body).encode()
    headers = terminal.signature("POST", PATH, data)
    asked = SignedRequest("POST", PATH, headers, lambda: data)
    identity = TerminalIdentity(terminal.id, terminal.site_id, "")
    holder = KeyHolder(identity, public_bytes(key), revoked=False)
    now, origin, sealed = clock.now(), settings.public_origin, key.sign(data)
    outcome = verify(asked, origin=origin, holder_of=lambda _: holder, now=now)
    assert isinstance(outcome, Signed), outcome
    ours, theirs = seconds_in_turns(
        lambda: [
            verify(asked, origin=origin, holder_of=lambda _: holder, now=now) for _ in range(BEATS)
        ],
        lambda: [key.public_key().verify(sealed, data) for _ in range(BEATS)],
        rounds=ROUNDS,
    )
    database: Database = server.extensions["kiosk_database"]
    spent = _nonce_seconds(database, terminal.id)
    database.dispose()
    yield Measured(
        "signature of a heartbeat believed",
        ours / BEATS * 1000,
        theirs / BEATS * 1000,
        "ms",
        f"Ed25519 alone; its nonce takes {spent * 1000:.2g} ms more",
    )


def _nonce_seconds(database: Database, terminal_id: str) -> float:
    numbers = count()

    def spend() -> None:
        for _ in range(BEATS):
            with database.unit_of_work() as session:
                assert spend_nonce(session, terminal_id, nonce=f"bench-{next(numbers):012}")

    spend()
    started = perf_counter()
    spend()
    return (perf_counter() - started) / BEATS
