"""Fetching ahead, while nobody stands before the terminal, what a visit or a dead line will need.

Guides and sites, then the static files of the kiosk's pages. A visit has the line to itself: large
files come in parts, and between two parts the duty looks whether somebody has come.
"""

import hashlib
import threading
from collections.abc import Mapping
from pathlib import Path

import structlog

from devices.agent.published import (
    GUIDES,
    STATIC_FILES,
    Damaged,
    Fresh,
    ListedFile,
    PublishedThings,
    Same,
    listed_files,
)
from devices.host.guide_shelf import GuideShelf
from devices.host.ports import LineDead, Refused
from devices.host.static_store import KeptFile, StaticStore
from devices.host.visit_watch import VisitWatch

LOOK_EVERY_SECONDS = 1800.0
AGAIN_SECONDS = 20.0
PART_BYTES = 24 * 1024
"""Three seconds at 64 kbit/s: so long at most does somebody who comes share the line."""
_ATTENDED_SECONDS = 2.0
_TEXTS = ("text/", "image/svg", "application/javascript")

_log = structlog.get_logger(__name__)


class Stocker:
    """Keeps shelf and store filled from a thread of its own; `wake` may be called from any."""

    def __init__(
        self,
        things: PublishedThings,
        shelf: GuideShelf,
        store: StaticStore,
        visits: VisitWatch,
        *,
        shipped: Path | None = None,
    ) -> None:
        self._things = things
        self._shelf = shelf
        self._store = store
        self._visits = visits
        self._shipped = _by_digest(shipped)
        self._listed: tuple[ListedFile, ...] = ()
        self._list_digest: str | None = None
        self._begun: tuple[str, bytearray] = ("", bytearray())
        self._stirred = threading.Event()
        self._ending = False

    def wake(self) -> None:
        """A page has asked for a file that is not here."""
        self._stirred.set()

    def run(self) -> None:
        """Stock up until `stop`; runs in a thread of its own."""
        while not self._ending:
            if self._quiet():
                self._stirred.clear()
                self._stirred.wait(LOOK_EVERY_SECONDS if self.stock() else AGAIN_SECONDS)
            else:
                self._stirred.clear()
                self._stirred.wait(_ATTENDED_SECONDS)

    def stop(self) -> None:
        """End `run` soon."""
        self._ending = True
        self._stirred.set()

    def stock(self) -> bool:
        """Fetch what is missing; returns whether nothing is missing any more."""
        return self._stock_guides() and self._stock_files()

    def _stock_guides(self) -> bool:
        match self._things.text(GUIDES, known=self._shelf.digest):
            case Fresh(content=content):
                return self._shelf.put(content)
            case outcome:
                return _as_good(GUIDES, outcome)

    def _stock_files(self) -> bool:
        match self._things.text(STATIC_FILES, known=self._list_digest):
            case Fresh(digest=digest, content=content):
                listed = listed_files(content)
                if isinstance(listed, Damaged):
                    return _as_good(STATIC_FILES, listed)
                self._listed, self._list_digest = listed, digest
            case outcome if not _as_good(STATIC_FILES, outcome):
                return False
        missing = [each for each in self._listed if not self._store.has(each.target, each.digest)]
        if not all(self._quiet() and self._stock_file(each) for each in missing):
            return False
        if missing:
            self._store.retain([each.target for each in self._listed])
            _log.info("static_files_stocked", files=len(missing))
        return True

    def _stock_file(self, listed: ListedFile) -> bool:
        body = self._at_hand(listed) or self._bring(listed)
        if body is None:
            return False
        if hashlib.sha256(body).hexdigest() != listed.digest:
            return _as_good(listed.target, Damaged())
        self._store.put(KeptFile(listed.target, listed.digest, listed.media_type), body)
        return True

    def _at_hand(self, listed: ListedFile) -> bytes | None:
        path = self._shipped.get(listed.digest)
        if path is not None:
            try:
                return path.read_bytes()
            except OSError:
                _log.warning("shipped_file_unreadable")
        return self._store.body_of(listed.digest)

    def _bring(self, listed: ListedFile) -> bytes | None:
        if listed.media_type.startswith(_TEXTS):
            body = self._things.file(listed)
            if isinstance(body, bytes):
                return body
            _as_good(listed.target, body)
            return None
        if self._begun[0] != listed.digest:
            self._begun = (listed.digest, bytearray())
        got = self._begun[1]
        while len(got) < listed.size:
            if not self._quiet():
                return None
            part = self._things.part(listed, len(got), PART_BYTES)
            if not isinstance(part, bytes):
                _as_good(listed.target, part)
                return None
            got += part
        self._begun = ("", bytearray())
        return bytes(got)

    def _quiet(self) -> bool:
        return not (self._ending or self._visits.under_way)


def _as_good(target: str, outcome: Fresh | Same | Damaged | Refused | LineDead) -> bool:
    """Whether nothing needs to be fetched; what went wrong is told, a dead line by its watch."""
    match outcome:
        case Refused(code=code):
            _log.warning("not_published", what=target, code=code)
        case Damaged():
            _log.warning("damaged_on_the_way", what=target)
    return isinstance(outcome, Same)


def _by_digest(folder: Path | None) -> Mapping[str, Path]:
    """Files that came with the terminal's package, by the digest of their bytes."""
    if folder is None:
        return {}
    return {
        hashlib.sha256(path.read_bytes()).hexdigest(): path
        for path in folder.rglob("*")
        if path.is_file()
    }
