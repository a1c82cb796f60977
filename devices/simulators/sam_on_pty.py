"""
A card reader on a pseudo-terminal that sends no faster than its baud.

The driver opens a link that always leads to the present pseudo-terminal, so that a pulled cable
can be plugged in again under the same name. A pseudo-terminal carries bytes whatever the baud of
its two ends, hence the pacing here, and the deafness to a driver at another baud.
"""

import os
import select
import shutil
import tempfile
import termios
import threading
import time
import tty
from pathlib import Path

from devices.protocols.id_card_frames import BAUD_COMMANDS, Command, FrameParser, StatusWord
from devices.simulators.control import MisusedVerb, Verb
from devices.simulators.sam_module import ANOTHER_SAM_ID, Mishap, SamModule, bodies
from devices.simulators.sample_people import sample_cards

_BITS_PER_BYTE = 10
_PORTION_SECONDS = 0.001
_SPEED_CODES = {baud: getattr(termios, f"B{baud}") for baud in BAUD_COMMANDS}


class SamOnPty:
    """The simulated reader; `address` is the port that a driver opens."""

    def __init__(self, *, baud: int = 115200, link: Path | None = None) -> None:
        self._own_folder = None if link else Path(tempfile.mkdtemp(prefix="reader-"))
        self._link = link or Path(str(self._own_folder), "port")
        self._cards = sample_cards()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._plugged = threading.Event()
        self._ends: tuple[int, int] | None = None
        self._break_after: int | None = None
        self._thread = threading.Thread(target=self._serve, name="sam", daemon=True)
        self.module = SamModule(baud=baud)

    @property
    def address(self) -> str:
        """The path to open as a serial port."""
        return str(self._link)

    @property
    def verbs(self) -> dict[str, Verb]:
        """What the control channel may ask."""
        return {
            "place_card": self.place_card,
            "take_card": self.module.take,
            "pull_cable": self.pull_cable,
            "plug_cable": self.plug_cable,
            "swap_reader": self.swap_reader,
            "lift_card_after": self.lift_card_after,
            "grow_old": self.grow_old,
            "spoil": self.spoil,
            "stand_at": self.stand_at,
        }

    def state(self) -> dict[str, object]:
        """Return what lies on the reader, and the cards that could."""
        cards = [
            {"key": card.key, "kind": card.kind.value, "name": card.full_name, "note": card.note}
            for card in self._cards.values()
        ]
        wire = {"plugged": self._plugged.is_set(), "baud": self.module.baud}
        return self.module.state() | wire | {"cards": cards}

    def start(self) -> None:
        """Plug the cable in and begin to answer."""
        self.plug_cable()
        self._thread.start()

    def stop(self) -> None:
        """End, leaving neither thread nor files."""
        self._stopping.set()
        self.pull_cable()
        self._plugged.set()
        self._thread.join(2)
        if self._own_folder is not None:
            shutil.rmtree(self._own_folder, ignore_errors=True)

    def place_card(self, card: str) -> None:
        """Put the sample card named *card* on the reader."""
        if card not in self._cards:
            raise MisusedVerb(f"cards: {', '.join(self._cards)}")
        self.module.place(self._cards[card])

    def spoil(self, command: str, mishap: str, status: int = 0) -> None:
        """Let the next answer to *command* (a name such as `read`) go wrong."""
        try:
            self.module.spoil(Command[command.upper()], Mishap(mishap), status)
        except (KeyError, ValueError) as fault:
            raise MisusedVerb(f"no such command or mishap: {fault}") from fault

    def lift_card_after(self, command: str) -> None:
        """Lift the card right after the answer to *command*, such as `find` or `read`."""
        try:
            self.module.lift_after(Command[command.upper()])
        except KeyError as fault:
            raise MisusedVerb("no such command") from fault

    def grow_old(self, word: str | None = "command_not_supported") -> None:
        """Know neither append addresses nor another baud, as old modules, and say so with *word*
        (null rejuvenates).
        """
        try:
            self.module.grow_old(StatusWord[word.upper()] if word else None)
        except KeyError as fault:
            raise MisusedVerb("no such status word") from fault

    def swap_reader(self, sam_id: str = ANOTHER_SAM_ID) -> None:
        """Put another reader in the place of this one, on the same port."""
        self.pull_cable()
        self.module.change_identity(sam_id)
        self.plug_cable()

    def stand_at(self, word: str | None) -> None:
        """Answer everything with one status word (`not_authorised`, `self_test`…), null heals."""
        try:
            self.module.stand_at(StatusWord[word.upper()] if word else None)
        except KeyError as fault:
            raise MisusedVerb("no such status word") from fault

    def pull_cable(self, after_bytes: int | None = None) -> None:
        """Pull the cable now, or in the middle of sending after so many more bytes."""
        with self._lock:
            if after_bytes is not None:
                self._break_after = after_bytes
                return
            self._unplug()

    def plug_cable(self) -> None:
        """Plug the cable in again, under the same address."""
        with self._lock:
            if self._ends is not None:
                return
            self._break_after = None
            near, far = os.openpty()
            tty.setraw(far)
            self._ends = (near, far)
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(os.ttyname(far))
            self.module.power_on()
            self._plugged.set()

    def _unplug(self) -> None:
        self._plugged.clear()
        self._link.unlink(missing_ok=True)
        if self._ends is not None:
            for end in self._ends:
                os.close(end)
            self._ends = None

    def _serve(self) -> None:
        parser = FrameParser.for_requests()
        while not self._stopping.is_set():
            self._plugged.wait()
            parser.feed(self._receive())
            for body in bodies(parser):
                # A module that is set to another baud still answers at the old one.
                baud = self.module.baud
                self._send(self.module.answer_to(body), baud)

    def _receive(self) -> bytes:
        with self._lock:
            if self._ends is None:
                return b""
            near = self._ends[0]
            ready, _, _ = select.select([near], [], [], 0)
            if ready:
                heard = os.read(near, 4096)
                return heard if self._in_tune(near) else b""
        time.sleep(_PORTION_SECONDS)
        return b""

    def _in_tune(self, near: int) -> bool:
        """Say whether the driver has set the speed at which the module listens."""
        speed: int = termios.tcgetattr(near)[5]
        return bool(speed == _SPEED_CODES[self.module.baud])

    def _send(self, data: bytes, baud: int) -> None:
        """Send in portions of a millisecond, on a schedule so that pauses do not add up."""
        portion = max(1, round(baud / _BITS_PER_BYTE * _PORTION_SECONDS))
        began = time.monotonic()
        for start in range(0, len(data), portion):
            due = began + min(start + portion, len(data)) * _BITS_PER_BYTE / baud
            time.sleep(max(0.0, due - time.monotonic()))
            if not self._send_portion(data[start : start + portion]):
                return

    def _send_portion(self, data: bytes) -> bool:
        with self._lock:
            if self._ends is None:
                return False
            if self._break_after is not None:
                data = data[: self._break_after]
                self._break_after -= len(data)
            if data:
                os.write(self._ends[0], data)
            if self._break_after == 0:
                self._break_after = None
                self._unplug()
                return False
        return True
