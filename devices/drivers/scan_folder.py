"""
Where a program lays scanned pages down: a folder in memory that nobody else can look into, of
which nothing is left.

The folder is locked while its scan lasts. A lock ends with its process, so what a host that was
killed has left is told from what another scan, such as a technician's own, holds at this moment.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from devices.contracts.document_scanner import Picture

_PREFIX = "kiosk-scan-"
# An A4 page in colour at 400 dots to the inch; more is no page.
_MOST_BYTES = 64 * 1024 * 1024


class ScanFolder:
    """The folder of one scan beneath *memory*; what a host that was killed left there goes too."""

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._path: Path | None = None
        self._lock: int | None = None

    @property
    def pattern(self) -> str:
        """Where the program is to write page after page."""
        return f"{self._path}/p%d.pnm"

    def __enter__(self) -> Self:
        for left in self._memory.glob(f"{_PREFIX}*"):
            _wipe_if_left(left)
        while self._path is None:
            self._path = self._locked(Path(tempfile.mkdtemp(prefix=_PREFIX, dir=self._memory)))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._path is not None:
            _wipe(self._path)
        if self._lock is not None:
            os.close(self._lock)

    def take(self, line: str, dots_per_inch: int, arrived: Callable[[Picture], None]) -> int:
        """Hand the page on whose path is *line*, and wipe its file; returns how many that was."""
        path = Path(line)
        if path.parent != self._path or not path.is_file():
            return 0
        data = path.read_bytes() if path.stat().st_size <= _MOST_BYTES else b""
        _overwrite(path)
        path.unlink()
        if not data:
            return 0
        arrived(Picture(data, float(dots_per_inch)))
        return 1

    def _locked(self, folder: Path) -> Path | None:
        """Return *folder* held, or None where another scan took it for left before it was."""
        held = None
        with suppress(FileNotFoundError):
            held = _hold(folder)
        if held is None:
            return None
        if not folder.exists():
            os.close(held)
            return None
        self._lock = held
        return folder


def _hold(folder: Path) -> int | None:
    """Lock a folder until the descriptor is closed; None where another scan holds it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _wipe_if_left(folder: Path) -> None:
    # Another user's is not to be opened, and what is no folder is none of ours.
    with suppress(OSError):
        held = _hold(folder)
        if held is None:
            return
        try:
            if os.fstat(held).st_uid == os.geteuid():
                _wipe(folder)
        finally:
            os.close(held)


def _wipe(folder: Path) -> None:
    for path in folder.glob("*"):
        if path.is_file() and not path.is_symlink():
            _overwrite(path)
    shutil.rmtree(folder, ignore_errors=True)


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
