"""Where a visit could leave something behind (残留位置), and the files that lie there.

A place is an enumerated word: it goes to the server and to the technician, a path never does.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Place(StrEnum):
    """Where a mark was found, or could not be looked for. Values are part of the wire."""

    BROWSER_STORAGE = "browser_storage"
    BROWSER_CACHE = "browser_cache"
    BROWSER_COOKIES = "browser_cookies"
    BROWSER_PROFILE = "browser_profile"
    DOWNLOADS = "downloads"
    TEMP = "temp"
    SPOOL = "spool"
    JOURNAL = "journal"
    LOGS = "logs"
    CLIPBOARD = "clipboard"


_CACHES = frozenset(
    {"Cache", "cache", "Code Cache", "CacheStorage", "GPUCache", "ShaderCache", "GrShaderCache"}
)
_STORES = frozenset(
    {
        "Local Storage",
        "Session Storage",
        "IndexedDB",
        "WebStorage",
        "Service Worker",
        "File System",
        "SharedStorage",
        "blob_storage",
        "databases",
    }
)


@dataclass(frozen=True, slots=True)
class Ground:
    """A directory or a file to be searched; `place` of None is a browser's profile.

    `owners` bounds a directory that is everybody's to the files of these user ids.
    """

    place: Place | None
    path: Path
    owners: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One file of a ground, as it was seen when the directory was read."""

    place: Place
    path: Path
    size: int
    changed_at: float


class Unreadable(Exception):
    """A directory that is there and cannot be read."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.value)
        self.place = place


def files_in(ground: Ground, *, passing_over: Sequence[Path] = ()) -> Iterator[Found]:
    """The regular files of *ground*; a ground that is not there has none.

    Links are not followed: what they lead to is another ground, or nobody's business here. Raises
    `Unreadable` for a directory of ours that cannot be listed.
    """
    waiting = [ground.path]
    while waiting:
        path = waiting.pop()
        if path in passing_over:
            continue
        try:
            seen = path.lstat()
            ours = path == ground.path or ground.owners is None or seen.st_uid in ground.owners
            if ours and stat.S_ISDIR(seen.st_mode):
                waiting.extend(Path(each.path) for each in os.scandir(path))
            elif ours and stat.S_ISREG(seen.st_mode):
                changed_at = max(seen.st_mtime, seen.st_ctime)
                yield Found(_place_of(path, ground), path, seen.st_size, changed_at)
        except FileNotFoundError:
            continue
        except OSError as fault:
            raise Unreadable(_place_of(path, ground)) from fault


def _place_of(path: Path, ground: Ground) -> Place:
    if ground.place is not None:
        return ground.place
    parts = set(path.relative_to(ground.path).parts)
    if parts & _CACHES:
        return Place.BROWSER_CACHE
    if parts & _STORES:
        return Place.BROWSER_STORAGE
    if path.name.startswith("Cookies"):
        return Place.BROWSER_COOKIES
    return Place.BROWSER_PROFILE
