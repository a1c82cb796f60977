"""
A chip card that does not exist: files and the few commands that read them (ISO/IEC 7816-4).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from devices.protocols import social_security_files as files_of

ATR = bytes.fromhex("3B951381018073FF01000B")

_HEAD = 4
_UNKNOWN_INSTRUCTION, _WRONG_LENGTH = 0x6D00, 0x6700


@dataclass(frozen=True, slots=True)
class ChipFiles:
    """What is on the chip: transparent files and files of records, by short id.

    `stands_at` answers everything but the selection with one status word; `in_portions` makes the
    card give answers as cards of protocol T=0 do.
    """

    name: bytes
    binaries: Mapping[int, bytes] = field(repr=False)
    records: Mapping[int, tuple[bytes, ...]] = field(repr=False)
    stands_at: int | None = None
    in_portions: bool = False


def social_security_files(
    number: str = "653001199003070022",
    name: str = "阿依古丽·测试",
    *,
    sex: str = "2",
    card_number: str = "A12345678",
    valid_until: str = "20400101",
) -> ChipFiles:
    """Return the files of a person who obviously does not exist."""
    holder = {8: number, 9: name, 10: sex}
    card_file, *records = files_of.encode(holder, card_number, valid_until)
    return ChipFiles(
        files_of.APPLICATION_NAME,
        {files_of.CARD_FILE: card_file},
        {files_of.HOLDER_FILE: tuple(records)},
    )


class ChipOnCard:
    """Answers commands for one set of files, from being switched on to being switched off."""

    def __init__(self, files: ChipFiles) -> None:
        self._files = files
        self.reset()

    def reset(self) -> None:
        """Forget what was selected."""
        self._selected = False
        self._waiting = b""

    def stand_at(self, status: int | None) -> None:
        """Answer every reading with one status word from now on, or heal."""
        self._files = replace(self._files, stands_at=status)

    def answer(self, command: bytes) -> bytes:
        """Return the answer to one command."""
        if len(command) < _HEAD:
            return _status(_WRONG_LENGTH)
        ins, p1, p2, body = command[1], command[2], command[3], command[_HEAD:]
        match ins:
            case 0xA4:
                return self._select(body)
            case 0xC0:
                return self._portion(body)
            case 0xB0 | 0xB2 if self._files.stands_at is not None:
                return _status(self._files.stands_at)
            case 0xB0:
                return self._give(self._binary(p1 & 0x1F), body)
            case 0xB2:
                return self._give(self._record(p2 >> 3, p1), body)
        return _status(_UNKNOWN_INSTRUCTION)

    def _select(self, body: bytes) -> bytes:
        self._selected = bool(body) and body[1 : 1 + body[0]] == self._files.name
        return _status(0x9000 if self._selected else 0x6A82)

    def _binary(self, short_id: int) -> bytes | int:
        found = self._files.binaries.get(short_id) if self._selected else None
        return 0x6A82 if found is None else found

    def _record(self, short_id: int, number: int) -> bytes | int:
        found = self._files.records.get(short_id) if self._selected else None
        if found is None:
            return 0x6A82
        return found[number - 1] if 1 <= number <= len(found) else 0x6A83

    def _give(self, found: bytes | int, body: bytes) -> bytes:
        if isinstance(found, int):
            return _status(found)
        wanted = (body[0] or 256) if body else 0
        if self._files.in_portions:
            self._waiting = found
            return _status(0x6100 | len(found))
        return found[:wanted] + _status(0x9000 if len(found) >= wanted else 0x6282)

    def _portion(self, body: bytes) -> bytes:
        half = (len(self._waiting) + 1) // 2
        given, self._waiting = self._waiting[:half], self._waiting[half:]
        if not body or body[0] < len(given):
            return _status(0x6C00 | len(given))
        return given + _status(0x6100 | len(self._waiting) if self._waiting else 0x9000)


def _status(word: int) -> bytes:
    return word.to_bytes(2, "big")
