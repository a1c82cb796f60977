"""
The receipt printer (凭条打印机) over ESC/POS, on the network, a serial port or USB.

"Printed" is said only when the printer has answered a question that stands behind the last byte
of the slip. State is asked for before that, and again while the answer is awaited.

Half a slip that hangs in the printer is called void on its own paper and cut off before the next
one begins: there are never two of a kind, and nobody's slip has another's for a head.
"""

import threading
from collections.abc import Iterator
from enum import Enum, auto
from functools import cache

from devices.contracts.receipt_printer import NotPrinted, Printed, PrintOutcome, PrintUnknown
from devices.contracts.slip import Slip, Text
from devices.contracts.states import DeviceStatus, Trouble
from devices.drivers.slip_raster import SlipRaster
from devices.drivers.typefaces import GlyphMissing, Typefaces
from devices.protocols import escpos
from devices.protocols.slip_layout import DOTS_PER_MM, Drawn, Native, lay_out, live_dots
from devices.transports.addresses import line_to
from devices.transports.line import Clock, Line, LineLost, SystemClock

ANSWER_SECONDS = 1.0
DONE_SECONDS = 10.0
SLOWEST_MM_PER_SECOND = 30.0
_PORTION = 4096

VOID_BLOCKS = (
    Text("作废", size=2, bold=True, align="center"),
    Text("以上凭条没有打完，不作凭据", align="center"),
    Text("يۇقىرىقى تالون تولۇق بېسىلمىدى، ئىناۋەتسىز", align="center", lang="ug"),
    Text("VOID: the slip above is not complete", align="center", lang="en"),
)
"""What is printed onto half a slip; the Uyghur is a draft."""

_STOPS = frozenset(Trouble) - {Trouble.PAPER_LOW}


def over_address(address: str, *, width_mm: int = 80, chinese: bool = True) -> "EscposPrinter":
    """Return the printer at `tcp://HOST:PORT`, `serial:/dev/…?baud=…&flow=…` or `usb:/dev/…`;
    raises ValueError for another address.

    Without *chinese*, of the printer's own, everything but ASCII is drawn.
    """
    return EscposPrinter(line_to(address), width_mm=width_mm, chinese=chinese)


class _Hanging(Enum):
    """What hangs in the printer from before."""

    NOTHING = auto()
    PERHAPS = auto()
    """Whatever was there before this start, or a slip that may be whole."""
    HALF = auto()


class EscposPrinter:
    """A `ReceiptPrinter` over a line, with fonts for what the printer's own cannot set."""

    def __init__(
        self,
        line: Line,
        *,
        width_mm: int = 80,
        chinese: bool = True,
        typefaces: Typefaces | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._line = line
        self._width_mm = width_mm
        self._chinese = chinese
        self._typefaces = typefaces or Typefaces()
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._hanging = _Hanging.PERHAPS

    def status(self) -> DeviceStatus:
        """Ask for the four state bytes."""
        with self._lock:
            details = {"width_mm": self._width_mm}
            return DeviceStatus.of(self._troubles_on_a_new_line(), details)

    def print(self, slip: Slip) -> PrintOutcome:
        """Set, send and see a slip through."""
        try:
            parts = list(_parts(slip, self._typefaces, chinese=self._chinese))
        except GlyphMissing:
            return NotPrinted(Trouble.NOT_SUPPORTED, "glyph_missing")
        if slip.width_mm > self._width_mm:
            return NotPrinted(Trouble.NOT_SUPPORTED, "paper_too_narrow")
        data = b"".join(part for part, _ in parts)
        length_mm = sum(dots for _, dots in parts) / DOTS_PER_MM
        with self._lock:
            try:
                return self._send(data, length_mm / SLOWEST_MM_PER_SECOND)
            finally:
                self._line.close()

    def _send(self, data: bytes, feeding_seconds: float) -> PrintOutcome:
        try:
            self._line.open()
            if self._hanging is not _Hanging.NOTHING:
                # An answer that is still owed for that slip must not pass for this one's.
                self._line.write(escpos.CLEAR_BUFFER)
            if stopped := _worst(self._ask_state()):
                return NotPrinted(stopped, "before")
            data = self._end_of_the_last() + data
            self._hanging = _Hanging.HALF
            for start in range(0, len(data), _PORTION):
                self._line.write(data[start : start + _PORTION])
        except LineLost:
            return NotPrinted(self._why_it_stopped(), "while_sending")
        # From here on the slip may be whole, whatever becomes of the line.
        self._hanging = _Hanging.PERHAPS
        try:
            self._line.write(escpos.FEED_AND_CUT + escpos.ASK_WHEN_DONE)
            outcome = self._wait_until_done(feeding_seconds)
        except LineLost:
            return PrintUnknown("line_lost")
        match outcome:
            case Printed():
                self._hanging = _Hanging.NOTHING
            case NotPrinted():
                self._hanging = _Hanging.HALF
        return outcome

    def _end_of_the_last(self) -> bytes:
        """The bytes that part what hangs in the printer from the slip that follows."""
        match self._hanging:
            case _Hanging.NOTHING:
                return b""
            case _Hanging.PERHAPS:
                return escpos.INITIALISE + escpos.FEED_AND_CUT
            case _Hanging.HALF:
                return _void(self._width_mm, self._typefaces, self._chinese)

    def _wait_until_done(self, feeding_seconds: float) -> PrintOutcome:
        """Wait for the answer behind the last byte, looking now and then what may delay it.

        A printer that answers is given the time that its paper takes, a silent one is not.
        """
        began = self._clock.monotonic()
        answered = True
        while self._clock.monotonic() < began + DONE_SECONDS + feeding_seconds * answered:
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


def compose(slip: Slip, typefaces: Typefaces, *, chinese: bool = True) -> bytes:
    """Return all bytes of a slip up to its cut; raises `GlyphMissing`."""
    return b"".join(data for data, _ in _parts(slip, typefaces, chinese=chinese))


def _parts(slip: Slip, typefaces: Typefaces, *, chinese: bool) -> Iterator[tuple[bytes, int]]:
    """Yield the bytes of a slip and how many dots of paper each part feeds at most."""
    raster = SlipRaster(live_dots(slip.width_mm), typefaces)
    yield escpos.INITIALISE + (escpos.CHINESE_ON if chinese else b""), 0
    for part in lay_out(slip, chinese=chinese):
        match part:
            case Native(data, dots):
                yield data, dots
            case Drawn(block):
                yield escpos.align("start"), 0
                for bitmap in raster.draw(block):
                    rows = len(bitmap.data) // bitmap.bytes_across
                    yield escpos.raster(bitmap.bytes_across, bitmap.data), rows


@cache
def _void(width_mm: int, typefaces: Typefaces, chinese: bool) -> bytes:
    void = compose(Slip(VOID_BLOCKS, width_mm), typefaces, chinese=chinese)
    return void + escpos.FEED_AND_CUT


def _worst(troubles: frozenset[Trouble]) -> Trouble | None:
    """Return the trouble to tell first of those that stop a slip."""
    return min(troubles & _STOPS, key=list(Trouble).index, default=None)
