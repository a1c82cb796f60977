"""The guides as the server publishes them of its first data, for pages that must hold them."""

from pathlib import Path

from kiosk_server.cli.seed import seed
from kiosk_server.extensions import open_database
from kiosk_server.settings import Settings
from kiosk_server.terminal_api.guide_bundle import guide_bundle
from tests.support.schema import build_schema


def real_bundle(folder: Path) -> bytes:
    """The bundle for a terminal in a township; *folder* holds the database meanwhile."""
    settings = Settings(
        database_url=f"sqlite:///{folder / 'guides.sqlite3'}", instance=folder / "instance"
    )
    database = open_database(settings)
    try:
        build_schema(database.engine)
        seed(database, settings)
        with database.reading() as session:
            return guide_bundle(session, terminal_id="AT-0001", site_id="xingfulu")
    finally:
        database.dispose()
