"""Versioned static files of the server, kept on this machine so that they cost a visit nothing.

Only what the server calls `immutable` is kept: its address changes with its content, so nothing
here grows stale, and it belongs to nobody. What is kept survives a restart; a file whose bytes are
not those of its digest any more is forgotten.
"""

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog

from devices.host.durable_file import write_durably
from devices.host.ports import Reply
from devices.host.unpacking import unpacked

PREFIX = "/kiosk/static/"
PANEL = "/kiosk/panel.css"
LARGEST_FILE_BYTES = 6 * 1024 * 1024
LARGEST_STORE_BYTES = 64 * 1024 * 1024
_INDEX = "index.json"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as the store lists it; `digest` is the SHA-256 of its bytes in hex."""

    target: str
    digest: str
    media_type: str


class StaticStore:
    """A bounded store of files by address, the one that rested longest goes first; any thread may
    call. With a *folder* it is there again after a restart."""

    def __init__(
        self, folder: Path | None = None, *, largest_bytes: int = LARGEST_STORE_BYTES
    ) -> None:
        self._folder = folder
        self._largest_bytes = largest_bytes
        self._changed = threading.Condition()
        self._listed: OrderedDict[str, KeptFile] = OrderedDict()
        self._bodies: dict[str, bytes] = {}
        if folder is not None:
            self._load(folder)

    def find(self, target: str) -> Reply | None:
        """The kept answer for *target*, as any browser may get it."""
        with self._changed:
            return self._find(target)

    def wait_for(self, target: str, seconds: float) -> Reply | None:
        """The same, once it is there, at most so long."""
        with self._changed:
            self._changed.wait_for(lambda: target in self._listed, seconds)
            return self._find(target)

    def keep(self, target: str, reply: Reply) -> None:
        """Keep *reply* if it may be kept."""
        if not may_keep(target, reply):
            return
        body = unpacked(reply, largest_bytes=LARGEST_FILE_BYTES)
        if body is not None:
            media_type = reply.header("Content-Type") or "application/octet-stream"
            self.put(KeptFile(target, hashlib.sha256(body).hexdigest(), media_type), body)

    def put(self, file: KeptFile, body: bytes) -> None:
        """Keep *body*, which must be what the file's digest says."""
        with self._changed:
            self._listed[file.target] = file
            self._listed.move_to_end(file.target)
            fresh = file.digest not in self._bodies
            self._bodies[file.digest] = body
            self._make_room()
            self._write(file.digest if fresh else None)
            self._changed.notify_all()

    def body_of(self, digest: str) -> bytes | None:
        """Bytes that are here under whatever address: a new version keeps most of the old one."""
        with self._changed:
            return self._bodies.get(digest)

    def has(self, target: str, digest: str) -> bool:
        """Whether exactly these bytes are kept under *target*."""
        with self._changed:
            found = self._listed.get(target)
            return found is not None and found.digest == digest

    def retain(self, targets: Collection[str]) -> None:
        """Forget every versioned file but these: their version is over."""
        with self._changed:
            over = [each for each in self._listed if each.startswith(PREFIX)]
            for target in set(over) - set(targets):
                del self._listed[target]
            self._forget_bodies()
            self._write(None)

    def forget(self) -> int:
        """Drop everything; returns how many files there were."""
        with self._changed:
            dropped = len(self._listed)
            self._listed.clear()
            self._forget_bodies()
            self._write(None)
            return dropped

    def _find(self, target: str) -> Reply | None:
        found = self._listed.get(target)
        if found is None:
            return None
        self._listed.move_to_end(target)
        return _reply(found, self._bodies[found.digest])

    def _make_room(self) -> None:
        self._forget_bodies()
        while sum(map(len, self._bodies.values())) > self._largest_bytes:
            self._listed.popitem(last=False)
            self._forget_bodies()

    def _forget_bodies(self) -> None:
        named = {file.digest for file in self._listed.values()}
        for digest in set(self._bodies) - named:
            del self._bodies[digest]
            if self._folder is not None:
                (self._folder / digest).unlink(missing_ok=True)

    def _write(self, digest: str | None) -> None:
        """Put a new body and the list on disk; a full disk costs the next restart, not this day."""
        if self._folder is None:
            return
        try:
            if digest in self._bodies:
                write_durably(self._folder / digest, self._bodies[digest])
            listed = [asdict(file) for file in self._listed.values()]
            write_durably(self._folder / _INDEX, json.dumps(listed).encode())
        except OSError as fault:
            _log.warning("static_store_not_written", fault=type(fault).__name__)

    def _load(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in _listed_in(folder):
            body = self._bodies.get(file.digest) or _whole(folder / file.digest, file.digest)
            if body is not None:
                self._listed[file.target] = file
                self._bodies[file.digest] = body
        known = {_INDEX, *self._bodies}
        for stray in folder.iterdir():
            if stray.name not in known:
                stray.unlink(missing_ok=True)


def may_keep(target: str, reply: Reply) -> bool:
    """Whether an answer is a versioned static file that belongs to nobody."""
    promises = (reply.header("Cache-Control") or "").replace(" ", "").lower().split(",")
    return (
        is_static(target)
        and reply.status == 200
        and "immutable" in promises
        and not {"private", "no-store"} & set(promises)
        and reply.header("Set-Cookie") is None
        and len(reply.body) <= LARGEST_FILE_BYTES
    )


def is_static(target: str) -> bool:
    """Whether a path with its query names a file, not a page."""
    return target.startswith(PREFIX) or target.partition("?")[0] == PANEL


def _reply(file: KeptFile, body: bytes) -> Reply:
    headers = (
        ("Content-Type", file.media_type),
        ("Cache-Control", "public, max-age=31536000, immutable"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    )
    return Reply(200, headers, body)


def _listed_in(folder: Path) -> list[KeptFile]:
    try:
        listed = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
        return [KeptFile(**each) for each in listed]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as fault:
        _log.warning("static_store_damaged", fault=type(fault).__name__)
        return []


def _whole(path: Path, digest: str) -> bytes | None:
    try:
        body = path.read_bytes()
    except OSError:
        return None
    if hashlib.sha256(body).hexdigest() != digest:
        _log.warning("static_file_damaged")
        return None
    return body
