"""Where the guides lie between two days: one file, whole or not there at all.

The server's ETag is the SHA-256 of the bundle. What lies here under another digest was damaged on
disk, is dropped, and is fetched anew as if it had never been there.
"""

import hashlib
import threading
from pathlib import Path

import structlog

from devices.host.durable_file import write_durably
from devices.host.guide_book import BundleFault, GuideBook, read_bundle

FILE = "guides.bundle"

_log = structlog.get_logger(__name__)


class GuideShelf:
    """The guides that this terminal has; any thread may call. With a *folder* they survive a
    restart."""

    def __init__(self, folder: Path | None = None) -> None:
        self._path = folder / FILE if folder is not None else None
        self._lock = threading.Lock()
        self._digest, self._book = _kept(self._path) if self._path else (None, None)

    @property
    def book(self) -> GuideBook | None:
        """The guides, or None while there are none."""
        with self._lock:
            return self._book

    def place_here(self) -> str | None:
        """The Chinese name of the site at which this terminal stands; None while no guides are
        here. A terminal is moved without being enrolled anew: this is told again, that is not."""
        book = self.book
        return book.here.names["zh"] if book is not None and book.here is not None else None

    @property
    def digest(self) -> str | None:
        """SHA-256 of the bundle that is kept, in hex."""
        with self._lock:
            return self._digest

    def put(self, content: bytes) -> bool:
        """Take a new bundle in place of the old one; False for one that cannot be read.

        A disk that is full costs the next restart its guides, not this day.
        """
        try:
            book = read_bundle(content)
        except BundleFault as fault:
            _log.error("guides_not_understood", fault=str(fault))
            return False
        digest = hashlib.sha256(content).hexdigest()
        try:
            if self._path is not None:
                write_durably(self._path, digest.encode() + b"\n" + content)
        except OSError as fault:
            _log.warning("guides_not_written", fault=type(fault).__name__)
        with self._lock:
            self._digest, self._book = digest, book
        return True


def _kept(path: Path) -> tuple[str | None, GuideBook | None]:
    try:
        digest, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None, None
    if hashlib.sha256(content).hexdigest().encode() == digest:
        try:
            return digest.decode(), read_bundle(content)
        except BundleFault as fault:
            # An older version of this software kept it.
            _log.warning("guides_not_understood", fault=str(fault))
    _log.warning("guides_dropped")
    return None, None
