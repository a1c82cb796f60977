"""
Video4Linux2 as bytes: the requests of `linux/videodev2.h` that a still camera needs, and their
structures, both ways, as 64-bit Linux lays them out.
"""

import struct
from dataclasses import dataclass

QUERYCAP = 0x80685600
ENUM_FMT = 0xC0405602
S_FMT = 0xC0D05605
REQBUFS = 0xC0145608
QUERYBUF = 0xC0585609
QBUF = 0xC058560F
DQBUF = 0xC0585611
STREAMON = 0x40045612
STREAMOFF = 0x40045613
ENUM_FRAMESIZES = 0xC02C564A

CAPTURE = 1
"""V4L2_BUF_TYPE_VIDEO_CAPTURE, and as a bit V4L2_CAP_VIDEO_CAPTURE."""
MMAP = 1
CAN_STREAM = 0x04000000
_SAYS_OF_THIS_NODE = 0x80000000
FRAME_SPOILT = 0x40
_DISCRETE = 1
_PROGRESSIVE = 1
FULL_RANGE = 1
"""V4L2_QUANTIZATION_FULL_RANGE; cameras that say nothing of YUV mean the limited one."""

MJPG = int.from_bytes(b"MJPG", "little")
JPEG = int.from_bytes(b"JPEG", "little")
YUYV = int.from_bytes(b"YUYV", "little")

BUFFER_TYPE = struct.Struct("<i")
_CAPABILITY = struct.Struct("<16s32s32sIII12x")
_FORMAT_DESCRIPTION = struct.Struct("<III32sI16x")
_FRAME_SIZE = struct.Struct("<IIIII24x")
_STEPS = struct.Struct("<12xIIIIII8x")
_FORMAT = struct.Struct("<I4x11I156x")
_REQUEST_BUFFERS = struct.Struct("<III8x")
_BUFFER = struct.Struct("<IIIII4xqq16xIIQI12x")


@dataclass(frozen=True, slots=True)
class Capability:
    """What a node is: VIDIOC_QUERYCAP."""

    driver: str
    card: str
    bus: str
    can: int
    """The node's own capabilities where the driver tells them apart from the device's."""

    @classmethod
    def decode(cls, data: bytes) -> "Capability":
        """Read the answer."""
        driver, card, bus, _, device, node = _CAPABILITY.unpack(data)
        can = node if device & _SAYS_OF_THIS_NODE else device
        return cls(_text(driver), _text(card), _text(bus), can)

    def encode(self) -> bytes:
        """Write the answer."""
        names = (self.driver.encode(), self.card.encode(), self.bus.encode())
        return _CAPABILITY.pack(*names, 0, self.can | _SAYS_OF_THIS_NODE, self.can)

    @property
    def takes_pictures(self) -> bool:
        """Whether pictures can be streamed from this node."""
        return bool(self.can & CAPTURE and self.can & CAN_STREAM)


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """One format that a camera offers: VIDIOC_ENUM_FMT."""

    index: int
    code: int = 0
    name: str = ""

    @classmethod
    def decode(cls, data: bytes) -> "PixelFormat":
        """Read question or answer."""
        index, _, _, name, code = _FORMAT_DESCRIPTION.unpack(data)
        return cls(index, code, _text(name))

    def encode(self) -> bytes:
        """Write question or answer."""
        return _FORMAT_DESCRIPTION.pack(self.index, CAPTURE, 0, self.name.encode(), self.code)


@dataclass(frozen=True, slots=True)
class FrameSize:
    """One size of a format: VIDIOC_ENUM_FRAMESIZES. Of a range of sizes, the largest."""

    index: int
    code: int
    width: int = 0
    height: int = 0

    @classmethod
    def decode(cls, data: bytes) -> "FrameSize":
        """Read question or answer."""
        index, code, kind, width, height = _FRAME_SIZE.unpack(data)
        if kind > _DISCRETE:
            _, width, _, _, height, _ = _STEPS.unpack(data)
        return cls(index, code, width, height)

    def encode(self) -> bytes:
        """Write question or answer."""
        return _FRAME_SIZE.pack(self.index, self.code, _DISCRETE, self.width, self.height)


@dataclass(frozen=True, slots=True)
class FrameFormat:
    """How frames come: VIDIOC_S_FMT. The camera answers with what it will really do."""

    width: int
    height: int
    code: int
    bytes_per_line: int = 0
    full_range: bool = False
    frame_bytes: int = 0

    @classmethod
    def decode(cls, data: bytes) -> "FrameFormat":
        """Read wish or answer."""
        _, width, height, code, _, line, size, *_, quantization = _FORMAT.unpack(data)
        return cls(width, height, code, line, quantization == FULL_RANGE, size)

    def encode(self) -> bytes:
        """Write wish or answer."""
        line, size = self.bytes_per_line, self.frame_bytes
        quantization = FULL_RANGE if self.full_range else 0
        shape = (self.width, self.height, self.code, _PROGRESSIVE, line, size)
        return _FORMAT.pack(CAPTURE, *shape, 0, 0, 0, 0, quantization)


@dataclass(frozen=True, slots=True)
class BufferRequest:
    """How many buffers are wanted, and how many were given: VIDIOC_REQBUFS."""

    count: int

    @classmethod
    def decode(cls, data: bytes) -> "BufferRequest":
        """Read wish or answer."""
        return cls(_REQUEST_BUFFERS.unpack(data)[0])

    def encode(self) -> bytes:
        """Write wish or answer."""
        return _REQUEST_BUFFERS.pack(self.count, CAPTURE, MMAP)


@dataclass(frozen=True, slots=True)
class Buffer:
    """One buffer, mapped at `offset`: VIDIOC_QUERYBUF, QBUF and DQBUF."""

    index: int
    used: int = 0
    flags: int = 0
    sequence: int = 0
    offset: int = 0
    length: int = 0

    @classmethod
    def decode(cls, data: bytes) -> "Buffer":
        """Read question or answer."""
        index, _, used, flags, _, _, _, sequence, _, offset, length = _BUFFER.unpack(data)
        return cls(index, used, flags, sequence, offset, length)

    def encode(self) -> bytes:
        """Write question or answer."""
        return _BUFFER.pack(
            self.index,
            CAPTURE,
            self.used,
            self.flags,
            _PROGRESSIVE,
            0,
            0,
            self.sequence,
            MMAP,
            self.offset,
            self.length,
        )


def _text(padded: bytes) -> str:
    return padded.partition(b"\0")[0].decode("utf-8", "replace")
