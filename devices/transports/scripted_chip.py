"""
A slot whose card is a function: for tests of drivers, never for a terminal.
"""

from collections.abc import Callable

from devices.transports.chip_line import NoChip
from devices.transports.line import LineLost


class ScriptedChip:
    """A `ChipLine` to *answer*, which takes a command's bytes and gives the answer's.

    `pull_after` takes the card out behind so many more exchanges, `lose_after` the reader.
    """

    def __init__(self, answer: Callable[[bytes], bytes] | None) -> None:
        self._answer = answer
        self._until_pulled: int | None = None
        self._until_lost: int | None = None
        self._on = False
        self.sent: list[bytes] = []
        self.there = True

    def insert(self, answer: Callable[[bytes], bytes] | None) -> None:
        """Put another card in, or none."""
        self._answer = answer

    def pull_after(self, exchanges: int) -> None:
        """Take the card out behind so many more exchanges."""
        self._until_pulled = exchanges

    def lose_after(self, exchanges: int) -> None:
        """Lose the reader behind so many more exchanges."""
        self._until_lost = exchanges

    def reader(self) -> str:
        """Name the reader."""
        self._check()
        return "Scripted 00"

    def present(self) -> bool:
        """Say whether there is a card."""
        self._check()
        return self._answer is not None

    def connect(self) -> None:
        """Switch the card on."""
        self._check()
        if self._answer is None:
            raise NoChip("empty")
        self._on = True

    def transmit(self, command: bytes) -> bytes:
        """Pass the command on."""
        self._check()
        if self._until_lost == 0:
            self.there = False
            raise LineLost("reader pulled")
        if self._until_pulled == 0:
            self._answer = None
        if self._answer is None or not self._on:
            raise NoChip("pulled")
        if self._until_pulled is not None:
            self._until_pulled -= 1
        if self._until_lost is not None:
            self._until_lost -= 1
        self.sent.append(command)
        return self._answer(command)

    def disconnect(self) -> None:
        """Switch the card off."""
        self._on = False

    def close(self) -> None:
        """Switch the card off."""
        self.disconnect()

    def _check(self) -> None:
        if not self.there:
            raise LineLost("no reader")
