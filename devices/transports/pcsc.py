"""
A slot of PC/SC (pcscd on Linux).

The library is loaded when the slot is first used: a terminal without a slot needs neither it nor
the service behind it, and one where either is missing has an absent slot.
"""

from typing import Protocol

from devices.transports.chip_line import NoChip
from devices.transports.line import LineLost
from devices.transports.pcsc_library import STATE_PRESENT, Answered, PcscLibrary

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


class Scard(Protocol):
    """The functions of PC/SC that a slot calls."""

    def establish_context(self) -> Answered:
        """Speak to the service."""
        ...

    def release_context(self, context: int) -> Answered:
        """Speak to the service no more."""
        ...

    def list_readers(self, context: int) -> Answered:
        """Return the names of all readers."""
        ...

    def status(self, context: int, reader: str) -> Answered:
        """Return at once what the service sees in a reader."""
        ...

    def connect(self, context: int, reader: str) -> Answered:
        """Switch a card on for this program alone."""
        ...

    def transmit(self, card: int, protocol: int, command: bytes) -> Answered:
        """Send one command."""
        ...

    def disconnect(self, card: int) -> Answered:
        """Switch a card off."""
        ...


class PcscSlot:
    """The first reader whose name contains *name*; *scard* replaces the library in tests."""

    def __init__(self, name: str = "", *, scard: Scard | None = None) -> None:
        self._name = name
        self._library = scard
        self._context: int | None = None
        self._card: tuple[int, int] | None = None

    def reader(self) -> str:
        """Return the reader's full name."""
        _, reader = self._reader()
        return reader

    def present(self) -> bool:
        """Ask the service, which watches the slot, and leave the card alone."""
        context, reader = self._reader()
        state = self._expect(self._scard().status(context, reader), "no state")
        return bool(state.value & STATE_PRESENT)

    def connect(self) -> None:
        """Switch the card on."""
        self.disconnect()
        context, reader = self._reader()
        card = self._expect(self._scard().connect(context, reader), "cannot connect")
        self._card = card.value, card.protocol

    def transmit(self, command: bytes) -> bytes:
        """Send one command."""
        if self._card is None:
            raise NoChip("not connected")
        answer = self._scard().transmit(*self._card, command)
        return self._expect(answer, "cannot transmit").data

    def disconnect(self) -> None:
        """Switch the card off and let go of it."""
        card, self._card = self._card, None
        if card is not None:
            # What is left of a card that has gone needs no result.
            self._scard().disconnect(card[0])

    def close(self) -> None:
        """Let go of the service."""
        self.disconnect()
        context, self._context = self._context, None
        if context is not None:
            self._scard().release_context(context)

    def _reader(self) -> tuple[int, str]:
        scard = self._scard()
        if self._context is None:
            self._context = self._expect(scard.establish_context(), "no service").value
        context = self._context
        for found in self._expect(scard.list_readers(context), "no reader").names:
            if self._name in found:
                return context, found
        raise LineLost("no such reader")

    def _scard(self) -> Scard:
        if self._library is None:
            try:
                self._library = PcscLibrary()
            except OSError as fault:
                raise LineLost("PC/SC is not installed") from fault
        return self._library

    def _expect(self, answered: Answered, what: str) -> Answered:
        if not answered.code:
            return answered
        if answered.code in _CARD_GONE:
            raise NoChip(f"{what}: {answered.code:08x}")
        # The service may have been restarted; a context of the old one is good for nothing.
        self.close()
        raise LineLost(f"{what}: {answered.code:08x}")
