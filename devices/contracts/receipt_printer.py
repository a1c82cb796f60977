"""
The printer of slips (凭条打印机, 58 or 80 mm): what the kiosk needs of it.
"""

from dataclasses import dataclass
from typing import Protocol

from devices.contracts.slip import Slip
from devices.contracts.states import DeviceStatus, Trouble


@dataclass(frozen=True, slots=True)
class Printed:
    """The printer answered after the last line was out and cut."""


@dataclass(frozen=True, slots=True)
class NotPrinted:
    """No complete slip came out, and why; after the cure the same slip may be printed again."""

    trouble: Trouble
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PrintUnknown:
    """Everything was sent and the printer fell silent: a person must look."""

    detail: str = ""


PrintOutcome = Printed | NotPrinted | PrintUnknown


class ReceiptPrinter(Protocol):
    """Prints slips that a person takes away.

    Trouble that a person can cause or cure is an outcome, not an exception: paper runs out
    between any two lines. Any thread may call; slips follow one another.
    """

    def status(self) -> DeviceStatus:
        """Ask the printer how it is."""
        ...

    def print(self, slip: Slip) -> PrintOutcome:
        """Print and cut one slip; at most 15 s, the time of its paper, and on a slow serial line
        that of its bytes.

        What is left of a slip that was not printed is void, and says so on its own paper.
        """
        ...
