"""
Frames of a camera to pictures: Motion-JPEG as it is, YUYV by way of its planes.
"""

import io

from PIL import Image

from devices.contracts.document_scanner import Picture
from devices.protocols.v4l2 import JPEG, MJPG, YUYV, FrameFormat

READABLE = (MJPG, JPEG, YUYV)
"""The formats that are understood, the better one first where sizes are equal."""

_GLIMPSE = (48, 36)
_NO_FRAME = (
    OSError,
    SyntaxError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


class SpoiltFrame(ValueError):
    """A frame that was cut short or is none."""


def picture_of(frame: bytes, shape: FrameFormat, dots_per_inch: float | None) -> Picture:
    """Return the whole picture in *frame*; raises `SpoiltFrame`."""
    if shape.code != YUYV:
        _whole_jpeg(frame)
        return Picture(frame, dots_per_inch)
    picture = Image.merge("YCbCr", _planes(frame, shape)).convert("RGB")
    head = f"P6 {shape.width} {shape.height} 255\n".encode()
    return Picture(head + picture.tobytes(), dots_per_inch)


def glimpse(frame: bytes, shape: FrameFormat) -> bytes:
    """Return a few grey levels by which two frames can be compared; raises `SpoiltFrame`."""
    if shape.code == YUYV:
        grey = _luminance(frame, shape)
    else:
        try:
            grey = Image.open(io.BytesIO(frame), formats=("JPEG",))
            # An eighth of the size costs the decoder next to nothing.
            grey.draft("L", _GLIMPSE)
            grey = grey.convert("L")
        except _NO_FRAME as fault:
            raise SpoiltFrame(type(fault).__name__) from fault
    return grey.resize(_GLIMPSE, Image.Resampling.BOX).tobytes()


def difference(one: bytes, other: bytes) -> float:
    """Return by how many levels of 255 two glimpses differ in the mean."""
    return sum(abs(left - right) for left, right in zip(one, other, strict=True)) / len(one)


def _whole_jpeg(frame: bytes) -> None:
    try:
        with Image.open(io.BytesIO(frame), formats=("JPEG",)) as picture:
            picture.load()
    except _NO_FRAME as fault:
        raise SpoiltFrame(type(fault).__name__) from fault


def _luminance(frame: bytes, shape: FrameFormat) -> Image.Image:
    plane = Image.frombytes("L", (shape.width, shape.height), _packed(frame, shape)[0::2])
    return plane if shape.full_range else plane.point(lambda level: (level - 16) * 255 // 219)


def _planes(frame: bytes, shape: FrameFormat) -> list[Image.Image]:
    packed, half = _packed(frame, shape), (shape.width // 2, shape.height)
    planes = [_luminance(frame, shape)]
    for first in (1, 3):
        colour = Image.frombytes("L", half, packed[first::4])
        if not shape.full_range:
            colour = colour.point(lambda level: 128 + (level - 128) * 255 // 224)
        planes.append(colour.resize((shape.width, shape.height), Image.Resampling.BILINEAR))
    return planes


def _packed(frame: bytes, shape: FrameFormat) -> bytes:
    """The lines of a frame without what pads them."""
    wide = shape.width * 2
    line = max(shape.bytes_per_line, wide)
    if shape.width % 2 or len(frame) < line * (shape.height - 1) + wide:
        raise SpoiltFrame("short")
    if line == wide:
        return frame[: wide * shape.height]
    return b"".join(frame[at * line : at * line + wide] for at in range(shape.height))
