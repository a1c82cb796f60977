"""
Blobs in a directory, for one server.

A blob is written beside its place and moved there when the disk has it, so that a power cut
leaves the whole blob or none. What a rolled-back transaction leaves behind is swept later.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from sqlalchemy.orm import Session


class DirectoryStore:
    """Keeps each blob in a file of its own, spread over folders by the end of its id."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, session: Session, file_id: str, sealed: bytes) -> None:
        """Write, wait for the disk, move into place, wait for the folder."""
        place = self._place(file_id)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = place.with_name(f".{place.name}.{token_hex(4)}")
        file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(file, "wb") as stream:
                stream.write(sealed)
                stream.flush()
                os.fsync(stream.fileno())
            beside.replace(place)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        _flush_folder(place.parent)

    def get(self, session: Session, file_id: str) -> bytes | None:
        """Return the blob, or None."""
        try:
            return self._place(file_id).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, session: Session, file_id: str) -> None:
        """Delete the blob's file."""
        self._place(file_id).unlink(missing_ok=True)

    def ids_before(self, moment: datetime) -> Iterator[str]:
        """Yield the ids of blobs that were written before *moment*."""
        for path in sorted(self._root.glob("??/*")):
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < moment:
                yield path.name

    def _place(self, file_id: str) -> Path:
        if not file_id.isalnum():
            raise ValueError("a file's id is letters and digits")
        # The end of an id is random, its beginning is time.
        return self._root / file_id[-2:] / file_id


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
