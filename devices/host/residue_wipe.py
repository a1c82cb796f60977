"""Wiping what was left behind (清除残留): the browser's profile, and files that hold a mark."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from devices.host.residue_places import Place

_OURS_TO_DELETE = frozenset({Place.TEMP, Place.SPOOL, Place.DOWNLOADS})
_FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LEAST_DEPTH = 3
"""`/run/kiosk/profile` is a profile; `/run` and `/home` are not."""


class NotAProfile(ValueError):
    """A directory that is too near the root, or a link, to be a browser's profile."""


def wipe_profile(directory: Path) -> int:
    """Delete everything in a browser's profile, and keep the empty directory.

    Links are deleted, not followed. Returns how many entries resisted. Raises `NotAProfile`.
    Call it while no browser runs over the profile: a running one writes on into deleted files.
    """
    if not directory.is_absolute() or len(directory.parts) <= _LEAST_DEPTH - 1:
        raise NotAProfile(directory.name)
    if directory.is_symlink():
        raise NotAProfile(directory.name)
    if not directory.is_dir():
        return 0
    for entry in directory.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            _delete(entry)
    return sum(1 for _ in directory.iterdir())


def delete_found(files: Iterable[tuple[Place, Path]]) -> None:
    """Delete found files that nobody will miss: in temp, spool and downloads.

    A log and the journal are evidence and stay; a technician settles those by hand.
    """
    for place, path in files:
        if place in _OURS_TO_DELETE:
            _delete(path)


def _delete(path: Path) -> None:
    try:
        folder = _opened(path.parent)
    except OSError:
        return
    try:
        os.unlink(path.name, dir_fd=folder)
    except OSError:
        # It stays, and the next look finds it again: that is the report of this failure.
        return
    finally:
        os.close(folder)


def _opened(folder: Path) -> int:
    """
    Return a handle of *folder*, opened step by step.

    Its owner may have put a link into its path since it was looked into, and the host may delete
    more than he.
    """
    opened = os.open(folder.anchor, _FOLDER)
    try:
        for part in folder.parts[1:]:
            further = os.open(part, _FOLDER, dir_fd=opened)
            os.close(opened)
            opened = further
    except OSError:
        os.close(opened)
        raise
    return opened
