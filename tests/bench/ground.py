"""A database and a server to measure on, gone afterwards."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk_server.core.database import Database
from kiosk_server.extensions import open_database
from kiosk_server.migrations.commands import migrate
from kiosk_server.settings import Settings


@contextmanager
def fresh_ground() -> Iterator[tuple[Settings, Database]]:
    """Lend settings with a migrated SQLite database on disk, and the database."""
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder:
        url = f"sqlite:///{folder}/kiosk.sqlite3"
        settings = Settings(database_url=url, instance=Path(folder) / "instance")
        migrate(url)
        database = open_database(settings)
        try:
            yield settings, database
        finally:
            database.dispose()
