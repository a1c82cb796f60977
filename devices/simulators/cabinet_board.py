"""
A relay and input board with a thermometer, on a pseudo-terminal: eight relays, eight contacts.

It answers Modbus RTU as such boards do: silent to a wrong CRC and to other units, an exception to
what it does not have.
"""

import os
import select
import struct
import threading
from collections.abc import Callable
from pathlib import Path

from devices.protocols.modbus_rtu import Function, Malformed, framed, pack_bits, unframed
from devices.simulators.control import MisusedVerb, Verb
from devices.simulators.pty_port import PtyPort

UNIT, THERMOMETER = 1, 2
RELAYS = ("reader", "paper_exit", "in_service", "out_of_service")
CONTACTS = ("door_open", "tray_open", "key_turned", "on_battery")
_COUNT = 8
_LOOK_SECONDS = 0.005
_SILENT_LOOKS = 4
_ILLEGAL_FUNCTION, _ILLEGAL_ADDRESS, _ILLEGAL_VALUE = 1, 2, 3


class _Exception(Exception):
    """An exception code of Modbus."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class CabinetBoard:
    """What the board knows and how it answers; no line yet."""

    def __init__(self) -> None:
        self.relays = [False] * _COUNT
        self.contacts = [False] * _COUNT
        self.tenths = 285
        self.thermometer_answers = True

    def answer_to(self, frame: bytes) -> bytes:
        """Return the answer to one frame, or nothing where a board is silent."""
        try:
            body = unframed(frame)
        except Malformed:
            return b""
        unit, function = body[0], body[1]
        if unit not in (UNIT, THERMOMETER) or (
            unit == THERMOMETER and not self.thermometer_answers
        ):
            return b""
        try:
            data = self._of_thermometer(body) if unit == THERMOMETER else self._of_board(body)
        except _Exception as refusal:
            return framed(bytes((unit, function | 0x80, refusal.code)))
        return framed(bytes((unit, function)) + data)

    def _of_thermometer(self, body: bytes) -> bytes:
        if body[1] not in (Function.READ_INPUT_REGISTERS, Function.READ_HOLDING_REGISTERS):
            raise _Exception(_ILLEGAL_FUNCTION)
        address, count = struct.unpack(">HH", body[2:6])
        if (address, count) != (1, 1):
            raise _Exception(_ILLEGAL_ADDRESS)
        return b"\x02" + struct.pack(">h", self.tenths)

    def _of_board(self, body: bytes) -> bytes:
        address, value = struct.unpack(">HH", body[2:6])
        match body[1]:
            case Function.READ_COILS:
                return _row(self.relays, address, value)
            case Function.READ_DISCRETE_INPUTS:
                return _row(self.contacts, address, value)
            case Function.WRITE_SINGLE_COIL:
                if value not in (0x0000, 0xFF00):
                    raise _Exception(_ILLEGAL_VALUE)
                self._set(address, [value == 0xFF00])
            case Function.WRITE_MULTIPLE_COILS:
                if body[6] != (value + 7) // 8 or len(body) != 7 + body[6]:
                    raise _Exception(_ILLEGAL_VALUE)
                self._set(address, [bool(body[7 + at // 8] >> at % 8 & 1) for at in range(value)])
            case _:
                raise _Exception(_ILLEGAL_FUNCTION)
        return body[2:6]

    def _set(self, address: int, values: list[bool]) -> None:
        if address + len(values) > _COUNT:
            raise _Exception(_ILLEGAL_ADDRESS)
        self.relays[address : address + len(values)] = values


def request_length(beginning: bytes) -> int | None:
    """Return how long the request is that begins so; None while that is not to be told."""
    if len(beginning) < 2:
        return None
    if beginning[1] != Function.WRITE_MULTIPLE_COILS:
        return 8
    return 9 + beginning[6] if len(beginning) > 6 else None


class BoardOnPty:
    """The board at the far end of a serial line."""

    def __init__(self, *, link: Path | None = None) -> None:
        self.board = CabinetBoard()
        self._port = PtyPort(link)
        self._lock = threading.Lock()
        self._near: int | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="cabinet board", daemon=True)

    @property
    def address(self) -> str:
        """The path to open as a serial port."""
        return str(self._port.link)

    @property
    def verbs(self) -> dict[str, Verb]:
        """What the control channel may ask."""
        return {
            "make": self.make,
            "part": self.part,
            "warm": self.warm,
            "lose_power": self.lose_power,
            "pull_cable": self.pull_cable,
            "plug_cable": self.plug_cable,
        }

    def state(self) -> dict[str, object]:
        """Return lamps, contacts, degrees, and whether the cable is plugged in."""
        return {
            "plugged": self._near is not None,
            "lamps": {name: self.board.relays[at] for at, name in enumerate(RELAYS)},
            "contacts": {name: self.board.contacts[at] for at, name in enumerate(CONTACTS)},
            "celsius": self.board.tenths / 10,
        }

    def start(self) -> None:
        """Plug the cable in and answer in a thread of its own."""
        self.plug_cable()
        self._thread.start()

    def stop(self) -> None:
        """End, leaving no files."""
        self._stopping.set()
        self._thread.join(2)
        with self._lock:
            self._near = None
            self._port.remove()

    def make(self, contact: str) -> None:
        """Make a contact: `door_open` opens the door."""
        self.board.contacts[_number(contact)] = True

    def part(self, contact: str) -> None:
        """Part a contact: `door_open` shuts the door."""
        self.board.contacts[_number(contact)] = False

    def warm(self, celsius: float) -> None:
        """Let the cabinet be so warm."""
        self.board.tenths = round(celsius * 10)

    def lose_power(self) -> None:
        """Restart the board: all relays fall."""
        self.board.relays[:] = [False] * _COUNT

    def pull_cable(self) -> None:
        """Pull the cable now."""
        with self._lock:
            self._near = None
            self._port.pull()

    def plug_cable(self) -> None:
        """Plug the cable in again: another port of the kernel, under the same address."""
        with self._lock:
            if self._near is None:
                self._near = self._port.plug()

    def _serve(self) -> None:
        heard, silent = b"", 0
        while not self._stopping.is_set():
            data = self._with_line(_waiting)
            heard += data
            silent = 0 if data else silent + 1
            length = request_length(heard)
            if length is not None and len(heard) >= length:
                self._send(self.board.answer_to(heard[:length]))
                heard = b""
            if silent >= _SILENT_LOOKS:
                # Silence parts frames: what has not become one by now never will.
                heard = b""
            if not data:
                self._stopping.wait(_LOOK_SECONDS)

    def _send(self, answer: bytes) -> None:
        if answer:
            self._with_line(lambda near: os.write(near, answer).to_bytes(2, "big"))

    def _with_line(self, act: Callable[[int], bytes]) -> bytes:
        with self._lock:
            return b"" if self._near is None else act(self._near)


def _waiting(near: int) -> bytes:
    ready, _, _ = select.select([near], [], [], 0)
    return os.read(near, 256) if ready else b""


def _row(values: list[bool], address: int, count: int) -> bytes:
    if not count or address + count > _COUNT:
        raise _Exception(_ILLEGAL_ADDRESS)
    packed = pack_bits(values[address : address + count])
    return bytes((len(packed),)) + packed


def _number(contact: str) -> int:
    if contact not in CONTACTS:
        raise MisusedVerb(f"contacts: {', '.join(CONTACTS)}")
    return CONTACTS.index(contact)
