"""
The scanner of codes (二维码扫描器) on a serial line, or posing as a keyboard.
"""

import threading
from collections.abc import Callable

from devices.contracts.qr_scanner import (
    Nothing,
    Scanned,
    ScannerTrouble,
    ScanOutcome,
    ScanRefused,
    Unreadable,
)
from devices.contracts.states import DeviceStatus, Trouble
from devices.protocols.key_events import Keystrokes, Lost
from devices.protocols.scan_lines import Framing, ScanLines
from devices.transports.keyboard import Keyboard
from devices.transports.line import ByteSource, Clock, LineLost, SystemClock
from devices.transports.serial_port import SerialPort

# A scanner sends a code in one go; so long a pause within it means that no more will come.
QUIET_SECONDS = 0.25
# A code that nobody has asked for by then was shown to nobody; it may be a person's.
KEPT_SECONDS = 10.0
_MOST_WAITING = 16

Decoded = list[bytes | Lost]


def over_serial(port: str, *, baud: int = 9600, framing: Framing | None = None) -> "LineScanner":
    """Return the scanner on a serial port (CDC ports take any baud); nothing is opened yet."""
    return LineScanner(SerialPort(port, baud), lambda: lambda data: [data], framing=framing)


def over_keyboard(path: str, *, framing: Framing | None = None) -> "LineScanner":
    """Return the scanner on `/dev/input/event*`, which it takes for itself alone."""
    return LineScanner(Keyboard(path), lambda: Keystrokes().feed, framing=framing)


class LineScanner:
    """A `QrScanner` over a source of bytes; *decoder* makes what turns them into typed bytes."""

    def __init__(
        self,
        source: ByteSource,
        decoder: Callable[[], Callable[[bytes], Decoded]],
        *,
        framing: Framing | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._source = source
        self._new_decoder = decoder
        self._decode = decoder()
        self._lines = ScanLines(framing or Framing())
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._waiting: list[tuple[float, Scanned | ScanRefused]] = []
        self._open = False

    def status(self) -> DeviceStatus:
        """Say whether the line is up; what comes meanwhile is kept for `next_scan`."""
        with self._lock:
            try:
                self._listen(0.0)
            except LineLost:
                return DeviceStatus.of([self._lose()])
            return DeviceStatus.of()

    def next_scan(self, timeout_seconds: float) -> ScanOutcome:
        """Return the next code; a scan that has begun is waited for beyond the time."""
        with self._lock:
            deadline = self._clock.monotonic() + timeout_seconds
            self._drop_stale()
            try:
                while not self._waiting:
                    left = deadline - self._clock.monotonic()
                    if left <= 0 and not self._lines.begun:
                        self._listen(0.0)
                        return self._waiting.pop(0)[1] if self._waiting else Nothing()
                    self._listen(QUIET_SECONDS if self._lines.begun else left)
            except LineLost as fault:
                return ScannerTrouble(self._lose(), str(fault))
            return self._waiting.pop(0)[1]

    def forget(self) -> None:
        """Read away and drop what was shown until now."""
        with self._lock:
            try:
                while self._listen(0.0):
                    self._waiting.clear()
            except LineLost:
                self._lose()
            self._waiting.clear()
            self._lines.forget()

    def close(self) -> None:
        """Let go of the line."""
        with self._lock:
            self._lose()

    def _listen(self, seconds: float) -> bool:
        """Take in what comes within *seconds* and say whether anything did."""
        if not self._open:
            self._source.open()
            self._open = True
        data = self._source.read(4096, timeout_seconds=seconds)
        self._drop_stale()
        if not data and seconds and self._lines.begun:
            self._keep(self._lines.end())
        for typed in self._decode(data) if data else ():
            if isinstance(typed, Lost):
                self._lines.forget()
                self._keep(ScanRefused(Unreadable.INCOMPLETE))
                continue
            self._lines.feed(typed)
            while (scan := self._lines.next_scan()) is not None:
                self._keep(scan)
        return bool(data)

    def _keep(self, scan: Scanned | ScanRefused | None) -> None:
        if scan is not None:
            self._waiting = [*self._waiting, (self._clock.monotonic(), scan)][-_MOST_WAITING:]

    def _drop_stale(self) -> None:
        oldest = self._clock.monotonic() - KEPT_SECONDS
        self._waiting = [each for each in self._waiting if each[0] >= oldest]

    def _lose(self) -> Trouble:
        """Close the line; half a scan must not be completed by the next person's."""
        self._open = False
        self._source.close()
        self._lines.forget()
        self._waiting.clear()
        self._decode = self._new_decoder()
        return Trouble.OFFLINE
