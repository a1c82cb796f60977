"""
Commands to a chip card and its answers (ISO/IEC 7816-4), and the simple TLV of its records.
"""

from dataclasses import dataclass, field
from enum import Enum

_MOST_DATA = 255


@dataclass(frozen=True, slots=True)
class Command:
    """One short command; *expect* is how many bytes are wanted back, 256 for all there are, None
    for none.
    """

    ins: int
    p1: int = 0
    p2: int = 0
    data: bytes = b""
    expect: int | None = None
    cla: int = 0

    def encode(self) -> bytes:
        """Return the bytes; raises ValueError for more data than a short command carries."""
        if len(self.data) > _MOST_DATA:
            raise ValueError("a short command carries 255 bytes")
        head = bytes((self.cla, self.ins, self.p1, self.p2))
        body = bytes((len(self.data),)) + self.data if self.data else b""
        tail = b"" if self.expect is None else bytes((self.expect % 256,))
        return head + body + tail


class Meaning(Enum):
    """What a status word says, as far as a reader of files must tell them apart."""

    DONE = "done"
    MORE = "more"
    OTHER_LENGTH = "other_length"
    NOT_FOUND = "not_found"
    NO_SUCH_RECORD = "no_such_record"
    LOCKED = "locked"
    REFUSED = "refused"


_MEANINGS = {
    0x9000: Meaning.DONE,
    # The file or record ended before the wanted length: what came is all.
    0x6282: Meaning.DONE,
    0x6A82: Meaning.NOT_FOUND,
    0x6A83: Meaning.NO_SUCH_RECORD,
    0x6982: Meaning.LOCKED,
    0x6983: Meaning.LOCKED,
    0x6283: Meaning.LOCKED,
}


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: data, which may be personal, and the status word."""

    status: int
    data: bytes = field(default=b"", repr=False)

    @classmethod
    def decode(cls, raw: bytes) -> "Response | None":
        """Return the answer in *raw*, or None for bytes too short to be one."""
        if len(raw) < 2:
            return None
        return cls(int.from_bytes(raw[-2:], "big"), raw[:-2])

    def encode(self) -> bytes:
        """Return the bytes as a card sends them."""
        return self.data + self.status.to_bytes(2, "big")

    @property
    def meaning(self) -> Meaning:
        """What the status word says."""
        match self.status >> 8:
            case 0x61:
                return Meaning.MORE
            case 0x6C:
                return Meaning.OTHER_LENGTH
        return _MEANINGS.get(self.status, Meaning.REFUSED)

    @property
    def count(self) -> int:
        """The bytes that `MORE` has waiting or `OTHER_LENGTH` asks for."""
        return self.status & 0xFF or 256


def select_application(name: bytes) -> Command:
    """Select by AID, asking for no control information back: some cards have none to give."""
    return Command(0xA4, 0x04, 0x0C, name)


def read_binary(short_id: int, length: int) -> Command:
    """Read the beginning of the transparent file *short_id* (1 to 30)."""
    return Command(0xB0, 0x80 | short_id, 0, expect=length)


def read_record(short_id: int, number: int) -> Command:
    """Read record *number*, from 1, of file *short_id*."""
    return Command(0xB2, number, short_id << 3 | 4, expect=256)


def rest_of_answer(length: int) -> Command:
    """Fetch what an answer of `MORE` has waiting."""
    return Command(0xC0, expect=length)


def simple_tlv(data: bytes) -> tuple[int, bytes] | None:
    """Return tag and value of a record, or None if the length in it does not fit.

    Filling behind the value is left out.
    """
    if len(data) < 2 or len(data) < 2 + data[1]:
        return None
    return data[0], data[2 : 2 + data[1]]
