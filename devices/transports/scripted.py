"""
A line whose far end is a script, in virtual time: for tests of drivers, never for a terminal.

Bytes arrive at their baud, a cable can break after any byte, and nobody waits.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, repeat

from devices.transports.line import LineLost

Item = bytes | Callable[[bytes], bytes]


class VirtualClock:
    """Time that passes only when somebody waits for it."""

    def __init__(self) -> None:
        self._now = 0.0

    def monotonic(self) -> float:
        """Return the virtual seconds since the beginning."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self._now += max(0.0, seconds)


class ScriptedLine:
    """Answers each write with the next item of the script, at the line's speed.

    An item is bytes, or a function from what was written to bytes. At the end of the script the
    line is silent. `written` and `delivered` tell what went over it.
    """

    def __init__(self, script: Iterable[Item], clock: VirtualClock, *, baud: int = 115200) -> None:
        self._script = chain(script, repeat(b""))
        self._first: Iterator[Item] = iter(())
        self._clock = clock
        self._baud = baud
        self._until_break: int | None = None
        self._until_break_writing: int | None = None
        self._coming = bytearray()
        self._open = False
        self.written: list[bytes] = []
        self.delivered = 0

    @property
    def baud(self) -> int:
        """The speed at which bytes come."""
        return self._baud

    def tune(self, baud: int) -> None:
        """Let bytes come at another speed."""
        self._baud = baud

    def follow(self, items: Iterable[Item]) -> None:
        """Answer with *items* first, then go on with the script."""
        self._first = iter(items)

    def pull_after(self, count: int | None) -> None:
        """Break the cable once after so many more bytes; `open` mends it."""
        self._until_break = count

    def pull_after_written(self, count: int) -> None:
        """Break the cable once after so many more bytes have been sent."""
        self._until_break_writing = count

    def open(self) -> None:
        """Mend the cable."""
        self._coming.clear()
        self._open = True

    def write(self, data: bytes) -> None:
        """Note what was sent and let the script's next item begin to arrive."""
        self._check()
        if self._until_break_writing is not None:
            if self._until_break_writing < len(data):
                self.written.append(data[: self._until_break_writing])
                self._until_break_writing = None
                self._open = False
                raise LineLost("cable pulled")
            self._until_break_writing -= len(data)
        self.written.append(data)
        item = next(self._first, None)
        if item is None:
            item = next(self._script)
        self._coming += item(data) if callable(item) else item

    def read(self, most: int, *, timeout_seconds: float) -> bytes:
        """Deliver what arrives within the time-out at the line's speed."""
        self._check()
        timeout_seconds = max(0.0, timeout_seconds)
        seconds_per_byte = 10 / self._baud
        count = min(most, len(self._coming), int(timeout_seconds / seconds_per_byte) + 1)
        if self._until_break is not None:
            if self._until_break == 0:
                self._until_break = None
                self._open = False
                raise LineLost("cable pulled")
            count = min(count, self._until_break)
            self._until_break -= count
        self._clock.sleep(count * seconds_per_byte if count else timeout_seconds)
        data = bytes(self._coming[:count])
        del self._coming[:count]
        self.delivered += count
        return data

    def discard_input(self) -> None:
        """Forget what has not been read."""
        self._check()
        self._coming.clear()

    def close(self) -> None:
        """Break the connection until the next `open`."""
        self._open = False

    def _check(self) -> None:
        if not self._open:
            raise LineLost("not open")
