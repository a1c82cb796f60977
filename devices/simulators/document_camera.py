"""
A document camera behind the kernel's door: answers the requests of Video4Linux2 as `uvcvideo`
does, in its order and with its refusals, and shows whatever picture lies beneath it.
"""

import errno
import io
from collections.abc import Callable
from dataclasses import replace

from PIL import Image

from devices.protocols import v4l2
from devices.protocols.v4l2 import (
    MJPG,
    YUYV,
    Buffer,
    BufferRequest,
    Capability,
    FrameFormat,
    FrameSize,
    PixelFormat,
)
from devices.transports.line import LineLost
from devices.transports.video_device import Declined

_SIZES = ((640, 480), (1600, 1200), (2592, 1944))
_PAGE = 4096
_IS_CAMERA = v4l2.CAPTURE | v4l2.CAN_STREAM


class DocumentCameraSimulator:
    """A `VideoLine` to a camera that sees *scene*, a picture of any size.

    `there` False pulls its cable; `pull_after` pulls it behind so many more requests. `spoilt`
    frames come first, cut short; `moving` frames show a hand that passes; `silent` stops frames.
    """

    def __init__(
        self,
        scene: Image.Image,
        *,
        formats: tuple[int, ...] = (MJPG, YUYV),
        sizes: tuple[tuple[int, int], ...] = _SIZES,
        capabilities: int = _IS_CAMERA,
        padded_by: int = 0,
    ) -> None:
        self.scene = scene
        self.there = True
        self.taken = False
        self.spoilt = 0
        self.moving = 0
        self.silent = False
        self.streams = 0
        self.frames = 0
        self.is_open = False
        self._formats = formats
        self._sizes = sizes
        self._capabilities = capabilities
        self._padded_by = padded_by
        self._until_pulled: int | None = None
        self._streaming = False
        self._shape = FrameFormat(0, 0, 0)
        self._buffers: list[bytearray] = []
        self._mapped: dict[int, int] = {}
        self._queue: list[int] = []

    def pull_after(self, requests: int | None) -> None:
        """Pull the cable behind so many more requests; None lets it be."""
        self._until_pulled = requests

    def open(self) -> None:
        """Open the node: a camera may be opened by many, and streamed from by one."""
        self.close()
        self._check()
        self.is_open = True

    def ask(self, request: int, argument: bytes) -> bytes:
        """Answer one request, or refuse it as the kernel does."""
        if self._until_pulled == 0:
            self.there = False
        elif self._until_pulled is not None:
            self._until_pulled -= 1
        self._check()
        if not self.is_open:
            raise LineLost("not open")
        answers: dict[int, Callable[[bytes], bytes]] = {
            v4l2.QUERYCAP: self._query_capability,
            v4l2.ENUM_FMT: self._enumerate_format,
            v4l2.ENUM_FRAMESIZES: self._enumerate_size,
            v4l2.S_FMT: self._set_format,
            v4l2.REQBUFS: self._request_buffers,
            v4l2.QUERYBUF: self._query_buffer,
            v4l2.QBUF: self._take_buffer,
            v4l2.DQBUF: self._give_buffer,
            v4l2.STREAMON: self._begin,
            v4l2.STREAMOFF: self._end,
        }
        if request not in answers:
            raise Declined(errno.ENOTTY)
        return answers[request](argument)

    def map(self, offset: int, length: int) -> None:
        """Map a buffer at the offset that was told for it."""
        self._check()
        index, rest = divmod(offset, self._stride())
        if rest or index >= len(self._buffers) or length != len(self._buffers[index]):
            raise LineLost("cannot map a buffer")
        self._mapped[offset] = index

    def peek(self, offset: int, count: int) -> bytes:
        """Copy out of a mapped buffer."""
        return bytes(self._buffers[self._mapped[offset]][:count])

    def wait(self, seconds: float) -> bool:
        """Say at once whether a frame is ready: a simulated camera is never slow."""
        self._check()
        return self._streaming and bool(self._queue) and not self.silent

    def close(self) -> None:
        """Close the node, which ends a stream and frees its buffers."""
        self.is_open = self._streaming = False
        self._buffers.clear()
        self._mapped.clear()
        self._queue.clear()

    def _check(self) -> None:
        if not self.there:
            raise LineLost("the camera has gone")

    def _query_capability(self, argument: bytes) -> bytes:
        return Capability("uvcvideo", "Simulated Camera", "usb-sim-1", self._capabilities).encode()

    def _enumerate_format(self, argument: bytes) -> bytes:
        index = PixelFormat.decode(argument).index
        if index >= len(self._formats):
            raise Declined(errno.EINVAL)
        return PixelFormat(index, self._formats[index], "simulated").encode()

    def _enumerate_size(self, argument: bytes) -> bytes:
        asked = FrameSize.decode(argument)
        if asked.code not in self._formats or asked.index >= len(self._sizes):
            raise Declined(errno.EINVAL)
        width, height = self._sizes[asked.index]
        return FrameSize(asked.index, asked.code, width, height).encode()

    def _set_format(self, argument: bytes) -> bytes:
        if self.taken or self._buffers:
            raise Declined(errno.EBUSY)
        wish = FrameFormat.decode(argument)
        code = wish.code if wish.code in self._formats else self._formats[0]
        fits = [size for size in self._sizes if size[0] <= wish.width and size[1] <= wish.height]
        width, height = (fits or [self._sizes[0]])[-1]
        line = width * 2 + self._padded_by if code == YUYV else 0
        self._shape = FrameFormat(width, height, code, line, frame_bytes=width * height * 3)
        return self._shape.encode()

    def _request_buffers(self, argument: bytes) -> bytes:
        if not self._shape.code:
            raise Declined(errno.EINVAL)
        count = BufferRequest.decode(argument).count
        self._buffers = [bytearray(self._shape.frame_bytes) for _ in range(count)]
        return BufferRequest(count).encode()

    def _query_buffer(self, argument: bytes) -> bytes:
        buffer = self._buffer(argument)
        offset = buffer.index * self._stride()
        return replace(buffer, offset=offset, length=len(self._buffers[buffer.index])).encode()

    def _take_buffer(self, argument: bytes) -> bytes:
        buffer = self._buffer(argument)
        if buffer.index in self._queue:
            raise Declined(errno.EINVAL)
        self._queue.append(buffer.index)
        return argument

    def _give_buffer(self, argument: bytes) -> bytes:
        if not self._streaming:
            raise Declined(errno.EINVAL)
        if not self._queue or self.silent:
            raise Declined(errno.EAGAIN)
        index = self._queue.pop(0)
        frame = self._frame()
        self._buffers[index][: len(frame)] = frame
        self.frames += 1
        return Buffer(index, len(frame), 0, self.frames).encode()

    def _begin(self, argument: bytes) -> bytes:
        if not self._queue:
            raise Declined(errno.EINVAL)
        self._streaming = True
        self.streams += 1
        return argument

    def _end(self, argument: bytes) -> bytes:
        self._streaming = False
        self._queue.clear()
        return argument

    def _buffer(self, argument: bytes) -> Buffer:
        buffer = Buffer.decode(argument)
        if buffer.index >= len(self._buffers):
            raise Declined(errno.EINVAL)
        return buffer

    def _stride(self) -> int:
        return -(-self._shape.frame_bytes // _PAGE) * _PAGE

    def _frame(self) -> bytes:
        seen = self.scene.convert("RGB").resize((self._shape.width, self._shape.height))
        if self.moving:
            self.moving -= 1
            wide = seen.width // 3
            seen.paste((90, 60, 50), (wide * (self.moving % 3), 0, wide * 2, seen.height))
        frame = self._yuyv(seen) if self._shape.code == YUYV else _motion_jpeg(seen)
        if self.spoilt:
            self.spoilt -= 1
            return frame[: len(frame) // 3]
        return frame

    def _yuyv(self, seen: Image.Image) -> bytes:
        grey, blue, red = seen.convert("YCbCr").split()
        half = (seen.width // 2, seen.height)
        packed = bytearray(seen.width * seen.height * 2)
        packed[0::2] = grey.point(lambda level: 16 + level * 219 // 255).tobytes()
        for first, plane in ((1, blue), (3, red)):
            limited = plane.resize(half).point(lambda level: 128 + (level - 128) * 224 // 255)
            packed[first::4] = limited.tobytes()
        wide, padding = seen.width * 2, bytes(self._padded_by)
        lines = (packed[at : at + wide] + padding for at in range(0, len(packed), wide))
        return b"".join(bytes(line) for line in lines)


def _motion_jpeg(seen: Image.Image) -> bytes:
    """As most cameras send it: the Huffman tables, which never change, are left out."""
    target = io.BytesIO()
    seen.save(target, "JPEG", quality=85)
    whole = target.getvalue()
    kept, at = bytearray(whole[:2]), 2
    while whole[at + 1] != 0xDA:
        length = 2 + int.from_bytes(whole[at + 2 : at + 4])
        if whole[at + 1] != 0xC4:
            kept += whole[at : at + length]
        at += length
    return bytes(kept) + whole[at:]
