"""
Static files under one version per tree, so that they can be kept for ever.

The version is the digest of the whole tree: a module's relative imports then carry the same
version, and a changed file changes every address at once.
"""

import hashlib
import mimetypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Response, abort, send_from_directory
from werkzeug.security import safe_join

FOREVER = "public, max-age=31536000, immutable"


_NOT_FOR_PAGES = frozenset({".txt"})
"""Licences lie beside their fonts; no page asks for them."""


@dataclass(frozen=True, slots=True)
class AssetFile:
    """A file under its present address; `digest` is the SHA-256 of its bytes in hex."""

    url: str
    digest: str
    size: int
    media_type: str


class AssetTree:
    """Folders of static files that answer under `<prefix>/<version>/<path>`; the first wins."""

    def __init__(self, prefix: str, folders: Sequence[Path]) -> None:
        self.prefix = prefix
        self._folders = tuple(folders)
        self.version = _digest_of(self._folders)
        self._known: set[str] = set()

    def url(self, path: str) -> str:
        """Return the address of *path*, which must exist."""
        if path not in self._known:
            if self._folder_with(path) is None:
                raise FileNotFoundError(path)
            self._known.add(path)
        return f"{self.prefix}/{self.version}/{path}"

    @cached_property
    def files(self) -> tuple[AssetFile, ...]:
        """Every file that a page may name, by address."""
        return tuple(self._listed())

    def send(self, version: str, path: str) -> Response:
        """Answer with the file; only the present version may be kept for ever."""
        folder = self._folder_with(path)
        if folder is None:
            abort(404)
        response = send_from_directory(folder, path)
        current = version == self.version
        response.headers["Cache-Control"] = FOREVER if current else "no-cache"
        return response

    def _listed(self) -> Iterator[AssetFile]:
        found: dict[str, Path] = {}
        for folder in self._folders:
            for path in folder.rglob("*"):
                if path.is_file() and path.suffix not in _NOT_FOR_PAGES:
                    found.setdefault(path.relative_to(folder).as_posix(), path)
        for name, path in sorted(found.items()):
            content = path.read_bytes()
            yield AssetFile(
                url=self.url(name),
                digest=hashlib.sha256(content).hexdigest(),
                size=len(content),
                media_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
            )

    def _folder_with(self, path: str) -> Path | None:
        for folder in self._folders:
            joined = safe_join(str(folder), path)
            if joined is not None and Path(joined).is_file():
                return folder
        return None


def _digest_of(folders: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(str(path.relative_to(folder)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
