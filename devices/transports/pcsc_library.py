"""
The functions of PC/SC as Linux has them, in `libpcsclite.so.1`: the library that comes with the
service itself, called without a module that would need a compiler.

Result codes are those of winscard.h, unsigned, 0 for success. On Linux its `DWORD` and `LONG` are
as wide as a pointer, unlike on Windows.
"""

import ctypes
from dataclasses import dataclass

LIBRARY = "libpcsclite.so.1"

SCOPE_USER = 0
SHARE_EXCLUSIVE = 1
PROTOCOL_T0, PROTOCOL_T1 = 1, 2
UNPOWER_CARD = 2
STATE_UNAWARE, STATE_PRESENT = 0, 0x20

NO_READERS = 0x8010002E

_LONGEST_ATR = 33
# An extended answer (ISO 7816-4): 65,536 bytes and two of status.
_LONGEST_ANSWER = 65_538

_Dword = ctypes.c_ulong
_Handle = ctypes.c_long


class _ReaderState(ctypes.Structure):
    _fields_ = (
        ("reader", ctypes.c_char_p),
        ("user_data", ctypes.c_void_p),
        ("current_state", _Dword),
        ("event_state", _Dword),
        ("atr_length", _Dword),
        ("atr", ctypes.c_ubyte * _LONGEST_ATR),
    )


class _IoRequest(ctypes.Structure):
    _fields_ = (("protocol", ctypes.c_ulong), ("length", ctypes.c_ulong))


@dataclass(frozen=True, slots=True)
class Answered:
    """A result code and, where it is 0, what the function gave."""

    code: int
    value: int = 0
    protocol: int = 0
    data: bytes = b""
    names: tuple[str, ...] = ()


class PcscLibrary:
    """The eight functions that a slot needs; raises OSError where the library is not installed."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(LIBRARY)

    def establish_context(self) -> Answered:
        """Speak to the service; the value is the context."""
        context = _Handle()
        code = self._call("SCardEstablishContext", _Dword(SCOPE_USER), None, None, _out(context))
        return Answered(code, context.value)

    def release_context(self, context: int) -> Answered:
        """Speak to the service no more."""
        return Answered(self._call("SCardReleaseContext", _Handle(context)))

    def list_readers(self, context: int) -> Answered:
        """Return the names of all readers."""
        length = _Dword()
        code = self._call("SCardListReaders", _Handle(context), None, None, _out(length))
        if code == NO_READERS:
            return Answered(0)
        if code:
            return Answered(code)
        names = ctypes.create_string_buffer(length.value)
        code = self._call("SCardListReaders", _Handle(context), None, names, _out(length))
        found = names.raw[: length.value].decode("utf-8", "replace").split("\0") if not code else ()
        return Answered(code, names=tuple(name for name in found if name))

    def status(self, context: int, reader: str) -> Answered:
        """Return at once what the service sees in a reader; the value is its event state."""
        state = _ReaderState(reader=reader.encode(), current_state=STATE_UNAWARE)
        code = self._call(
            "SCardGetStatusChange", _Handle(context), _Dword(0), _out(state), _Dword(1)
        )
        return Answered(code, state.event_state)

    def connect(self, context: int, reader: str) -> Answered:
        """Switch a card on for this program alone; the value is the card, with its protocol."""
        card, protocol = _Handle(), _Dword()
        code = self._call(
            "SCardConnect",
            _Handle(context),
            reader.encode(),
            _Dword(SHARE_EXCLUSIVE),
            _Dword(PROTOCOL_T0 | PROTOCOL_T1),
            _out(card),
            _out(protocol),
        )
        return Answered(code, card.value, protocol.value)

    def transmit(self, card: int, protocol: int, command: bytes) -> Answered:
        """Send one command; the data are the answer."""
        header = _IoRequest(protocol, ctypes.sizeof(_IoRequest))
        answer = ctypes.create_string_buffer(_LONGEST_ANSWER)
        length = _Dword(_LONGEST_ANSWER)
        code = self._call(
            "SCardTransmit",
            _Handle(card),
            _out(header),
            command,
            _Dword(len(command)),
            None,
            answer,
            _out(length),
        )
        data = answer.raw[: length.value] if not code else b""
        ctypes.memset(answer, 0, _LONGEST_ANSWER)
        return Answered(code, data=data)

    def disconnect(self, card: int) -> Answered:
        """Switch a card off and let go of it."""
        return Answered(self._call("SCardDisconnect", _Handle(card), _Dword(UNPOWER_CARD)))

    def _call(self, name: str, *arguments: object) -> int:
        function = self._library[name]
        function.restype = ctypes.c_long
        # Handles are the service's numbers; a wider LONG carries the codes with their sign or not.
        return int(function(*arguments)) & 0xFFFFFFFF


def _out(value: "_Handle | _Dword | ctypes.Structure") -> object:
    return ctypes.byref(value)
