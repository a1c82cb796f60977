"""
A slot of PC/SC (pcscd on Linux), by way of `pyscard`, an optional part of a terminal.

The module is loaded when the slot is first used: a terminal without a slot needs neither it nor
the service behind it, and one where either is missing has an absent slot.
"""

from importlib import import_module
from typing import Any

from devices.transports.chip_line import NoChip
from devices.transports.line import LineLost

# Result codes that speak of the card; all others speak of the reader or the service.
_CARD_GONE = frozenset(
    {
        0x8010000C,  # SCARD_E_NO_SMARTCARD
        0x80100066,  # SCARD_W_UNRESPONSIVE_CARD
        0x80100067,  # SCARD_W_UNPOWERED_CARD
        0x80100068,  # SCARD_W_RESET_CARD
        0x80100069,  # SCARD_W_REMOVED_CARD
    }
)


class PcscSlot:
    """The first reader whose name contains *name*; *scard* replaces the module in tests."""

    def __init__(self, name: str = "", *, scard: Any = None) -> None:
        self._name = name
        self._module = scard
        self._context: Any = None
        self._card: Any = None
        self._protocol: Any = None

    def reader(self) -> str:
        """Return the reader's full name."""
        scard = self._scard()
        if self._context is None:
            code, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
            self._expect(code, "no service")
            self._context = context
        code, names = scard.SCardListReaders(self._context, [])
        self._expect(code, "no reader")
        for found in names:
            if self._name in found:
                return str(found)
        raise LineLost("no such reader")

    def present(self) -> bool:
        """Ask the service, which watches the slot, and leave the card alone."""
        scard, reader = self._scard(), self.reader()
        wanted = [(reader, scard.SCARD_STATE_UNAWARE)]
        code, states = scard.SCardGetStatusChange(self._context, 0, wanted)
        self._expect(code, "no state")
        return bool(states[0][1] & scard.SCARD_STATE_PRESENT)

    def connect(self) -> None:
        """Switch the card on."""
        self.disconnect()
        scard, reader = self._scard(), self.reader()
        either = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        code, card, protocol = scard.SCardConnect(
            self._context, reader, scard.SCARD_SHARE_EXCLUSIVE, either
        )
        self._expect(code, "cannot connect")
        self._card, self._protocol = card, protocol

    def transmit(self, command: bytes) -> bytes:
        """Send one command."""
        if self._card is None:
            raise NoChip("not connected")
        code, answer = self._scard().SCardTransmit(self._card, self._protocol, list(command))
        self._expect(code, "cannot transmit")
        return bytes(each & 0xFF for each in answer)

    def disconnect(self) -> None:
        """Switch the card off and let go of it."""
        card, self._card = self._card, None
        if card is not None:
            # What is left of a card that has gone needs no result.
            self._scard().SCardDisconnect(card, self._scard().SCARD_UNPOWER_CARD)

    def close(self) -> None:
        """Let go of the service."""
        self.disconnect()
        context, self._context = self._context, None
        if context is not None:
            self._scard().SCardReleaseContext(context)

    def _scard(self) -> Any:
        if self._module is None:
            try:
                self._module = import_module("smartcard.scard")
            except ImportError as fault:
                raise LineLost("pyscard is not installed") from fault
        return self._module

    def _expect(self, code: int, what: str) -> None:
        unsigned = code & 0xFFFFFFFF
        if not unsigned:
            return
        if unsigned in _CARD_GONE:
            raise NoChip(f"{what}: {unsigned:08x}")
        # The service may have been restarted; a context of the old one is good for nothing.
        self.close()
        raise LineLost(f"{what}: {unsigned:08x}")
