"""
The scanner by way of SANE's own program, `scanimage`: flatbeds and feeders of every make that SANE
knows, without a module that would need a compiler.

Pages pass through files in a folder of their own in memory (tmpfs), readable by the host alone;
each is read, overwritten and removed as soon as it is whole, and the folder goes with the scan.
"""

import shlex
import threading
from collections.abc import Callable
from pathlib import Path

from devices.contracts.document_scanner import (
    Cancelled,
    NoDocument,
    Picture,
    ScanEnd,
    Scanned,
    ScannerFailed,
)
from devices.contracts.states import DeviceStatus, Trouble
from devices.drivers.scan_folder import ScanFolder
from devices.protocols.scanimage_words import (
    FAREWELL,
    NoTrouble,
    came_whole,
    last_words,
    percent_in,
    reason_in,
)
from devices.transports.line import LineLost
from devices.transports.program import Ended, Program, Said

SILENCE_SECONDS = 60.0
"""A scanner that warms its lamp says nothing for half a minute."""
STATUS_SECONDS = 15.0
# A4, upright. A smaller glass rounds it to its own size.
_AREA = ("-x", "210", "-y", "297")


class SaneScanner:
    """A `DocumentScanner` over *device*, a name that `scanimage -L` tells.

    *program* is the program with fixed words of its own; *source* a feeder's name, None for the
    glass; *mode* the scanner's word for colour or grey; *memory* a folder in tmpfs.
    """

    def __init__(
        self,
        device: str,
        *,
        memory: Path,
        program: str = "scanimage",
        source: str | None = None,
        mode: str | None = "Color",
        dots_per_inch: int = 200,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        self._device = device
        self._memory = memory
        self._words = shlex.split(program)
        self._has_feeder = source is not None
        self._dots_per_inch = dots_per_inch
        self._silence_seconds = silence_seconds
        options = ["--resolution", str(dots_per_inch), *_AREA]
        options += ["--mode", mode] if mode else []
        options += ["--source", source] if source else []
        self._options = tuple(options)
        self._lock = threading.Lock()
        self._running = Program()

    def status(self) -> DeviceStatus:
        """Open the scanner with the options of a scan, and let go of it."""
        if not self._lock.acquire(blocking=False):
            return DeviceStatus.of([Trouble.BUSY])
        try:
            ended = self._run([*self._options, "--dont-scan"], STATUS_SECONDS, lambda said: None)
        except LineLost:
            return DeviceStatus.of([Trouble.OFFLINE])
        finally:
            self._lock.release()
        if ended.code:
            reason = Trouble.OFFLINE if ended.gave_up else reason_in(ended.words)
            if isinstance(reason, Trouble):
                return DeviceStatus.of([reason])
        return DeviceStatus.of((), {"model": self._device})

    def scan(
        self,
        arrived: Callable[[Picture], None],
        *,
        most: int = 1,
        progress: Callable[[int], None] = lambda percent: None,
    ) -> ScanEnd:
        """Scan the glass once, or the feeder until it is empty or *most* have come."""
        count = 0

        def heard(said: Said) -> None:
            nonlocal count
            if not said.on_error:
                count += folder.take(said.text, self._dots_per_inch, arrived)
            elif (percent := percent_in(said.text)) is not None:
                progress(percent)

        try:
            with self._lock, ScanFolder(self._memory) as folder:
                sheets = most if self._has_feeder else 1
                batch = (f"--batch={folder.pattern}", f"--batch-count={sheets}", "--batch-print")
                words = [*self._options, "--format=pnm", "--progress", *batch]
                ended = self._run(words, self._silence_seconds, heard)
        except LineLost as fault:
            return ScannerFailed(Trouble.OFFLINE, detail=str(fault))
        except OSError as fault:
            return ScannerFailed(Trouble.HARDWARE, count, type(fault).__name__)
        return _end_of(ended, count)

    def cancel(self) -> None:
        """Tell the program to stop the scanner, which it does between two strips."""
        self._running.tell_to_end()

    def close(self) -> None:
        """End the scan under way; nothing else is ever held."""
        self.cancel()

    def _run(
        self, words: list[str], silence_seconds: float, heard: Callable[[Said], None]
    ) -> Ended:
        command = [*self._words, "-d", self._device, *words]
        return self._running.run(
            command, silence_seconds=silence_seconds, heard=heard, farewell=FAREWELL
        )


def _end_of(ended: Ended, count: int) -> ScanEnd:
    if ended.told_to_end:
        return Cancelled(count)
    if ended.gave_up and not ended.said_farewell:
        return ScannerFailed(Trouble.OFFLINE, count, "silent")
    # A backend may hang when it lets go of the scanner: what it said before that stands.
    went_well = came_whole(ended.words) if ended.gave_up else not ended.code
    if went_well and count:
        return Scanned(count)
    match reason_in(ended.words):
        case NoTrouble.FEEDER_EMPTY:
            return Scanned(count) if count else NoDocument()
        case NoTrouble.CANCELLED:
            return Cancelled(count)
        case Trouble() as trouble:
            said = last_words(ended.words)
            ending = f"exit {ended.code}"
            return ScannerFailed(trouble, count, f"{ending}: {said}" if said else ending)
