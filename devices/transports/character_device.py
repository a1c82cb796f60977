"""
A character device that carries bytes both ways without further settings: `/dev/usb/lp0`.
"""

import os
import select
import stat
import time

from devices.transports.line import LineLost

_GONE = select.POLLHUP | select.POLLERR | select.POLLNVAL
# A USB printer may complete a read with nothing in it; asking again at once would be a busy loop.
_EMPTY_READ_SECONDS = 0.01


class CharacterDevice:
    """One device file; *stall_seconds* without progress while writing count as a lost line."""

    def __init__(self, path: str, *, stall_seconds: float = 5.0) -> None:
        self._path = path
        self._stall_seconds = stall_seconds
        self._handle: int | None = None

    def open(self) -> None:
        """Open the file and forget what came before; raises `LineLost` if it is missing, taken, or
        no character device.
        """
        self.close()
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        except OSError as fault:
            raise LineLost("cannot open the device") from fault
        if not stat.S_ISCHR(os.fstat(handle).st_mode):
            os.close(handle)
            raise LineLost("no character device")
        self._handle = handle
        self.discard_input()

    def write(self, data: bytes) -> None:
        """Send all of *data*, however slowly the device takes it."""
        handle, rest = self._opened(), memoryview(data)
        while rest:
            self._wait_for(handle, select.POLLOUT, self._stall_seconds, must=True)
            try:
                rest = rest[os.write(handle, rest) :]
            except BlockingIOError:
                continue
            except OSError as fault:
                raise LineLost("cannot write") from fault

    def read(self, most: int, *, timeout_seconds: float) -> bytes:
        """Return what has come, waiting for at least one byte."""
        handle = self._opened()
        deadline = time.monotonic() + max(0.0, timeout_seconds)
        while True:
            left = deadline - time.monotonic()
            if not self._wait_for(handle, select.POLLIN, max(0.0, left), must=False):
                return b""
            try:
                data = os.read(handle, most)
            except BlockingIOError:
                data = b""
            except OSError as fault:
                raise LineLost("cannot read") from fault
            if data or left <= 0:
                return data
            time.sleep(_EMPTY_READ_SECONDS)

    def discard_input(self) -> None:
        """Read away what has come."""
        while self.read(4096, timeout_seconds=0.0):
            pass

    def close(self) -> None:
        """Let go of the device."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def _opened(self) -> int:
        if self._handle is None:
            raise LineLost("not open")
        return self._handle

    @staticmethod
    def _wait_for(handle: int, event: int, seconds: float, *, must: bool) -> bool:
        poll = select.poll()
        poll.register(handle, event)
        happened = [found for _, found in poll.poll(seconds * 1000)]
        if happened and happened[0] & event:
            return True
        if happened and happened[0] & _GONE:
            raise LineLost("the device has gone")
        if must:
            raise LineLost("the device takes nothing")
        return False
