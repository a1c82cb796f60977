"""What the server publishes for terminals to keep: guides, and the static files of its pages.

A public thing comes with its SHA-256; what arrives otherwise was damaged on the way.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from devices.agent.line import problem_code
from devices.host.ports import LineDead, Refused, ServerDoor
from devices.host.static_store import LARGEST_FILE_BYTES, PREFIX
from devices.host.unpacking import unpacked

GUIDES = "/api/terminal/v1/guides"
STATIC_FILES = "/api/terminal/v1/static-files"
LARGEST_TEXT_BYTES = 8 * 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_ETAG = re.compile(r'(?:W/)?"([0-9a-f]{64})"\Z')
_OK, _PART, _SAME = 200, 206, 304


@dataclass(frozen=True, slots=True)
class Fresh:
    """New content, whole: its SHA-256 is *digest*."""

    digest: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Damaged:
    """Something arrived that is not what was promised."""


@dataclass(frozen=True, slots=True)
class Same:
    """What is kept already is what the server has."""


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A static file as the server lists it."""

    target: str
    digest: str
    size: int
    media_type: str


class PublishedThings:
    """Asks for what is published; any thread may call."""

    def __init__(self, line: ServerDoor) -> None:
        self._line = line

    def text(
        self, target: str, *, known: str | None
    ) -> Fresh | Same | Damaged | Refused | LineDead:
        """Fetch *target* whole and compressed, unless its digest is *known*."""
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip"}
        if known is not None:
            headers["If-None-Match"] = f'"{known}"'
        reply = self._line.send("GET", target, headers=headers)
        if isinstance(reply, LineDead):
            return reply
        if reply.status == _SAME:
            return Same()
        if reply.status != _OK:
            return Refused(problem_code(reply), reply.status)
        found = _ETAG.match(reply.header("ETag") or "")
        content = unpacked(reply, largest_bytes=LARGEST_TEXT_BYTES)
        if found is None or content is None:
            return Damaged()
        digest = hashlib.sha256(content).hexdigest()
        return Fresh(digest, content) if digest == found.group(1) else Damaged()

    def file(self, listed: ListedFile) -> bytes | Refused | LineDead | Damaged:
        """Fetch a whole file, compressed if the server can."""
        reply = self._line.send("GET", listed.target, headers={"Accept-Encoding": "gzip"})
        if isinstance(reply, LineDead):
            return reply
        if reply.status != _OK:
            return Refused(problem_code(reply), reply.status)
        body = unpacked(reply, largest_bytes=LARGEST_FILE_BYTES)
        return Damaged() if body is None else body

    def part(
        self, listed: ListedFile, first: int, size: int
    ) -> bytes | Refused | LineDead | Damaged:
        """Fetch *size* bytes of a file from *first* on, or fewer at its end."""
        last = min(first + size, listed.size) - 1
        headers = {"Accept-Encoding": "identity", "Range": f"bytes={first}-{last}"}
        reply = self._line.send("GET", listed.target, headers=headers)
        if isinstance(reply, LineDead):
            return reply
        if reply.status not in {_OK, _PART}:
            return Refused(problem_code(reply), reply.status)
        whole = reply.status == _OK and first == 0 and len(reply.body) == listed.size
        asked = reply.status == _PART and len(reply.body) == last - first + 1
        return reply.body if whole or asked else Damaged()


def listed_files(content: bytes) -> tuple[ListedFile, ...] | Damaged:
    """Read the content of GET static-files; entries that cannot be kept are passed over."""
    try:
        found = json.loads(content)
    except ValueError:
        return Damaged()
    listed = found.get("files") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        return Damaged()
    return tuple(file for each in listed if (file := _listed(each)) is not None)


def _listed(found: object) -> ListedFile | None:
    if not isinstance(found, Mapping):
        return None
    target, digest = found.get("target"), found.get("digest")
    size, media_type = found.get("bytes"), found.get("media_type")
    if (
        isinstance(target, str)
        and target.startswith(PREFIX)
        and isinstance(digest, str)
        and _SHA256.match(digest)
        and isinstance(size, int)
        and 0 <= size <= LARGEST_FILE_BYTES
        and isinstance(media_type, str)
    ):
        return ListedFile(target, digest, size, media_type)
    return None
