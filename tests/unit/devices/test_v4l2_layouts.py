"""Video4Linux2's structures against the bytes that a C compiler makes of `linux/videodev2.h`."""

import pytest

from devices.protocols import v4l2
from devices.protocols.camera_frames import (
    SpoiltFrame,
    difference,
    glimpse,
    picture_of,
)
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

ZEROS = "00"
CAPABILITY = bytes.fromhex(
    "757663766964656f"
    + ZEROS * 8
    + "446f632043616d657261"
    + ZEROS * 22
    + "7573622d303030303a30303a31342e302d33"
    + ZEROS * 15
    + "0106000100a08401002004"
    + ZEROS * 12
)
PIXEL_FORMAT = bytes.fromhex(
    "0100000001000000010000004d6f74696f6e2d4a504547" + ZEROS * 21 + "4d4a5047" + ZEROS * 16
)
SIZE = bytes.fromhex("020000005955595601000000200a00009807" + ZEROS * 26)
SIZES_IN_STEPS = bytes.fromhex(
    "020000005955595603000000100000008007000002000000100000003804000004" + ZEROS * 11
)
FORMAT = bytes.fromhex(
    "0100000000000000200a00009807000059555956010000004014000000c6990008"
    + ZEROS * 15
    + "01"
    + ZEROS * 159
)
REQUEST = bytes.fromhex("040000000100000001" + ZEROS * 11)
BUFFER = bytes.fromhex(
    "030000000100000040e20100002000000100000000000000070000000000000008"
    + ZEROS * 23
    + "2a0000000100000000009a000000000000c699"
    + ZEROS * 13
)


def test_answers_of_a_camera_are_read() -> None:
    """Each structure, filled by C, is read field by field."""
    capability = Capability.decode(CAPABILITY)

    assert (capability.driver, capability.card) == ("uvcvideo", "Doc Camera")
    assert (capability.bus, capability.can) == ("usb-0000:00:14.0-3", 0x04200001)
    assert capability.takes_pictures
    assert PixelFormat.decode(PIXEL_FORMAT) == PixelFormat(1, MJPG, "Motion-JPEG")
    assert FrameSize.decode(SIZE) == FrameSize(2, YUYV, 2592, 1944)
    assert FrameFormat.decode(FORMAT) == FrameFormat(2592, 1944, YUYV, 5184, True, 10077696)
    assert BufferRequest.decode(REQUEST) == BufferRequest(4)
    assert Buffer.decode(BUFFER) == Buffer(3, 123456, 0x2000, 42, 0x9A0000, 10077696)


def test_of_a_range_of_sizes_the_largest_is_taken() -> None:
    """A camera that scales offers a range: its end is what is worth asking for."""
    assert FrameSize.decode(SIZES_IN_STEPS) == FrameSize(2, YUYV, 1920, 1080)


def test_a_node_speaks_for_itself() -> None:
    """The second node of a camera can do less than the whole device, and is told from it."""
    metadata = bytearray(CAPABILITY)
    metadata[88:92] = (0x00A00000).to_bytes(4, "little")

    assert not Capability.decode(bytes(metadata)).takes_pictures


@pytest.mark.parametrize(
    ("value", "golden"),
    [
        (FrameSize(2, YUYV, 2592, 1944), SIZE),
        (BufferRequest(4), REQUEST),
    ],
)
def test_wishes_are_written_as_c_would(value: FrameSize | BufferRequest, golden: bytes) -> None:
    """What nothing else fills is the same to the byte."""
    assert value.encode() == golden


@pytest.mark.parametrize(
    "value",
    [
        Capability("uvcvideo", "Camera", "usb-1", v4l2.CAPTURE | v4l2.CAN_STREAM),
        PixelFormat(1, MJPG, "Motion-JPEG"),
        FrameFormat(2592, 1944, YUYV, 5184, True, 10077696),
        Buffer(3, 123456, 0x40, 42, 0x9A0000, 10077696),
    ],
)
def test_what_is_written_is_read_again(
    value: Capability | PixelFormat | FrameFormat | Buffer,
) -> None:
    """Both ends of a simulated camera mean the same."""
    assert type(value).decode(value.encode()) == value


def test_requests_have_the_size_of_their_structures() -> None:
    """The number of a request holds the length of what it carries: both agree."""
    sizes = {
        v4l2.QUERYCAP: len(CAPABILITY),
        v4l2.ENUM_FMT: len(PIXEL_FORMAT),
        v4l2.S_FMT: len(FORMAT),
        v4l2.REQBUFS: len(REQUEST),
        v4l2.QUERYBUF: len(BUFFER),
        v4l2.QBUF: len(BUFFER),
        v4l2.DQBUF: len(BUFFER),
        v4l2.ENUM_FRAMESIZES: len(SIZE),
        v4l2.STREAMON: v4l2.BUFFER_TYPE.size,
        v4l2.STREAMOFF: v4l2.BUFFER_TYPE.size,
    }

    assert {request: request >> 16 & 0x3FFF for request in sizes} == sizes


def yuyv(pixels: list[tuple[int, int, int, int]], *, padding: int = 0) -> bytes:
    """Return 64 lines of 64 pixels, each pair one of *pixels* (Y, U, Y, V) in turn."""
    line = b"".join(bytes(pixels[at % len(pixels)]) for at in range(32)) + bytes(padding)
    return line * 64


@pytest.mark.parametrize(
    ("pair", "full_range", "expected"),
    [
        ((16, 128, 16, 128), False, (0, 0, 0)),
        ((235, 128, 235, 128), False, (255, 255, 255)),
        ((0, 128, 0, 128), True, (0, 0, 0)),
        ((255, 128, 255, 128), True, (255, 255, 255)),
        ((81, 90, 81, 240), False, (255, 0, 0)),
        ((41, 240, 41, 110), False, (0, 0, 255)),
    ],
)
def test_yuyv_gives_the_colours_of_bt_601(
    pair: tuple[int, int, int, int], full_range: bool, expected: tuple[int, int, int]
) -> None:
    """Black, white, red and blue come out as such, in the range that the camera tells."""
    shape = FrameFormat(64, 64, YUYV, 128, full_range)
    picture = picture_of(yuyv([pair]), shape, None)
    pixel = picture.data[len(b"P6 64 64 255\n") :][:3]

    assert [pixel[at] for at in range(3)] == pytest.approx(expected, abs=6)


def test_lines_with_padding_are_cut() -> None:
    """What a driver adds at the end of each line is no picture."""
    plain = picture_of(yuyv([(81, 90, 81, 240)]), FrameFormat(64, 64, YUYV, 128), None)
    padded = picture_of(yuyv([(81, 90, 81, 240)], padding=16), FrameFormat(64, 64, YUYV, 144), None)

    assert plain == padded


@pytest.mark.parametrize("code", [MJPG, YUYV])
def test_a_frame_cut_short_is_spoilt(code: int) -> None:
    """Half a frame, or none, is never a picture."""
    shape = FrameFormat(64, 64, code, 128 if code == YUYV else 0)
    for frame in (b"", bytes(1000), b"\xff\xd8\xff\xe0"):
        with pytest.raises(SpoiltFrame):
            picture_of(frame, shape, None)
        with pytest.raises(SpoiltFrame):
            glimpse(frame, shape)


def test_two_frames_are_told_apart_by_a_glimpse() -> None:
    """The same thing seen twice differs by nothing, another by much."""
    shape = FrameFormat(64, 64, YUYV, 128)
    dark, light = (glimpse(yuyv([(level, 128, level, 128)]), shape) for level in (40, 200))

    assert difference(dark, dark) == 0
    assert difference(dark, light) > 100
