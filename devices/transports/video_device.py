"""
A camera of Linux: requests and mapped memory of `/dev/video*`.

What the kernel answers to a request passes as bytes: whoever stands in for a camera does so here.
"""

import errno
import fcntl
import mmap
import os
import select
from typing import Protocol

from devices.transports.line import LineLost

# The camera has been pulled, or another program lets nobody else use it.
_LOST = frozenset({errno.ENODEV, errno.EIO, errno.ENXIO, errno.EBADF, errno.ESHUTDOWN})


class Declined(Exception):
    """The camera understood a request and will not: EINVAL, EBUSY and the like, in `number`."""

    def __init__(self, number: int) -> None:
        super().__init__(errno.errorcode.get(number, str(number)))
        self.number = number


class VideoLine(Protocol):
    """Speaks to one camera; all but `close` raise `LineLost` when it has gone."""

    def open(self) -> None:
        """Open the node afresh."""
        ...

    def ask(self, request: int, argument: bytes) -> bytes:
        """Make a request and return its argument as the camera left it; raises `Declined`."""
        ...

    def map(self, offset: int, length: int) -> None:
        """Make a buffer readable."""
        ...

    def peek(self, offset: int, count: int) -> bytes:
        """Return a copy of the beginning of a mapped buffer."""
        ...

    def wait(self, seconds: float) -> bool:
        """Say whether a frame is ready within the time."""
        ...

    def close(self) -> None:
        """Unmap all and let go of the node; harmless if it is not open."""
        ...


class VideoDevice:
    """The camera at *path*."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._handle: int | None = None
        self._maps: dict[int, mmap.mmap] = {}

    def open(self) -> None:
        """Open the node."""
        self.close()
        try:
            self._handle = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as fault:
            if fault.errno == errno.EBUSY:
                raise Declined(errno.EBUSY) from fault
            raise LineLost("cannot open the camera") from fault

    def ask(self, request: int, argument: bytes) -> bytes:
        """Make one ioctl."""
        filled = bytearray(argument)
        try:
            fcntl.ioctl(self._opened(), request, filled, True)
        except OSError as fault:
            if fault.errno in _LOST or fault.errno is None:
                raise LineLost("the camera has gone") from fault
            raise Declined(fault.errno) from fault
        return bytes(filled)

    def map(self, offset: int, length: int) -> None:
        """Map one buffer of the driver's."""
        try:
            self._maps[offset] = mmap.mmap(
                self._opened(), length, mmap.MAP_SHARED, mmap.PROT_READ, offset=offset
            )
        except (OSError, ValueError) as fault:
            raise LineLost("cannot map a buffer") from fault

    def peek(self, offset: int, count: int) -> bytes:
        """Copy out of a mapped buffer."""
        return self._maps[offset][:count]

    def wait(self, seconds: float) -> bool:
        """Poll the node."""
        poll = select.poll()
        poll.register(self._opened(), select.POLLIN)
        happened = [found for _, found in poll.poll(seconds * 1000)]
        if happened and happened[0] & (select.POLLERR | select.POLLHUP | select.POLLNVAL):
            raise LineLost("the camera has gone")
        return bool(happened)

    def close(self) -> None:
        """Unmap and close."""
        for mapped in self._maps.values():
            mapped.close()
        self._maps.clear()
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def _opened(self) -> int:
        if self._handle is None:
            raise LineLost("not open")
        return self._handle
