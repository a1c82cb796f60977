"""
Scanners of codes: one on a serial port, one that poses as a keyboard.

The keyboard is a FIFO that carries the kernel's `struct input_event`: what a driver reads from it
is what it would read from `/dev/input/event*`, except that a FIFO cannot be grabbed.
"""

import os
import shutil
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from devices.protocols.key_events import events_of
from devices.simulators.control import MisusedVerb, Verb
from devices.simulators.pty_port import PtyPort


class ScannerOnPty:
    """A serial scanner that sends each code with its prefix and suffix."""

    def __init__(
        self, *, link: Path | None = None, prefix: bytes = b"", suffix: bytes = b"\r"
    ) -> None:
        self._port = PtyPort(link)
        self._prefix = prefix
        self._suffix = suffix
        self._lock = threading.Lock()
        self._near: int | None = None
        self._count = 0

    @property
    def address(self) -> str:
        """The path to open as a serial port."""
        return str(self._port.link)

    @property
    def verbs(self) -> dict[str, Verb]:
        """What the control channel may ask."""
        return {
            "scan": self.scan,
            "pull_cable": self.pull_cable,
            "plug_cable": self.plug_cable,
        }

    def state(self) -> dict[str, object]:
        """Return whether it is plugged in and how often it has scanned."""
        return {"plugged": self._near is not None, "scans": self._count}

    def start(self) -> None:
        """Plug the cable in."""
        self.plug_cable()

    def stop(self) -> None:
        """End, leaving no files."""
        with self._lock:
            self._near = None
            self._port.remove()

    def scan(self, text: str, charset: str = "utf-8") -> None:
        """Read a code that holds *text*."""
        try:
            self.send(self._prefix + text.encode(charset) + self._suffix)
        except (LookupError, UnicodeEncodeError) as fault:
            raise MisusedVerb("a scanner cannot send that") from fault
        self._count += 1

    def send(self, data: bytes) -> None:
        """Put bytes on the line as they are."""
        with self._lock:
            if self._near is None:
                raise MisusedVerb("the cable is pulled")
            os.write(self._near, data)

    def pull_cable(self) -> None:
        """Pull the cable now."""
        with self._lock:
            self._near = None
            self._port.pull()

    def plug_cable(self) -> None:
        """Plug the cable in again: another port of the kernel, under the same address."""
        with self._lock:
            if self._near is None:
                self._near = self._port.plug()


class ScannerOnFifo:
    """A scanner that types each code and Enter."""

    def __init__(self, *, link: Path | None = None) -> None:
        self._own_folder = None if link else Path(tempfile.mkdtemp(prefix="keys-"))
        self._path = link or Path(str(self._own_folder), "event")
        self._far: int | None = None
        self._count = 0

    @property
    def address(self) -> str:
        """The path to open as an input device."""
        return str(self._path)

    @property
    def verbs(self) -> dict[str, Verb]:
        """What the control channel may ask."""
        return {
            "scan": self.scan,
            "pull_cable": self.pull_cable,
            "plug_cable": self.plug_cable,
        }

    def state(self) -> dict[str, object]:
        """Return whether it is plugged in and how often it has scanned."""
        return {"plugged": self._far is not None, "scans": self._count}

    def start(self) -> None:
        """Plug the cable in."""
        self.plug_cable()

    def stop(self) -> None:
        """End, leaving no files."""
        self.pull_cable()
        if self._own_folder is not None:
            shutil.rmtree(self._own_folder, ignore_errors=True)

    def scan(self, text: str) -> None:
        """Read a code that holds *text*, in ASCII as keyboards have it."""
        try:
            self.send(events_of(text + "\r"))
        except KeyError as fault:
            raise MisusedVerb("no key types that") from fault
        self._count += 1

    def send(self, events: bytes) -> None:
        """Let the driver read these bytes."""
        if self._far is None:
            raise MisusedVerb("the cable is pulled")
        os.write(self._far, events)

    def pull_cable(self) -> None:
        """Pull the cable now."""
        far, self._far = self._far, None
        if far is not None:
            with suppress(FileNotFoundError):
                self._path.unlink()
            os.close(far)

    def plug_cable(self) -> None:
        """Plug the cable in again, under the same address."""
        if self._far is None:
            os.mkfifo(self._path, 0o600)
            # Opened both ways, so that writing waits for no reader.
            self._far = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
