"""
The security module and the card on it: what answers frames, without a wire.
"""

import threading
from enum import StrEnum

from devices.protocols import id_card_addresses
from devices.protocols.id_card_frames import (
    BAUD_COMMANDS,
    Command,
    FrameParser,
    StatusWord,
    answer,
    base_information,
    sam_id_data,
)
from devices.simulators.sample_people import PHOTO, SampleCard

SAM_ID = "05.03-20180101-0000123456-0987654321"
ANOTHER_SAM_ID = "05.03-20210601-0000654321-0123456789"

_BAUD_SET_BY = {command: baud for baud, command in BAUD_COMMANDS.items()}
# What a module of the first years does not know.
_LATER_COMMANDS = frozenset({Command.APPEND_ADDRESSES, *_BAUD_SET_BY})


class Mishap(StrEnum):
    """What can go wrong with the next answer to a command."""

    SILENT = "silent"
    GARBAGE_BEFORE = "garbage_before"
    WRONG_CHECKSUM = "wrong_checksum"
    CUT_SHORT = "cut_short"
    STATUS = "status"


class SamModule:
    """Takes request frames, gives answer frames, and keeps the module's rules: a card that was read
    is not found again before it has been lifted.
    """

    def __init__(self, printed_id: str = SAM_ID, *, baud: int = 115200) -> None:
        self._id = printed_id
        self._lacking: StatusWord | None = None
        self._lift_after: Command | None = None
        self.baud = baud
        self._lock = threading.Lock()
        self._card: SampleCard | None = None
        self._found = False
        self._selected = False
        self._used = False
        self._mishaps: dict[Command, tuple[Mishap, int]] = {}
        self._standing: StatusWord | None = None
        self.requests: list[Command] = []

    def place(self, card: SampleCard) -> None:
        """Put a card on the reader, in place of any other."""
        with self._lock:
            self._card, self._found, self._selected, self._used = card, False, False, False

    def take(self) -> None:
        """Lift the card."""
        with self._lock:
            self._lift()

    def lift_after(self, command: Command) -> None:
        """Lift the card once, right after the answer to *command*."""
        with self._lock:
            self._lift_after = command

    def change_identity(self, printed_id: str) -> None:
        """Become another module, as when the reader is swapped."""
        with self._lock:
            self._id = printed_id

    def grow_old(self, answering: StatusWord | None) -> None:
        """Answer what older modules have never learnt with this word, or learn it again."""
        with self._lock:
            self._lacking = answering

    def power_on(self) -> None:
        """Forget what was done with the card that lies there."""
        with self._lock:
            self._found, self._selected, self._used = False, False, False

    def spoil(self, command: Command, mishap: Mishap, status: int = 0) -> None:
        """Let the next answer to *command* go wrong; *status* is the last byte of a status word."""
        with self._lock:
            self._mishaps[command] = (mishap, status)

    def stand_at(self, word: StatusWord | None) -> None:
        """Answer every command with *word* from now on, or heal."""
        with self._lock:
            self._standing = word

    def state(self) -> dict[str, object]:
        """Return what lies on the reader and how the module is."""
        with self._lock:
            return {
                "card": self._card.key if self._card else None,
                "was_read": self._used,
                "stands_at": self._standing.name.lower() if self._standing else None,
            }

    def answer_to(self, body: bytes) -> bytes:
        """Return the bytes that go back for the body of a request frame."""
        with self._lock:
            try:
                command = Command(body[:2])
            except ValueError:
                return answer(StatusWord.COMMAND_UNKNOWN)
            self.requests.append(command)
            if self._standing is not None:
                return answer(self._standing)
            if self._lacking is not None and command in _LATER_COMMANDS:
                return answer(self._lacking)
            mishap, status = self._mishaps.pop(command, (None, 0))
            if mishap is Mishap.STATUS:
                # A read that failed uses the card up as one that succeeded does.
                self._used = self._used or command is Command.READ
                return answer(status)
            spoken = _spoiled(self._true_answer(command), mishap)
            if command is self._lift_after:
                self._lift_after = None
                self._lift()
            return spoken

    def _lift(self) -> None:
        self._card, self._found, self._selected, self._used = None, False, False, False

    def _true_answer(self, command: Command) -> bytes:
        match command:
            case Command.SAM_ID:
                return answer(StatusWord.SUCCESS, sam_id_data(self._id))
            case Command.FIND:
                return self._find()
            case Command.SELECT:
                return self._select()
            case Command.READ:
                return self._read()
            case Command.APPEND_ADDRESSES:
                return self._appended()
            case _:
                self.baud = _BAUD_SET_BY.get(command, self.baud)
                return answer(StatusWord.SUCCESS)

    def _find(self) -> bytes:
        self._selected = False
        if self._card is None or self._used:
            return answer(StatusWord.NO_CARD)
        self._found = True
        return answer(StatusWord.CARD_FOUND, bytes(4))

    def _select(self) -> bytes:
        self._selected = self._card is not None and (self._found or self._used)
        if not self._selected:
            return answer(StatusWord.SELECT_FAILED)
        return answer(StatusWord.SUCCESS, bytes(8))

    def _read(self) -> bytes:
        if self._card is None or not self._selected:
            return answer(StatusWord.CARD_READ_FAILED)
        self._used = True
        return answer(StatusWord.SUCCESS, base_information(self._card.text, PHOTO))

    def _appended(self) -> bytes:
        if self._card is None or not self._selected:
            return answer(StatusWord.CARD_READ_FAILED)
        if not self._card.appended:
            return answer(StatusWord.ITEM_ABSENT)
        return answer(StatusWord.SUCCESS, id_card_addresses.encode(self._card.appended))


def bodies(parser: FrameParser) -> list[bytes]:
    """Return the bodies of all whole requests that *parser* holds; a module ignores the rest."""
    found = []
    while (body := parser.next_body()) is not None:
        if isinstance(body, bytes):
            found.append(body)
    return found


def _spoiled(true: bytes, mishap: Mishap | None) -> bytes:
    match mishap:
        case Mishap.SILENT:
            return b""
        case Mishap.GARBAGE_BEFORE:
            return bytes.fromhex("00FFAAAA9669AAAAAA5512") + true
        case Mishap.WRONG_CHECKSUM:
            return true[:-1] + bytes([true[-1] ^ 0xFF])
        case Mishap.CUT_SHORT:
            return true[: len(true) // 2]
        case _:
            return true
