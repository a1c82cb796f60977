"""
An input device of the kernel (`/dev/input/event*`), grabbed so that its keys reach nobody else.

Without the grab a scanned code would be typed into the page, and its keys would reach whatever
else listens on the machine, the power key included.
"""

import fcntl
import os
import select
from collections.abc import Callable

from devices.transports.line import LineLost

# The kernel's EVIOCGRAB: number 0x90 of the input group, four bytes in.
_EVIOCGRAB = 0x40044590


def grab(handle: int) -> None:
    """Take the device for this process alone; raises OSError if another has it."""
    fcntl.ioctl(handle, _EVIOCGRAB, 1)


class Keyboard:
    """One input device; *take* is what makes it exclusive."""

    def __init__(self, path: str, *, take: Callable[[int], None] = grab) -> None:
        self._path = path
        self._take = take
        self._handle: int | None = None

    def open(self) -> None:
        """Open and grab; raises `LineLost` if the device is missing or another has it."""
        self.close()
        try:
            handle = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as fault:
            raise LineLost("cannot open the device") from fault
        try:
            self._take(handle)
        except OSError as fault:
            os.close(handle)
            raise LineLost("cannot grab the device") from fault
        self._handle = handle

    def read(self, most: int, *, timeout_seconds: float) -> bytes:
        """Return what has come, waiting for at least one byte."""
        if self._handle is None:
            raise LineLost("not open")
        poll = select.poll()
        poll.register(self._handle, select.POLLIN)
        if not poll.poll(max(0.0, timeout_seconds) * 1000):
            return b""
        try:
            data = os.read(self._handle, most)
        except BlockingIOError:
            return b""
        except OSError as fault:
            raise LineLost("cannot read") from fault
        if not data:
            raise LineLost("the device has gone")
        return data

    def close(self) -> None:
        """Let go; the kernel ends the grab with the handle."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)
