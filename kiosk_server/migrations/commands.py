"""
Bring a database to the newest schema, or back; write the next migration.

One run is one transaction on both engines: it happens whole or not at all, and two servers that
start at once do not run it twice. `head.txt` names the newest migration, so that two branches
that add one each conflict in version control rather than in the database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.pool import NullPool

from kiosk_server.core.database import BUSY_TIMEOUT_MS
from kiosk_server.migrations.standing import HEAD_FILE, head
from kiosk_server.migrations.tables import all_tables

FOLDER = Path(__file__).parent
_ONE_AT_A_TIME = 0x6D696772  # "migr": the number of the advisory lock


def migrate(url: str) -> None:
    """Bring the database at *url* up to the newest schema."""
    with _connection(url) as connection:
        command.upgrade(_config(connection), "head")


def migrate_down(url: str, to: str = "base") -> None:
    """Take the database at *url* back to migration *to*; `base` is the empty database."""
    with _connection(url) as connection:
        command.downgrade(_config(connection), to)


def stamp(url: str) -> None:
    """Say that the database at *url* stands at the newest migration, without running any."""
    with _connection(url) as connection:
        command.stamp(_config(connection), "head")


def differences(url: str) -> list[Any]:
    """Return how the database at *url* differs from the tables that the rooms declare."""
    with _connection(url) as connection:
        return list(compare_metadata(MigrationContext.configure(connection), all_tables()))


def write_migration(url: str, message: str) -> Path:
    """Write the migration that brings the up-to-date database at *url* to the rooms' tables."""
    number = f"{int(head()) + 1 if HEAD_FILE.exists() else 1:04}"
    with _connection(url) as connection:
        script = command.revision(
            _config(connection), message=message, autogenerate=True, rev_id=number
        )
    HEAD_FILE.write_text(f"{number}\n", encoding="ascii")
    (written,) = script if isinstance(script, list) else [script]
    assert written is not None
    return Path(written.path)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"))
            yield connection
    finally:
        engine.dispose()


def _prepare_sqlite(connection: Any, record: object) -> None:
    # Without this, sqlite3 would commit before each DDL statement.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    # A batch rewrite drops the old table: with foreign keys on, rows that point to it would go.
    connection.execute("PRAGMA foreign_keys=OFF")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
