"""
A stream of frames from a camera: the largest format that is understood, and a few mapped buffers
that go round between the camera and us.
"""

import errno
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Self

from devices.protocols import v4l2
from devices.protocols.camera_frames import READABLE
from devices.protocols.v4l2 import (
    Buffer,
    BufferRequest,
    Capability,
    FrameFormat,
    FrameSize,
    PixelFormat,
)
from devices.transports.line import LineLost
from devices.transports.video_device import Declined, VideoLine

_BUFFERS = 3
# Larger pictures show no more of a sheet of A4, and take longer to come.
_MOST_PIXELS = 16_000_000
# A driver that never says that a list has ended.
_MOST_ENTRIES = 64


class NotACamera(Exception):
    """The node streams no pictures, or none in a format that is understood."""


class CameraStream:
    """Frames while the context lasts; raises `NotACamera`, `Declined` and `LineLost`."""

    def __init__(self, line: VideoLine) -> None:
        self._line = line
        self._buffers: dict[int, Buffer] = {}
        self.shape = FrameFormat(0, 0, 0)
        """How frames come, once the stream has begun."""

    def __enter__(self) -> Self:
        try:
            self._begin()
        except (NotACamera, Declined, LineLost):
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def next_frame(self, timeout_seconds: float) -> bytes | None:
        """Return a copy of the next frame, empty if the camera itself calls it spoilt, or None if
        none came within the time.
        """
        if not self._line.wait(timeout_seconds):
            return None
        try:
            filled = Buffer.decode(self._line.ask(v4l2.DQBUF, Buffer(0).encode()))
        except Declined as fault:
            if fault.number == errno.EAGAIN:
                return None
            raise
        known = self._buffers.get(filled.index)
        if known is None:
            raise LineLost("a buffer that was never given")
        used = 0 if filled.flags & v4l2.FRAME_SPOILT else min(filled.used, known.length)
        frame = self._line.peek(known.offset, used)
        self._line.ask(v4l2.QBUF, Buffer(filled.index).encode())
        return frame

    def _begin(self) -> None:
        self._line.open()
        if not capability_of(self._line).takes_pictures:
            raise NotACamera("no video capture")
        wanted = self._best()
        shape = FrameFormat.decode(self._line.ask(v4l2.S_FMT, wanted.encode()))
        if shape.code not in READABLE:
            raise NotACamera("no readable format")
        self.shape = shape
        given = BufferRequest.decode(self._line.ask(v4l2.REQBUFS, BufferRequest(_BUFFERS).encode()))
        for index in range(given.count):
            buffer = Buffer.decode(self._line.ask(v4l2.QUERYBUF, Buffer(index).encode()))
            self._line.map(buffer.offset, buffer.length)
            self._buffers[index] = buffer
            self._line.ask(v4l2.QBUF, Buffer(index).encode())
        self._line.ask(v4l2.STREAMON, v4l2.BUFFER_TYPE.pack(v4l2.CAPTURE))

    def _end(self) -> None:
        with suppress(LineLost, Declined):
            self._line.ask(v4l2.STREAMOFF, v4l2.BUFFER_TYPE.pack(v4l2.CAPTURE))
        self._buffers.clear()
        self._line.close()

    def _best(self) -> FrameFormat:
        """The most pixels within reason; of equals, the format that loses least time."""
        offered = [
            FrameFormat(size.width, size.height, entry.code)
            for entry in self._formats()
            if entry.code in READABLE
            for size in self._sizes(entry.code)
            if 0 < size.width * size.height <= _MOST_PIXELS
        ]
        if not offered:
            raise NotACamera("no readable format")
        return max(offered, key=lambda each: (each.width * each.height, -READABLE.index(each.code)))

    def _formats(self) -> Iterator[PixelFormat]:
        for index in range(_MOST_ENTRIES):
            try:
                yield PixelFormat.decode(self._line.ask(v4l2.ENUM_FMT, PixelFormat(index).encode()))
            except Declined:
                return

    def _sizes(self, code: int) -> Iterator[FrameSize]:
        for index in range(_MOST_ENTRIES):
            try:
                yield FrameSize.decode(
                    self._line.ask(v4l2.ENUM_FRAMESIZES, FrameSize(index, code).encode())
                )
            except Declined:
                return


def capability_of(line: VideoLine) -> Capability:
    """Ask an open line what it leads to."""
    return Capability.decode(line.ask(v4l2.QUERYCAP, bytes(104)))
