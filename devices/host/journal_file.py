"""The file under a journal (日志文件): opened whole or set aside, stepped durably or not at all.

SQLite holds what is written; here is what both journals ask of it beyond that. A file that does
not hold together is kept beside its successor as evidence. A disk that takes no more leaves the
journal as it stood, and usable again once there is room.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_BESIDE = ("", "-wal", "-shm")


class JournalDamaged(sqlite3.DatabaseError):
    """The file opens, and what it holds cannot have been written by a journal."""


def opened(path: Path, prepare: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
    """Open the file at *path* with every step forced to disk, and let *prepare* set it up.

    Raises `sqlite3.DatabaseError` for a file that is damaged, and its subclass `OperationalError`
    for a disk that is full or a folder that is not there: that is no damage, nothing is lost.
    """
    disk = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        disk.execute("PRAGMA journal_mode=WAL")
        disk.execute("PRAGMA synchronous=FULL")
        disk.execute("PRAGMA foreign_keys=ON")
        disk.execute("PRAGMA secure_delete=ON")
        if disk.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise JournalDamaged("the journal does not hold together")
        prepare(disk)
    except sqlite3.DatabaseError:
        disk.close()
        raise
    return disk


def is_emptied(path: Path) -> bool:
    """Whether a journal that was there has lost all its bytes: SQLite takes that for a new one."""
    return path.exists() and path.stat().st_size == 0


def set_aside(path: Path) -> None:
    """Move a damaged journal out of the way, over the one that was set aside before."""
    for end in _BESIDE:
        found = path.with_name(path.name + end)
        if found.exists():
            found.replace(found.with_name(found.name + ".damaged"))


@contextmanager
def whole_step(disk: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """One durable step: on disk when the block has ended, or not taken at all.

    Whatever fails, the closing included, leaves no step open: the next one may succeed.
    """
    disk.execute("BEGIN IMMEDIATE")
    try:
        yield disk
        disk.execute("COMMIT")
    except BaseException:
        # On a full disk SQLite may have taken the step back by itself.
        if disk.in_transaction:
            disk.execute("ROLLBACK")
        raise
