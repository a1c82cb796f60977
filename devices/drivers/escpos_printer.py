"""
The receipt printer (凭条打印机) over ESC/POS, on the network, a serial port or USB.

"Printed" is said only when the printer has answered a question that stands behind the last byte
of the slip. State is asked for before that, and again while the answer is awaited.
"""

import threading

from devices.contracts.receipt_printer import NotPrinted, Printed, PrintOutcome, PrintUnknown
from devices.contracts.slip import Slip
from devices.contracts.states import DeviceStatus, Trouble
from devices.drivers.slip_raster import SlipRaster
from devices.drivers.typefaces import GlyphMissing, Typefaces
from devices.protocols import escpos
from devices.protocols.slip_layout import Drawn, Native, lay_out, live_dots
from devices.transports.addresses import line_to
from devices.transports.line import Clock, Line, LineLost, SystemClock

ANSWER_SECONDS = 1.0
DONE_SECONDS = 10.0
_PORTION = 4096

_STOPS = frozenset(Trouble) - {Trouble.PAPER_LOW}


def over_address(address: str, *, width_mm: int = 80) -> "EscposPrinter":
    """Return the printer at `tcp://HOST:PORT`, `serial:/dev/…?baud=…&flow=…` or `usb:/dev/…`;
    raises ValueError for another address.
    """
    return EscposPrinter(line_to(address), width_mm=width_mm)


class EscposPrinter:
    """A `ReceiptPrinter` over a line, with fonts for what the printer's own cannot set."""

    def __init__(
        self,
        line: Line,
        *,
        width_mm: int = 80,
        typefaces: Typefaces | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._line = line
        self._width_mm = width_mm
        self._typefaces = typefaces or Typefaces()
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._remnant = False

    def status(self) -> DeviceStatus:
        """Ask for the four state bytes."""
        with self._lock:
            details = {"width_mm": self._width_mm}
            return DeviceStatus.of(self._troubles_on_a_new_line(), details)

    def print(self, slip: Slip) -> PrintOutcome:
        """Set, send and see a slip through."""
        try:
            data = compose(slip, self._typefaces)
        except GlyphMissing:
            return NotPrinted(Trouble.NOT_SUPPORTED, "glyph_missing")
        if slip.width_mm > self._width_mm:
            return NotPrinted(Trouble.NOT_SUPPORTED, "paper_too_narrow")
        with self._lock:
            try:
                return self._send(data)
            finally:
                self._line.close()

    def _send(self, data: bytes) -> PrintOutcome:
        try:
            self._line.open()
            if self._remnant:
                # An answer that is still owed for that slip must not pass for this one's.
                self._line.write(escpos.CLEAR_BUFFER)
            if stopped := _worst(self._ask_state()):
                return NotPrinted(stopped, "before")
            if self._remnant:
                # Half a slip still hangs in the printer; it must not be the head of this one.
                data = escpos.INITIALISE + escpos.FEED_AND_CUT + data
            self._remnant = True
            for start in range(0, len(data), _PORTION):
                self._line.write(data[start : start + _PORTION])
        except LineLost:
            return NotPrinted(self._why_it_stopped(), "while_sending")
        try:
            # From here on the slip may be whole, whatever becomes of the line.
            self._line.write(escpos.FEED_AND_CUT + escpos.ASK_WHEN_DONE)
            outcome = self._wait_until_done()
        except LineLost:
            return PrintUnknown("line_lost")
        self._remnant = not isinstance(outcome, Printed)
        return outcome

    def _wait_until_done(self) -> PrintOutcome:
        """Wait for the answer behind the last byte, looking now and then what may delay it."""
        deadline = self._clock.monotonic() + DONE_SECONDS
        answered = True
        while self._clock.monotonic() < deadline:
            for byte in self._line.read(16, timeout_seconds=ANSWER_SECONDS):
                if escpos.is_done(byte):
                    return Printed()
            troubles, done = self._state_or_done()
            if done:
                return Printed()
            answered = Trouble.OFFLINE not in troubles
            if answered and (stopped := _worst(troubles)):
                self._line.write(escpos.CLEAR_BUFFER)
                # Closing the line drops what it still holds; an answer shows that this was heard.
                self._ask_state()
                return NotPrinted(stopped, "while_printing")
        return PrintUnknown("never_done" if answered else "silent")

    def _why_it_stopped(self) -> Trouble:
        """Ask on a fresh line what stopped a slip half-way, and have its rest forgotten."""
        stopped = _worst(self._troubles_on_a_new_line(forget=True))
        return stopped or Trouble.OFFLINE

    def _troubles_on_a_new_line(self, *, forget: bool = False) -> frozenset[Trouble]:
        try:
            self._line.open()
            if forget:
                self._line.write(escpos.CLEAR_BUFFER)
            return self._ask_state()
        except LineLost:
            return frozenset({Trouble.OFFLINE})
        finally:
            self._line.close()

    def _ask_state(self) -> frozenset[Trouble]:
        return self._state_or_done()[0]

    def _state_or_done(self) -> tuple[frozenset[Trouble], bool]:
        """Ask all four state bytes; the answer to an earlier question may come between them."""
        troubles: set[Trouble] = set()
        done = False
        for question in escpos.STATE_QUESTIONS:
            self._line.write(escpos.ask_state(question))
            deadline = self._clock.monotonic() + ANSWER_SECONDS
            while True:
                left = deadline - self._clock.monotonic()
                if left <= 0 or not (byte := self._line.read(1, timeout_seconds=left)):
                    return frozenset({Trouble.OFFLINE}), done
                if escpos.is_state(byte[0]):
                    troubles |= escpos.decode_state(question, byte[0])
                    break
                done = done or escpos.is_done(byte[0])
        return escpos.gravest(troubles), done


def compose(slip: Slip, typefaces: Typefaces) -> bytes:
    """Return all bytes of a slip up to its cut; raises `GlyphMissing`."""
    raster = SlipRaster(live_dots(slip.width_mm), typefaces)
    parts = [escpos.INITIALISE, escpos.CHINESE_ON]
    for part in lay_out(slip):
        match part:
            case Native(data):
                parts.append(data)
            case Drawn(block):
                parts.append(escpos.align("start"))
                parts.extend(
                    escpos.raster(bitmap.bytes_across, bitmap.data) for bitmap in raster.draw(block)
                )
    return b"".join(parts)


def _worst(troubles: frozenset[Trouble]) -> Trouble | None:
    """Return the trouble to tell first of those that stop a slip."""
    return min(troubles & _STOPS, key=list(Trouble).index, default=None)
