"""Picks the stores that the settings name."""

from kiosk_server.files.database_store import DatabaseStore
from kiosk_server.files.directory_store import DirectoryStore
from kiosk_server.files.ports import BlobStore, Shelves
from kiosk_server.settings import Settings


def shelves_from(settings: Settings) -> Shelves:
    """Return every store, with the one that *settings* choose for new files."""
    stores: dict[str, BlobStore] = {
        "directory": DirectoryStore(settings.instance / "files"),
        "database": DatabaseStore(),
    }
    return Shelves(stores=stores, current=settings.files)
