"""Modbus RTU to the byte: golden frames of makers' handbooks, and everything that is no frame."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.protocols import modbus_rtu as modbus
from devices.protocols.modbus_rtu import Declined, Function, Malformed

READ_INPUTS = modbus.read(1, Function.READ_DISCRETE_INPUTS, 0, 8)


@pytest.mark.parametrize(
    ("frame", "golden"),
    [
        (modbus.read(1, Function.READ_COILS, 0, 8), "01 01 00 00 00 08 3D CC"),
        (READ_INPUTS, "01 02 00 00 00 08 79 CC"),
        (modbus.read(1, Function.READ_HOLDING_REGISTERS, 0, 10), "01 03 00 00 00 0A C5 CD"),
        (modbus.read(1, Function.READ_INPUT_REGISTERS, 1, 1), "01 04 00 01 00 01 60 0A"),
        (modbus.write_coil(1, 0, True), "01 05 00 00 FF 00 8C 3A"),
        (modbus.write_coil(1, 0, False), "01 05 00 00 00 00 CD CA"),
        (modbus.write_coils(1, 0, [True] * 8), "01 0F 00 00 00 08 01 FF BE D5"),
        (modbus.write_coils(1, 0, [False] * 8), "01 0F 00 00 00 08 01 00 FE 95"),
    ],
)
def test_frames_are_those_of_the_handbooks(frame: bytes, golden: str) -> None:
    """What goes out is, byte for byte, what makers of relay boards print in their handbooks."""
    assert frame == bytes.fromhex(golden)


def test_the_check_sum_is_the_standard_s() -> None:
    """The example of the serial line guide, unit 2 and function 7, has the CRC 1241."""
    assert modbus.crc16(bytes.fromhex("02 07")) == 0x1241


def test_bits_come_lowest_first() -> None:
    """The first input is the lowest bit of the first byte."""
    asked = modbus.read(1, Function.READ_DISCRETE_INPUTS, 0, 10)
    answer = modbus.framed(bytes.fromhex("01 02 02 05 02"))

    assert modbus.bits(asked, answer) == (
        True, False, True, False, False, False, False, False, False, True,
    )  # fmt: skip


def test_a_register_may_be_below_zero() -> None:
    """A cabinet in a Kyzylsu winter: tenths of a degree, signed."""
    asked = modbus.read(2, Function.READ_INPUT_REGISTERS, 1, 1)

    assert modbus.registers(asked, modbus.framed(bytes.fromhex("02 04 02 FF 38"))) == (-200,)


def test_a_unit_that_will_not_says_why() -> None:
    """An exception answer is an outcome with its code, for reads and for writes."""
    declined = modbus.framed(bytes.fromhex("01 82 02"))

    assert modbus.bits(READ_INPUTS, declined) == Declined(2)
    assert modbus.confirmed(
        modbus.write_coil(1, 9, True), modbus.framed(bytes.fromhex("01 85 02"))
    ) == Declined(2)
    assert modbus.answer_length(declined[:3]) == len(declined)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (bytes.fromhex("01 02 01 00 00 00"), "crc"),
        (modbus.framed(bytes.fromhex("03 02 01 00")), "unit"),
        (modbus.framed(bytes.fromhex("01 01 01 00")), "function"),
        (modbus.framed(bytes.fromhex("01 02 02 00 00")), "length"),
        (modbus.framed(bytes.fromhex("01 02 01 00 00")), "length"),
        (b"", "crc"),
    ],
)
def test_what_is_no_answer_is_refused(answer: bytes, fault: str) -> None:
    """A wrong sum, another unit, another function, another length: each is named."""
    with pytest.raises(Malformed, match=fault):
        modbus.bits(READ_INPUTS, answer)


def test_a_write_is_confirmed_by_its_echo_alone() -> None:
    """An echo of other coils confirms nothing."""
    asked = modbus.write_coils(1, 0, [True, False])

    assert modbus.confirmed(asked, modbus.framed(asked[:6])) is None
    with pytest.raises(Malformed, match="echo"):
        modbus.confirmed(asked, modbus.framed(bytes.fromhex("01 0F 00 00 00 03")))


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.binary(max_size=60))
def test_any_bytes_are_an_answer_or_refused(values: list[bool], noise: bytes) -> None:
    """Bits survive the way there and back; noise never becomes bits and never breaks the parser."""
    asked = modbus.read(1, Function.READ_COILS, 0, len(values))
    packed = modbus.pack_bits(values)
    answer = modbus.framed(bytes((1, 1, len(packed))) + packed)

    assert modbus.bits(asked, answer) == tuple(values)
    assert modbus.answer_length(answer[:3]) == len(answer)
    if noise != answer:
        with pytest.raises(Malformed):
            modbus.bits(asked, noise)


@pytest.mark.parametrize("count", [0, 1969])
def test_a_frame_has_room_for_so_many_coils(count: int) -> None:
    """None, or more than the standard allows, is the caller's mistake."""
    with pytest.raises(ValueError, match="1968"):
        modbus.write_coils(1, 0, [True] * count)


@pytest.mark.parametrize(
    ("baud", "seconds"), [(9600, 0.00401), (19200, 0.002005), (115200, 0.00175)]
)
def test_the_silence_between_frames(baud: int, seconds: float) -> None:
    """Three and a half characters, and above 19200 baud a fixed time."""
    assert modbus.gap_seconds(baud) == pytest.approx(seconds, rel=1e-3)
