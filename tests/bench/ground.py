"""A database and a server to measure on, gone afterwards."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk_server.core.database import Database
from kiosk_server.extensions import open_database
from kiosk_server.migrations.commands import migrate
from kiosk_server.settings import Settings
from tests.support import postgres


@contextmanager
def fresh_ground() -> Iterator[tuple[Settings, Database]]:
    """Lend settings with a migrated SQLite database on disk, and the database."""
    with (
        tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder,
        _ground(f"sqlite:///{folder}/kiosk.sqlite3", Path(folder)) as ground,
    ):
        yield ground


@contextmanager
def fresh_postgres() -> Iterator[tuple[Settings, Database]]:
    """Lend the same on a PostgreSQL server that is gone afterwards."""
    postgres.make_home()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder,
            postgres.empty("bench") as url,
            _ground(url, Path(folder)) as ground,
        ):
            yield ground
    finally:
        postgres.remove_home()


@contextmanager
def _ground(url: str, folder: Path) -> Iterator[tuple[Settings, Database]]:
    settings = Settings(database_url=url, instance=folder / "instance")
    migrate(url)
    database = open_database(settings)
    try:
        yield settings, database
    finally:
        database.dispose()
