"""
Which schema a database stands at, and which one is ours.

Asked by every server for its readiness; Alembic, which is slow to import and only moves schemas,
is not needed for it.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

HEAD_FILE = Path(__file__).with_name("head.txt")
_TABLE = "alembic_version"


def head() -> str:
    """Return the number of the newest migration, such as `0001`."""
    return HEAD_FILE.read_text(encoding="ascii").strip()


def current(connection: Connection) -> str | None:
    """Return the number of the migration that the database stands at; None when it is empty."""
    if not inspect(connection).has_table(_TABLE):
        return None
    number: str | None = connection.scalar(text(f"SELECT version_num FROM {_TABLE}"))  # noqa: S608 - a constant
    return number
