"""Where sealed bytes lie: a directory for one server, the database for several."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session


class BlobStore(Protocol):
    """Keeps sealed bytes under a file's id and never looks into them."""

    def put(self, session: Session, file_id: str, sealed: bytes) -> None:
        """Keep *sealed*, durably before the session commits; replaces what stood there."""

    def get(self, session: Session, file_id: str) -> bytes | None:
        """Return what is kept, or None."""

    def remove(self, session: Session, file_id: str) -> None:
        """Forget what is kept; nothing happens if there is none."""

    def ids_before(self, moment: datetime) -> Iterator[str]:
        """Yield what was put outside the transaction before *moment* and may be left over."""


@dataclass(frozen=True)
class Shelves:
    """Every store by name, and the one that takes new files. Files on the others stay readable."""

    stores: Mapping[str, BlobStore]
    current: str
