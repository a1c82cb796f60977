"""
Keep a file, read it, delete it. Its bytes are sealed; its digest is checked at every reading.

The stores are found in `session.info["shelves"]`, lent by whoever opened the database. Where
blobs lie outside the database, deleting takes the row at once and `sweep` the bytes.
"""

import hashlib
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.cryptography import SealBroken
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import NotFound, Unavailable
from kiosk_server.core.identifiers import new_id
from kiosk_server.files.models import StoredFile
from kiosk_server.files.ports import BlobStore, Shelves

LEFT_OVER_AFTER = timedelta(hours=1)


class FileDamaged(Unavailable):
    """The bytes are gone, do not open, or are not those that were kept."""

    default_code = "file_damaged"


def store(session: Session, data: bytes, media_type: str, purpose: str) -> StoredFile:
    """Keep *data* sealed and return its row; *purpose* is a word for lists, nothing personal."""
    shelves = shelves_of(session)
    keyring = keyring_of(session)
    file = StoredFile(
        id=new_id(),
        digest=hashlib.sha256(data).hexdigest(),
        size=len(data),
        media_type=media_type,
        purpose=purpose,
        shelf=shelves.current,
        key_id=keyring.current_key_id,
        created_at=clock.now(),
    )
    session.add(file)
    session.flush()
    sealed = keyring.seal_bytes(data, place=place_of(file))
    shelves.stores[shelves.current].put(session, file.id, sealed)
    return file


def read(session: Session, file_id: str) -> bytes:
    """Return the bytes of a file; `NotFound` when there is none, `FileDamaged` when spoilt."""
    file = session.get(StoredFile, file_id)
    if file is None:
        raise NotFound("file_not_found")
    sealed = store_of(session, file).get(session, file.id)
    if sealed is None:
        raise FileDamaged("file_missing", file=file.id)
    try:
        data = keyring_of(session).open_bytes(sealed, place=place_of(file))
    except SealBroken:
        raise FileDamaged(file=file.id) from None
    if hashlib.sha256(data).hexdigest() != file.digest:
        raise FileDamaged(file=file.id)
    return data


def delete(session: Session, file_id: str) -> None:
    """Forget a file; nothing happens if there is none."""
    file = session.get(StoredFile, file_id)
    if file is None:
        return
    if file.shelf == "database":
        store_of(session, file).remove(session, file.id)
    session.delete(file)
    session.flush()


def sweep(session: Session) -> int:
    """Remove the blobs that no row knows any more; return how many.

    A blob is left alone for an hour: the transaction that wrote it may not have ended.
    """
    swept = 0
    for shelf in shelves_of(session).stores.values():
        for file_id in shelf.ids_before(clock.now() - LEFT_OVER_AFTER):
            if session.scalar(select(StoredFile.id).where(StoredFile.id == file_id)) is None:
                shelf.remove(session, file_id)
                swept += 1
    return swept


def shelves_of(session: Session) -> Shelves:
    """Return the stores that *session* was lent."""
    shelves: Shelves = session.info["shelves"]
    return shelves


def store_of(session: Session, file: StoredFile) -> BlobStore:
    """Return the store that holds the bytes of *file*."""
    return shelves_of(session).stores[file.shelf]


def place_of(file: StoredFile) -> bytes:
    """Return what the bytes of *file* are bound to: moved to another id they do not open."""
    return f"file\x1f{file.id}".encode()
