"""
Where a program lays scanned pages down: a folder in memory that nobody else can look into, of
which nothing is left.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
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

    @property
    def pattern(self) -> str:
        """Where the program is to write page after page."""
        return f"{self._path}/p%d.pnm"

    def __enter__(self) -> Self:
        for left in self._memory.glob(f"{_PREFIX}*"):
            if left.stat(follow_symlinks=False).st_uid == os.geteuid():
                _wipe(left)
        self._path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=self._memory))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._path is not None:
            _wipe(self._path)

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


def _wipe(folder: Path) -> None:
    for path in folder.glob("*"):
        if path.is_file() and not path.is_symlink():
            _overwrite(path)
    shutil.rmtree(folder, ignore_errors=True)


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
