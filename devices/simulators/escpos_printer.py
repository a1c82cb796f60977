"""
A receipt printer: interprets the byte stream, draws slips, runs out of paper.

State questions are answered as they arrive; everything else waits in the buffer for its turn.
"""

import queue
import threading
import time
from collections import deque
from pathlib import Path

from devices.contracts.states import Trouble
from devices.protocols import escpos
from devices.protocols.escpos_stream import Command, Item, Unknown
from devices.protocols.slip_layout import live_dots
from devices.simulators.control import MisusedVerb, Verb
from devices.simulators.escpos_mouths import BackChannel, Mouth, TcpMouth
from devices.simulators.slip_paper import DOTS_PER_MM, SlipPaper

_REMEMBERED = 20
_NEAR_END_MM = 2000
_BUFFERED_ITEMS = 100_000


class EscposPrinterSimulator:
    """The simulated printer; `address` is what a driver is given, a TCP port if no other *mouth*
    is.

    `keep_in` is a folder for drawn slips, for development only; the last ones are kept in memory
    as PNG.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        mouth: Mouth | None = None,
        width_mm: int = 80,
        mm_per_second: float = 150.0,
        keep_in: Path | None = None,
    ) -> None:
        self._mouth: Mouth = mouth or TcpMouth(port)
        self._on = False
        self._paper = SlipPaper(live_dots(width_mm))
        self._mm_per_second = mm_per_second
        self._keep_in = keep_in
        self._paper_mm = 50_000.0
        self._troubles: set[Trouble] = set()
        self._silent = False
        self._unknown = 0
        self._count = 0
        self._changed = threading.Condition()
        self._stopping = False
        self._buffer: queue.Queue[tuple[Item, BackChannel]] = queue.Queue(_BUFFERED_ITEMS)
        self._thread = threading.Thread(target=self._print_all, name="slips", daemon=True)
        self.slips: deque[bytes] = deque(maxlen=_REMEMBERED)
        self.switch_on()

    @property
    def address(self) -> str:
        """Where the printer listens."""
        return self._mouth.address

    @property
    def verbs(self) -> dict[str, Verb]:
        """What the control channel may ask."""
        return {
            "load_paper": lambda mm=50_000: self._set_paper(mm),
            "take_paper": lambda: self._set_paper(0),
            "open_cover": lambda: self._trouble(Trouble.COVER_OPEN, present=True),
            "close_cover": lambda: self._trouble(Trouble.COVER_OPEN, present=False),
            "break_cutter": lambda: self._trouble(Trouble.CUTTER, present=True),
            "mend_cutter": lambda: self._trouble(Trouble.CUTTER, present=False),
            "overheat": lambda: self._trouble(Trouble.OVERHEATED, present=True),
            "cool_down": lambda: self._trouble(Trouble.OVERHEATED, present=False),
            "set_pace": self._set_pace,
            "fall_silent": lambda: self._set_silent(silent=True),
            "speak_again": lambda: self._set_silent(silent=False),
            "switch_off": self.switch_off,
            "switch_on": self.switch_on,
        }

    def state(self) -> dict[str, object]:
        """Return paper, troubles and what has been printed."""
        outputs = sorted(self._keep_in.glob("*.png")) if self._keep_in else []
        return {
            "on": self._on,
            "silent": self._silent,
            "paper_mm": round(self._paper_mm),
            "troubles": sorted(self._present()),
            "slips": self._count,
            "unknown_bytes": self._unknown,
            "outputs": [str(path) for path in outputs],
        }

    def start(self) -> None:
        """Begin to print what comes."""
        self._thread.start()

    def stop(self) -> None:
        """End, leaving no thread and no port."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self.switch_off()
        self._thread.join(2)

    def switch_on(self) -> None:
        """Take bytes, under the same address as before."""
        if not self._on:
            self._on = True
            self._mouth.open(self.receive)

    def switch_off(self) -> None:
        """Take no more bytes and forget those in the buffer."""
        if self._on:
            self._on = False
            self._mouth.close()
            self.clear_buffer()

    def clear_buffer(self) -> None:
        """Forget what was received and not printed."""
        with self._changed:
            while not self._buffer.empty():
                self._buffer.get_nowait()
            self._paper.reset()

    def receive(self, item: Item, peer: BackChannel) -> None:
        """Answer what must be answered at once, buffer the rest."""
        match item:
            case Command(b"\x10\x04", parameters):
                state = escpos.encode_state(parameters[0], self._present())
                self._say(peer, state)
            case Command(b"\x10\x14"):
                self.clear_buffer()
            case Unknown():
                self._unknown += 1
            case _:
                self._buffer.put((item, peer))

    def _present(self) -> set[Trouble]:
        troubles = set(self._troubles)
        if self._paper_mm <= 0:
            troubles.add(Trouble.PAPER_OUT)
        if self._paper_mm < _NEAR_END_MM:
            troubles.add(Trouble.PAPER_LOW)
        return troubles

    def _say(self, peer: BackChannel, byte: int) -> None:
        if self._silent:
            return
        try:
            peer.sendall(bytes([byte]))
        except OSError:
            # The peer has hung up; the printer prints on all the same.
            return

    def _print_all(self) -> None:
        while not self._stopping:
            try:
                item, peer = self._buffer.get(timeout=0.05)
            except queue.Empty:
                continue
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or not self._blocked())
            self._carry_out(item, peer)

    def _blocked(self) -> bool:
        return bool(self._present() - {Trouble.PAPER_LOW})

    def _carry_out(self, item: Item, peer: BackChannel) -> None:
        match item:
            case Command(b"\x1dr"):
                self._say(peer, 0)
            case Command(b"\x1dV"):
                self._cut()
            case _:
                fed_mm = self._paper.obey(item) / DOTS_PER_MM
                self._paper_mm -= fed_mm
                time.sleep(fed_mm / self._mm_per_second)

    def _cut(self) -> None:
        if self._paper.is_blank:
            return
        drawn = self._paper.tear()
        self._count += 1
        self.slips.append(drawn)
        if self._keep_in is not None:
            self._keep_in.mkdir(parents=True, exist_ok=True)
            (self._keep_in / f"{self._count:04d}.png").write_bytes(drawn)

    def _set_paper(self, mm: object) -> None:
        if not isinstance(mm, int) or mm < 0:
            raise MisusedVerb("a whole number of millimetres is wanted")
        with self._changed:
            self._paper_mm = float(mm)
            self._changed.notify_all()

    def _set_pace(self, mm_per_second: float) -> None:
        if mm_per_second <= 0:
            raise MisusedVerb("paper moves forward")
        self._mm_per_second = mm_per_second

    def _set_silent(self, *, silent: bool) -> None:
        self._silent = silent

    def _trouble(self, trouble: Trouble, *, present: bool) -> None:
        with self._changed:
            (self._troubles.add if present else self._troubles.discard)(trouble)
            self._changed.notify_all()
