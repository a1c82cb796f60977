"""
The keystrokes of a scanner that poses as a keyboard: `struct input_event` of Linux to bytes.

24 bytes each on a 64-bit machine: seconds, microseconds, type, code, value. The keymap is that of
a US keyboard, which every such scanner is delivered with.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

EVENT = struct.Struct("@qqHHi")

_SYNCHRONISE, _KEY = 0, 1
_DROPPED = 3
_RELEASED, _PRESSED = 0, 1
_SHIFTS = frozenset({42, 54})
_CAPS_LOCK = 58

# The kernel's key codes run along the rows of the keyboard.
_ROWS: Mapping[int, tuple[str, str]] = {
    2: ("1234567890-=", "!@#$%^&*()_+"),
    16: ("qwertyuiop[]", "QWERTYUIOP{}"),
    30: ("asdfghjkl;'`", 'ASDFGHJKL:"~'),
    43: ("\\zxcvbnm,./", "|ZXCVBNM<>?"),
    57: (" ", " "),
    28: ("\r", "\r"),
    15: ("\t", "\t"),
    # The keypad.
    55: ("*", "*"),
    71: ("789-456+1230.", "789-456+1230."),
    96: ("\r", "\r"),
    98: ("/", "/"),
}
_KEYS: Mapping[int, tuple[str, str]] = {
    first + place: pair
    for first, (plain, shifted) in _ROWS.items()
    for place, pair in enumerate(zip(plain, shifted, strict=True))
}


@dataclass(frozen=True, slots=True)
class Lost:
    """The kernel had to drop events: what was being typed is not whole."""


class Keystrokes:
    """Turns events that arrive in any portions into the bytes that were typed."""

    def __init__(self) -> None:
        self._held = b""
        self._shifts: set[int] = set()
        self._caps = False
        self._resynchronising = False

    def feed(self, data: bytes) -> list[bytes | Lost]:
        """Take bytes of the event device and return what they type, in order."""
        self._held += data
        whole = len(self._held) // EVENT.size * EVENT.size
        events, self._held = self._held[:whole], self._held[whole:]
        typed: list[bytes | Lost] = []
        for _, _, kind, code, value in EVENT.iter_unpack(events):
            if (found := self._event(kind, code, value)) is not None:
                typed.append(found)
        return typed

    def _event(self, kind: int, code: int, value: int) -> bytes | Lost | None:
        if kind == _SYNCHRONISE:
            return self._synchronise(code)
        if kind != _KEY or self._resynchronising:
            return None
        if code in _SHIFTS:
            (self._shifts.discard if value == _RELEASED else self._shifts.add)(code)
            return None
        # A key that is held repeats with another value; a scanner never means that.
        if value != _PRESSED:
            return None
        if code == _CAPS_LOCK:
            self._caps = not self._caps
            return None
        return self._typed(code)

    def _synchronise(self, code: int) -> Lost | None:
        if code == _DROPPED:
            # Everything up to the next report is to be ignored, and shifts may be up again.
            self._resynchronising = True
            self._shifts.clear()
            return Lost()
        self._resynchronising = False
        return None

    def _typed(self, code: int) -> bytes | None:
        if code not in _KEYS:
            return None
        plain, shifted = _KEYS[code]
        shift = bool(self._shifts) != (self._caps and plain.isalpha())
        return (shifted if shift else plain).encode("ascii")


def events_of(text: str) -> bytes:
    """Return the events with which a scanner types ASCII *text*; raises KeyError for others."""
    codes = {
        character: (code, shift)
        for code, pair in reversed(list(_KEYS.items()))
        for shift, character in reversed(list(enumerate(pair)))
    }
    shift_key = min(_SHIFTS)
    parts: list[bytes] = []
    for character in text:
        code, shift = codes[character]
        around = [shift_key] if shift else []
        strokes = [*((each, 1) for each in around), (code, 1), (code, 0)]
        for key, value in [*strokes, *((each, 0) for each in around)]:
            parts.append(EVENT.pack(0, 0, _KEY, key, value))
            parts.append(EVENT.pack(0, 0, _SYNCHRONISE, 0, 0))
    return b"".join(parts)
