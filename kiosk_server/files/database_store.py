"""Blobs in the database, for several servers: they live and die with their transaction."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from kiosk_server.files.models import FileBlob


class DatabaseStore:
    """Keeps each blob in a row."""

    def put(self, session: Session, file_id: str, sealed: bytes) -> None:
        """Write the row, or write it anew."""
        session.merge(FileBlob(file_id=file_id, content=sealed))
        session.flush()

    def get(self, session: Session, file_id: str) -> bytes | None:
        """Return the blob, or None."""
        blob = session.get(FileBlob, file_id)
        return blob.content if blob else None

    def remove(self, session: Session, file_id: str) -> None:
        """Delete the row."""
        blob = session.get(FileBlob, file_id)
        if blob:
            session.delete(blob)
            session.flush()

    def ids_before(self, moment: datetime) -> Iterator[str]:
        """Yield nothing: a rolled-back transaction takes its blobs with it."""
        return iter(())
