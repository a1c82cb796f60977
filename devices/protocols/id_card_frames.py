"""
The frames of the security module in an ID card reader (SAM, SDTAPI protocol; GA 450, GA 467).

    request : AA AA AA 96 69 | Len | CMD PARA data… | CHK
    answer  : AA AA AA 96 69 | Len | SW1 SW2 SW3 data… | CHK

Len is big endian and counts what follows it, CHK included; CHK is the exclusive or of all bytes
from Len up to itself.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import reduce
from operator import xor

PREAMBLE = bytes.fromhex("AAAAAA9669")
TEXT_LENGTH = 256

# Text, photo and two fingerprints make 2314; more than this is noise that looks like a length.
_LONGEST = 0x0A00
_SHORTEST_ANSWER = 4
_SHORTEST_REQUEST = 3


class Command(Enum):
    """What is asked of the module. Reading fingerprints (30 10) is left out on purpose: it yields
    biometric data that no service here needs.
    """

    RESET = bytes.fromhex("10FF")
    STATUS = bytes.fromhex("11FF")
    SAM_ID = bytes.fromhex("12FF")
    FIND = bytes.fromhex("2001")
    SELECT = bytes.fromhex("2002")
    READ = bytes.fromhex("3001")
    APPEND_ADDRESSES = bytes.fromhex("3003")
    SET_115200_BAUD = bytes.fromhex("6000")
    SET_57600_BAUD = bytes.fromhex("6001")
    SET_38400_BAUD = bytes.fromhex("6002")
    SET_19200_BAUD = bytes.fromhex("6003")
    SET_9600_BAUD = bytes.fromhex("6004")


# In the order in which a silent module is looked for: the factory's baud first.
BAUD_COMMANDS: Mapping[int, Command] = {
    115200: Command.SET_115200_BAUD,
    9600: Command.SET_9600_BAUD,
    57600: Command.SET_57600_BAUD,
    38400: Command.SET_38400_BAUD,
    19200: Command.SET_19200_BAUD,
}


class StatusWord(Enum):
    """Every status word of the protocol by its last byte."""

    SUCCESS = 0x90
    CARD_FOUND = 0x9F
    COMMAND_CHECKSUM = 0x10
    COMMAND_LENGTH = 0x11
    COMMAND_NOT_SUPPORTED = 0x21
    COMMAND_UNKNOWN = 0x24
    CARD_AUTHENTICATION = 0x31
    SAM_AUTHENTICATION = 0x32
    VERIFICATION = 0x33
    CARD_TYPE_UNKNOWN = 0x40
    CARD_READ_FAILED = 0x41
    RANDOM_NUMBER = 0x47
    SELF_TEST = 0x60
    NOT_AUTHORISED = 0x66
    NO_CARD = 0x80
    SELECT_FAILED = 0x81
    ITEM_ABSENT = 0x91


_FIRST_BYTES_VARY = frozenset(
    {
        StatusWord.CARD_AUTHENTICATION,
        StatusWord.CARD_READ_FAILED,
        StatusWord.RANDOM_NUMBER,
        StatusWord.SELECT_FAILED,
    }
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer with a right checksum; `data` may be personal and stays out of the repr."""

    words: bytes
    data: bytes = field(default=b"", repr=False)

    @property
    def status(self) -> StatusWord | None:
        """The status word, or None for one that the protocol does not know."""
        try:
            word = StatusWord(self.words[2])
        except ValueError:
            return None
        return word if word in _FIRST_BYTES_VARY or self.words[:2] == b"\0\0" else None


@dataclass(frozen=True, slots=True)
class Garbled:
    """Something began like a frame and was none."""

    why: str


def checksum(covered: bytes) -> int:
    """Return the exclusive or of all bytes."""
    return reduce(xor, covered, 0)


def frame(body: bytes) -> bytes:
    """Wrap *body* (command or status words, with data) into preamble, length and checksum."""
    covered = struct.pack(">H", len(body) + 1) + body
    return PREAMBLE + covered + bytes([checksum(covered)])


def request(command: Command) -> bytes:
    """Return the whole frame that asks *command*."""
    return frame(command.value)


def answer(word: StatusWord | int, data: bytes = b"", *, first: bytes = b"\0\0") -> bytes:
    """Return the whole frame of an answer, as a module sends it."""
    last = word.value if isinstance(word, StatusWord) else word
    return frame(first + bytes([last]) + data)


class FrameParser:
    """Finds frames in bytes that arrive in any portions, whatever rubbish lies between them.

    After a frame that was none, the search goes on one byte behind its beginning, so that a
    true frame is found even if noise looked like a preamble.
    """

    def __init__(self, shortest: int = _SHORTEST_ANSWER) -> None:
        self._shortest = shortest
        self._held = bytearray()

    @classmethod
    def for_requests(cls) -> "FrameParser":
        """Return a parser for the module's side of the wire."""
        return cls(_SHORTEST_REQUEST)

    def feed(self, data: bytes) -> None:
        """Take bytes as they came."""
        self._held += data

    @property
    def begun(self) -> bool:
        """Say whether the header of a frame has come and the rest is awaited."""
        return self._held.startswith(PREAMBLE) and len(self._held) >= len(PREAMBLE) + 2

    def next_body(self) -> bytes | Garbled | None:
        """Return what lies between length and checksum of the next frame, None while incomplete."""
        start = self._held.find(PREAMBLE)
        if start < 0:
            del self._held[: max(0, len(self._held) - len(PREAMBLE) + 1)]
            return None
        del self._held[:start]
        if not self.begun:
            return None
        (length,) = struct.unpack_from(">H", self._held, len(PREAMBLE))
        if not self._shortest <= length <= _LONGEST:
            del self._held[0]
            return Garbled("length")
        end = len(PREAMBLE) + 2 + length
        if len(self._held) < end:
            return None
        covered = bytes(self._held[len(PREAMBLE) : end])
        if checksum(covered):
            del self._held[0]
            return Garbled("checksum")
        del self._held[:end]
        return covered[2:-1]

    def next_answer(self) -> Answer | Garbled | None:
        """Return the next answer of the module, or None while incomplete."""
        match self.next_body():
            case bytes() as body:
                return Answer(body[:3], body[3:])
            case other:
                return other


def sam_id(data: bytes) -> str | None:
    """Return the module's identity as it is printed on the reader, or None for wrong data.

    `05.03-20180101-0000123456-0987654321`: five little-endian numbers.
    """
    if len(data) != struct.calcsize("<HHIII"):
        return None
    return "{:02d}.{:02d}-{:08d}-{:010d}-{:010d}".format(*struct.unpack("<HHIII", data))


def sam_id_data(printed: str) -> bytes:
    """Return the sixteen bytes behind a printed identity; raises ValueError for another form."""
    first, day, batch, serial = printed.split("-")
    kind, version = first.split(".")
    return struct.pack("<HHIII", int(kind), int(version), int(day), int(batch), int(serial))


def text_of(data: bytes) -> bytes | None:
    """Return the text block of an answer to READ, or None if the lengths in it do not add up.

    The photo behind it is left where it is.
    """
    if len(data) < 4:
        return None
    text_length, photo_length = struct.unpack_from(">HH", data)
    if text_length != TEXT_LENGTH or len(data) != 4 + text_length + photo_length:
        return None
    return data[4 : 4 + TEXT_LENGTH]


def base_information(text: bytes, photo: bytes) -> bytes:
    """Return the data of an answer to READ."""
    return struct.pack(">HH", len(text), len(photo)) + text + photo
