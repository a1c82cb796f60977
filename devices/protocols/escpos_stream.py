"""
The commands in a stream of ESC/POS bytes that arrives in any portions: the printer's side.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

_FIXED_LENGTHS = {
    b"\x1b@": 2,
    b"\x1ba": 3,
    b"\x1bE": 3,
    b"\x1bd": 3,
    b"\x1bJ": 3,
    b"\x1b3": 3,
    b"\x1b2": 2,
    b"\x1d!": 3,
    b"\x1dr": 3,
    b"\x1c&": 2,
    b"\x1c.": 2,
    b"\x10\x04": 3,
    b"\x10\x05": 3,
    b"\x10\x14": 10,
}
_INTRODUCERS = b"\x10\x1b\x1c\x1d"


@dataclass(frozen=True, slots=True)
class Command:
    """One command: the two bytes that name it, and its parameters."""

    name: bytes
    parameters: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Characters:
    """Text as it came, without the line feed."""

    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class LineEnd:
    """A line feed."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A byte that begins nothing known."""

    byte: int


Item = Command | Characters | LineEnd | Unknown


class StreamParser:
    """Cuts the stream into items; what is incomplete waits for more."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> Iterator[Item]:
        """Take bytes and yield the items that they complete."""
        self._held += data
        while (cut := self._next()) is not None:
            item, length = cut
            self._held = self._held[length:]
            yield item

    def _next(self) -> tuple[Item, int] | None:
        held = self._held
        if not held:
            return None
        if held[0] == 0x0A:
            return LineEnd(), 1
        if held[0] >= 0x20:
            return self._characters()
        if held[0] not in _INTRODUCERS:
            return Unknown(held[0]), 1
        if len(held) < 2:
            return None
        length = _length(held)
        if length is None:
            return Unknown(held[0]), 1
        if len(held) < length:
            return None
        return Command(held[:2], held[2:length]), length

    def _characters(self) -> tuple[Item, int] | None:
        end = next((at for at, byte in enumerate(self._held) if byte < 0x20), None)
        # A character may be cut in the middle as long as its line is not complete.
        return None if end is None else (Characters(self._held[:end]), end)


def _length(held: bytes) -> int | None:
    """Return the length of the command that begins here (more than there is if that is not yet
    known), or None for an unknown one.
    """
    name = held[:2]
    if name in _FIXED_LENGTHS:
        return _FIXED_LENGTHS[name]
    if name == b"\x1dV":
        with_feed = len(held) > 2 and held[2] in (65, 66)
        return 4 if with_feed else 3
    if name == b"\x1dv":
        if len(held) < 8:
            return 8
        across = int.from_bytes(held[4:6], "little")
        return 8 + across * int.from_bytes(held[6:8], "little")
    if name == b"\x1d(":
        return 5 if len(held) < 5 else 5 + int.from_bytes(held[3:5], "little")
    return None
