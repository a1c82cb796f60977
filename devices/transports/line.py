"""
What a driver needs of a pipe that carries bytes both ways, and of time.
"""

import time
from typing import Protocol


class LineLost(Exception):
    """The pipe cannot be opened or has broken; it must be opened again before its next use."""


class ByteSource(Protocol):
    """Brings bytes; `open` and `read` raise `LineLost` when the pipe breaks."""

    def open(self) -> None:
        """Make the connection afresh."""
        ...

    def read(self, most: int, *, timeout_seconds: float) -> bytes:
        """Return what has come, at most *most* bytes, or nothing once the time is over."""
        ...

    def close(self) -> None:
        """Let go of the pipe; harmless if it is not open."""
        ...


class Line(ByteSource, Protocol):
    """Carries bytes both ways; every method but `close` raises `LineLost` when the pipe breaks."""

    def write(self, data: bytes) -> None:
        """Send all of *data*."""
        ...

    def discard_input(self) -> None:
        """Forget what has come and was not read."""
        ...


class TunableLine(Line, Protocol):
    """A line whose speed both ends must agree on."""

    @property
    def baud(self) -> int:
        """Bits a second, as this end sends and expects them."""
        ...

    def tune(self, baud: int) -> None:
        """Change this end's speed, now and for later openings; raises `LineLost`."""
        ...


class Clock(Protocol):
    """Passing time, replaceable so that no test waits."""

    def monotonic(self) -> float:
        """Return seconds since some fixed moment."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait; a time that is over already is not waited for."""
        ...


class SystemClock:
    """The machine's own time."""

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Put the calling thread to sleep."""
        time.sleep(max(0.0, seconds))
