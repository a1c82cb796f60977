"""
Modbus RTU, the master's side: six functions of the Application Protocol V1.1b3 (01, 02, 03, 04, 05
and 0F), framed as "Modbus over Serial Line" V1.02 §2.5.1 says.

A frame is unit, function, data, CRC-16 with its low byte first. On the line frames are parted by
silence alone, so the length of an answer is reckoned from its beginning.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

BITS_PER_CHARACTER = 11
"""Start, eight data bits, parity or a second stop bit, stop (V1.02 §2.5.1)."""
_GAP_CHARACTERS = 3.5
_FAST_GAP_SECONDS = 0.00175
_FAST_BAUD = 19200
_EXCEPTION = 0x80
_MOST_BITS = 1968


class Function(IntEnum):
    """What a master asks."""

    READ_COILS = 0x01
    READ_DISCRETE_INPUTS = 0x02
    READ_HOLDING_REGISTERS = 0x03
    READ_INPUT_REGISTERS = 0x04
    WRITE_SINGLE_COIL = 0x05
    WRITE_MULTIPLE_COILS = 0x0F


READS = frozenset(
    {
        Function.READ_COILS,
        Function.READ_DISCRETE_INPUTS,
        Function.READ_HOLDING_REGISTERS,
        Function.READ_INPUT_REGISTERS,
    }
)


class Malformed(ValueError):
    """Bytes that are no answer to the question; the message says what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Declined:
    """The unit understood and will not: an exception code of V1.1b3 §7 (2 is a wrong address)."""

    code: int


def crc16(data: bytes) -> int:
    """Return the CRC of V1.02 §6.2.2: polynomial A001 reflected, beginning with FFFF."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def framed(body: bytes) -> bytes:
    """Return *body* (unit, function, data) with its CRC."""
    return body + crc16(body).to_bytes(2, "little")


def is_whole(frame: bytes) -> bool:
    """Say whether *frame* ends with the CRC of what stands before."""
    return len(frame) >= 4 and crc16(frame[:-2]) == int.from_bytes(frame[-2:], "little")


def unframed(frame: bytes) -> bytes:
    """Return a frame without its CRC; raises `Malformed` when that does not fit."""
    if not is_whole(frame):
        raise Malformed("crc")
    return frame[:-2]


def gap_seconds(baud: int) -> float:
    """Return how long the line must be silent between frames."""
    if baud > _FAST_BAUD:
        return _FAST_GAP_SECONDS
    return _GAP_CHARACTERS * BITS_PER_CHARACTER / baud


def read(unit: int, function: Function, address: int, count: int) -> bytes:
    """Return the frame that reads *count* bits or registers from *address* (0 is the first)."""
    return framed(struct.pack(">BBHH", unit, function, address, count))


def write_coil(unit: int, address: int, on: bool) -> bytes:
    """Return the frame that sets one coil."""
    value = 0xFF00 if on else 0x0000
    return framed(struct.pack(">BBHH", unit, Function.WRITE_SINGLE_COIL, address, value))


def write_coils(unit: int, address: int, values: Sequence[bool]) -> bytes:
    """Return the frame that sets coils in a row; raises ValueError for none or too many."""
    if not 1 <= len(values) <= _MOST_BITS:
        raise ValueError("one frame sets 1 to 1968 coils")
    packed = pack_bits(values)
    head = struct.pack(
        ">BBHHB", unit, Function.WRITE_MULTIPLE_COILS, address, len(values), len(packed)
    )
    return framed(head + packed)


def pack_bits(values: Sequence[bool]) -> bytes:
    """Return bits as they travel: eight to a byte, the first in the lowest place."""
    packed = bytearray((len(values) + 7) // 8)
    for at, value in enumerate(values):
        packed[at // 8] |= value << at % 8
    return bytes(packed)


def answer_length(beginning: bytes) -> int | None:
    """Return how long the answer is that begins so; None while its first three bytes are not in.

    An unknown function gives the shortest frame: its CRC will not fit.
    """
    if len(beginning) < 3:
        return None
    function = beginning[1]
    if function & _EXCEPTION:
        return 5
    if function in READS:
        return 5 + beginning[2]
    return 8


def bits(asked: bytes, answer: bytes) -> tuple[bool, ...] | Declined:
    """Return the bits that *answer* brings for the read *asked*; raises `Malformed`."""
    count = int.from_bytes(asked[4:6], "big")
    data = _read_data(asked, answer, length=(count + 7) // 8)
    if isinstance(data, Declined):
        return data
    return tuple(bool(data[at // 8] >> at % 8 & 1) for at in range(count))


def registers(asked: bytes, answer: bytes) -> tuple[int, ...] | Declined:
    """Return the registers that *answer* brings, as signed 16-bit numbers; raises `Malformed`."""
    count = int.from_bytes(asked[4:6], "big")
    data = _read_data(asked, answer, length=2 * count)
    if isinstance(data, Declined):
        return data
    return struct.unpack(f">{count}h", data)


def confirmed(asked: bytes, answer: bytes) -> Declined | None:
    """Return None when *answer* says that the write *asked* was done; raises `Malformed`."""
    body = _of_the_asked(asked, answer)
    if isinstance(body, Declined):
        return body
    if body != asked[:6]:
        raise Malformed("echo")
    return None


def _read_data(asked: bytes, answer: bytes, *, length: int) -> bytes | Declined:
    body = _of_the_asked(asked, answer)
    if isinstance(body, Declined):
        return body
    if body[2] != length or len(body) != 3 + length:
        raise Malformed("length")
    return body[3:]


def _of_the_asked(asked: bytes, answer: bytes) -> bytes | Declined:
    body = unframed(answer)
    if body[0] != asked[0]:
        raise Malformed("unit")
    if body[1] == asked[1] | _EXCEPTION and len(body) == 3:
        return Declined(body[2])
    if body[1] != asked[1] or len(body) < 3:
        raise Malformed("function")
    return body
