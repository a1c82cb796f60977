"""
What a driver needs of a way to a chip card. `LineLost` says that there is no reader any more.
"""

from typing import Protocol


class NoChip(Exception):
    """No card is in the slot, or it was pulled while it was spoken to."""


class ChipLine(Protocol):
    """Speaks to the card in one slot; all but the last two methods raise `LineLost`."""

    def reader(self) -> str:
        """Return the name of the reader."""
        ...

    def present(self) -> bool:
        """Say whether a card is in the slot, without switching it on."""
        ...

    def connect(self) -> None:
        """Switch the card on for this program alone; raises `NoChip`."""
        ...

    def transmit(self, command: bytes) -> bytes:
        """Send one command and return the answer; raises `NoChip` when the card has gone."""
        ...

    def disconnect(self) -> None:
        """Switch the card off; harmless if it is not on."""
        ...

    def close(self) -> None:
        """Let go of card and reader; harmless if neither is held."""
        ...
