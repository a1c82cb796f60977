"""
One database, one way in, one commit.

`unit_of_work()` is the only place that commits. On SQLite it begins with a write lock (BEGIN
IMMEDIATE): a deferred read that turns into a write fails at once, whatever the busy timeout.
`reading()` never writes; the database itself refuses it on both engines.
"""

import json
import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock, local
from typing import Any

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Text,
    create_engine,
    event,
)
from sqlalchemy.exc import OperationalError, PendingRollbackError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from kiosk_server.core.cryptography import Keyring

_SEEN = "kiosk_seen"
_KEPT = "kiosk_kept"
_ROWS_HELD = 200
BUSY_TIMEOUT_MS = 15_000
"""How long a deed waits for others to let go of the database, on either engine. A terminal waits
twenty seconds for an answer: whoever stands there is told why before it gives up."""


class Base(DeclarativeBase):
    """The mother of every table; constraint names are the same on both engines."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the table."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Json(TypeDecorator[Any]):
    """A small JSON value kept as canonical text, alike on both engines."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def canonical_json(value: object) -> str:
    """Return *value* as JSON with sorted keys and no spaces: the same value, the same text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class Database:
    """An engine and the two ways to use it; `engines` are all that it opens connections by."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self.engine = engine
        self.keyring = keyring
        self.engines = [engine]
        self._reading_engine: Engine = engine.execution_options(postgresql_readonly=True)
        self._one_at_a_time: Lock | None = None
        if engine.dialect.name == "sqlite":
            # Its writers would sleep and try again, up to 100 ms a time, and overtake each other.
            self._one_at_a_time = Lock()
            event.listen(engine, "connect", _prepare_sqlite)
            # Connections of their own: one that changes between reading and writing has SQLite
            # prepare all its statements anew each time.
            self._reading_engine = create_engine(engine.url, **engine_options(str(engine.url)))
            event.listen(self._reading_engine, "connect", _prepare_sqlite)
            event.listen(self._reading_engine, "connect", _only_reading)
            self.engines.append(self._reading_engine)
        self._own = local()
        self._info: dict[str, object] = {"keyring": keyring}
        # They join a transaction that stands: a session that begins and ends its own costs as much
        # again as all the rest of a small deed.
        joining: dict[str, Any] = {"join_transaction_mode": "rollback_only", "info": self._info}
        self._writing = sessionmaker(expire_on_commit=False, **joining)
        self._reading = sessionmaker(expire_on_commit=False, **joining)
        event.listen(self._reading, "loaded_as_persistent", _keep_row)

    @classmethod
    def at(cls, url: str, keyring: Keyring) -> "Database":
        """Return the database at *url* (`sqlite:///…` or `postgresql+psycopg://…`)."""
        return cls(create_engine(url, **engine_options(url)), keyring)

    def lend(self, name: str, thing: object) -> None:
        """Let every session opened from now on find *thing* in its `info` under *name*."""
        self._info[name] = thing

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """Open the session of one deed; commit it whole at the end, or nothing of it.

        Raises OperationalError where others hold the database for too long, and RuntimeError on
        SQLite within another deed of the same thread, which it would wait for in vain.
        """
        with self._turn(), self.engine.connect() as connection:
            connection.begin()
            _tell_sqlite(connection, "BEGIN IMMEDIATE")
            with self._writing(bind=connection) as session:
                yield session
                session.flush()
                if not session.is_active:
                    raise PendingRollbackError("what has failed within this deed was passed over")
                connection.commit()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._one_at_a_time is None:
            yield
            return
        if getattr(self._own, "deed", False):
            raise RuntimeError("a unit of work within another")
        if not self._one_at_a_time.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            busy = sqlite3.OperationalError("database is locked")
            raise OperationalError("BEGIN IMMEDIATE", None, busy)
        self._own.deed = True
        try:
            yield
        finally:
            self._own.deed = False
            self._one_at_a_time.release()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that only reads: one snapshot, no lock."""
        with self._reading_engine.connect() as connection:
            connection.begin()
            _tell_sqlite(connection, "BEGIN")
            with self._reading(bind=connection) as session:
                yield session
                session.flush()
                connection.commit()

    def dispose(self) -> None:
        """Close every pooled connection, as an ended test must."""
        for engine in self.engines:
            engine.dispose()

    def forget(self) -> None:
        """Let go of every pooled connection without a word, as a forked child must."""
        for engine in self.engines:
            engine.dispose(close=False)


def engine_options(url: str) -> dict[str, Any]:
    """Return the options that an engine at *url* needs to keep this module's promises."""
    # An error's text goes where nobody planned it to go: it must not quote what was being written.
    always: dict[str, Any] = {"hide_parameters": True}
    if url.startswith("sqlite"):
        arguments = {"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}
        return always | {"connect_args": arguments}
    patience = {"options": f"-c lock_timeout={BUSY_TIMEOUT_MS}"}
    pool = {"pool_size": 8, "max_overflow": 8, "pool_pre_ping": True}
    return always | pool | {"connect_args": patience}


def _prepare_sqlite(connection: Any, record: object) -> None:
    # Without this, sqlite3 opens transactions of its own before ours.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _only_reading(connection: Any, record: object) -> None:
    connection.execute("PRAGMA query_only=1")


def _tell_sqlite(connection: Connection, statement: str) -> None:
    # Straight to the driver, and by no listener: every deed passes here, and an engine that
    # somebody listens to asks at each statement who does.
    if connection.dialect.name != "sqlite":
        return
    line = connection.connection.driver_connection
    if not isinstance(line, sqlite3.Connection):
        raise TypeError("not a connection of the driver that we know")
    try:
        line.execute(statement)
    except sqlite3.OperationalError as fault:
        raise OperationalError(statement, None, fault) from fault


def _keep_row(session: Session, row: object) -> None:
    # A session forgets rows that nobody holds. In one snapshot they stay what they are: the
    # latest, a page's worth, are held, so that `get` does not ask for them again.
    session.info.setdefault(_SEEN, deque(maxlen=_ROWS_HELD)).append(row)


def keep(session: Session, row: object) -> None:
    """Let `get` find *row* again until *session* ends, instead of asking the database for it."""
    kept: list[object] = session.info.setdefault(_KEPT, [])
    kept.append(row)


def keyring_of(session: Session) -> Keyring:
    """Return the keys that seal and open the personal fields of *session*'s rows."""
    keyring: Keyring = session.info["keyring"]
    return keyring
