"""
A chip card in the virtual slot of vsmartcard's `vpcd`, so that the real PC/SC service reads it.

Each message is two bytes of length and that many of content: one byte switches the card (0 off,
1 on, 2 reset, 4 asks for its ATR), more are a command. A card is in the slot as long as it is
connected to the port where `vpcd` listens. That port is open to every network: run the service
in a network namespace of its own.
"""

import socket
import struct
import threading
from contextlib import suppress

from devices.simulators.chip_card import ATR, ChipFiles, ChipOnCard, social_security_files
from devices.simulators.control import MisusedVerb, Verb

_ASK_ATR = 4
_CONNECT_SECONDS = 5.0
_LENGTH = struct.Struct(">H")


class ChipOnVpcd:
    """The simulated card for the slot that listens at *address*, `HOST:PORT`."""

    def __init__(self, address: str, files: ChipFiles | None = None) -> None:
        self._address = address
        self._chip = ChipOnCard(files or social_security_files())
        self._slot: socket.socket | None = None
        self._until_pulled: int | None = None

    @property
    def address(self) -> str:
        """Where the slot listens."""
        return self._address

    @property
    def verbs(self) -> dict[str, Verb]:
        """What the control channel may ask."""
        return {"insert": self.insert, "pull": self.pull, "stand_at": self.stand_at}

    def state(self) -> dict[str, object]:
        """Return whether the card is in the slot."""
        return {"inserted": self._slot is not None}

    def start(self) -> None:
        """Insert the card."""
        self.insert()

    def stop(self) -> None:
        """Pull the card."""
        self.pull()

    def insert(self) -> None:
        """Put the card into the slot."""
        if self._slot is not None:
            return
        host, _, port = self._address.rpartition(":")
        try:
            self._slot = socket.create_connection((host, int(port)), _CONNECT_SECONDS)
        except (OSError, ValueError) as fault:
            raise MisusedVerb(f"no slot at {self._address}") from fault
        self._slot.settimeout(None)
        self._chip.reset()
        threading.Thread(target=self._serve, args=(self._slot,), name="chip", daemon=True).start()

    def pull(self, after_commands: int | None = None) -> None:
        """Pull the card now, or once behind so many more commands."""
        if after_commands is not None:
            self._until_pulled = after_commands
            return
        slot, self._slot = self._slot, None
        if slot is not None:
            with suppress(OSError):
                slot.shutdown(socket.SHUT_RDWR)
            slot.close()

    def stand_at(self, status: int | None) -> None:
        """Answer every reading with one status word, null heals."""
        if status is not None and not 0x6000 <= status <= 0x9FFF:
            raise MisusedVerb("no status word")
        self._chip.stand_at(status)

    def _serve(self, slot: socket.socket) -> None:
        # The slot's end of the line breaks when the card is pulled, here or there.
        with suppress(OSError):
            while (message := _received(slot)) is not None:
                self._obey(slot, message)

    def _obey(self, slot: socket.socket, message: bytes) -> None:
        if len(message) > 1:
            if self._until_pulled == 0:
                self._until_pulled = None
                self.pull()
                return
            if self._until_pulled is not None:
                self._until_pulled -= 1
            _send(slot, self._chip.answer(message))
        elif message == bytes((_ASK_ATR,)):
            _send(slot, ATR)
        else:
            self._chip.reset()


def _received(slot: socket.socket) -> bytes | None:
    head = _exactly(slot, _LENGTH.size)
    return None if head is None else _exactly(slot, _LENGTH.unpack(head)[0])


def _exactly(slot: socket.socket, count: int) -> bytes | None:
    data = b""
    while len(data) < count:
        portion = slot.recv(count - len(data))
        if not portion:
            return None
        data += portion
    return data


def _send(slot: socket.socket, content: bytes) -> None:
    slot.sendall(_LENGTH.pack(len(content)) + content)
