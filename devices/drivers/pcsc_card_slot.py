"""
The slot for chip cards over PC/SC: tries each plug-in in turn on the card that is there.
"""

import threading
from collections.abc import Sequence

from devices.contracts.card_slot import (
    ChipCard,
    ChipFailed,
    ChipFailure,
    ChipOutcome,
    ChipRead,
    SlotEmpty,
    SlotTrouble,
)
from devices.contracts.states import DeviceStatus, Trouble
from devices.drivers.chip_applications import ChipApplication, ChipSession
from devices.drivers.social_security_card import SocialSecurityCard
from devices.transports.chip_line import ChipLine, NoChip
from devices.transports.line import LineLost
from devices.transports.pcsc import PcscSlot


def over_pcsc(name: str = "") -> "PcscCardSlot":
    """Return the slot of the first reader whose name contains *name*, for social-security cards;
    nothing is opened yet.
    """
    return PcscCardSlot(PcscSlot(name), [SocialSecurityCard()])


class PcscCardSlot:
    """A `CardSlot` over a line to a chip, with the plug-ins for the cards that it is to know."""

    def __init__(self, line: ChipLine, applications: Sequence[ChipApplication]) -> None:
        self._line = line
        self._applications = tuple(applications)
        self._lock = threading.Lock()

    def status(self) -> DeviceStatus:
        """Ask for the reader."""
        with self._lock:
            try:
                return DeviceStatus.of((), {"reader": self._line.reader()})
            except LineLost:
                return DeviceStatus.of([Trouble.OFFLINE])

    def card_present(self) -> bool:
        """Ask for the card without switching it on."""
        with self._lock:
            try:
                return self._line.present()
            except (LineLost, NoChip):
                return False

    def read(self) -> ChipOutcome:
        """Switch the card on, read it with the first plug-in that knows it, switch it off."""
        with self._lock:
            try:
                if not self._line.present():
                    return SlotEmpty()
                self._line.connect()
                return self._read()
            except NoChip as fault:
                return ChipFailed(ChipFailure.CARD_MOVED, str(fault))
            except LineLost as fault:
                return SlotTrouble(Trouble.OFFLINE, str(fault))
            finally:
                self._line.disconnect()

    def close(self) -> None:
        """Let go of card and reader."""
        with self._lock:
            self._line.close()

    def _read(self) -> ChipOutcome:
        session = ChipSession(self._line)
        for application in self._applications:
            match application.read(session):
                case ChipCard() as card:
                    return ChipRead(card)
                case ChipFailed() as failed:
                    return failed
        return ChipFailed(ChipFailure.CARD_KIND_UNKNOWN, "no_application")
