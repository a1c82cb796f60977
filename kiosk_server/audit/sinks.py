"""
Two places for heads: a folder of daily files, and the log.

In production the folder lies on storage that the database's keepers cannot write to, and the
log leaves the machine.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import structlog

from kiosk_server.audit.heads import Head, read_line
from kiosk_server.audit.ports import HeadSink

log = structlog.get_logger()


class HeadFolder:
    """Appends each head to a file of its day and waits until the disk has it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, head: Head) -> None:
        """Append *head* as one line."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{head.at[:10]}.jsonl"
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, head.as_line().encode() + b"\n")
            os.fsync(file)
        finally:
            os.close(file)

    def heads(self) -> Iterator[Head | None]:
        """Yield every head that was kept, oldest first; None for a line that holds none."""
        for path in sorted(self._folder.glob("*.jsonl")):
            with path.open(encoding="utf-8", errors="replace") as lines:
                yield from (read_line(line) for line in lines)


class HeadLog:
    """Writes each head to the structured log, which is collected elsewhere."""

    def keep(self, head: Head) -> None:
        """Log *head* whole: it holds no personal data."""
        log.info("audit_head", sequence=head.sequence, chain=head.chain, mac=head.mac)


class HeadSinks:
    """Gives each head to several places; all of them must take it."""

    def __init__(self, sinks: Sequence[HeadSink]) -> None:
        self._sinks = sinks

    def keep(self, head: Head) -> None:
        """Give *head* to every place in turn."""
        for sink in self._sinks:
            sink.keep(head)
