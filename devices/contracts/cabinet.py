"""
The cabinet itself (机柜): lamps that guide a hand, doors, the maintenance key, mains and warmth.

It senses the machine and never a person (P39): there is no camera and no presence sensor here, and
no input tells whether somebody stands before the terminal.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from devices.contracts.states import DeviceStatus, Trouble


class Lamp(StrEnum):
    """What can be lit."""

    READER = "reader"
    PAPER_EXIT = "paper_exit"
    IN_SERVICE = "in_service"
    OUT_OF_SERVICE = "out_of_service"


class Contact(StrEnum):
    """What a contact in the cabinet says when it is made."""

    DOOR_OPEN = "door_open"
    TRAY_OPEN = "tray_open"
    KEY_TURNED = "key_turned"
    ON_BATTERY = "on_battery"


@dataclass(frozen=True, slots=True)
class Lit:
    """The lamps are as they were wished; those that this cabinet lacks are passed over."""


@dataclass(frozen=True, slots=True)
class LampTrouble:
    """The lamps could not be told; `detail` is for the log."""

    trouble: Trouble
    detail: str = ""


LampOutcome = Lit | LampTrouble


class Cabinet(Protocol):
    """Lights the lamps and reads the contacts of one cabinet.

    Any thread may call; calls follow one another. No method raises for a board that is missing, and
    the next call after a lost line opens it again.
    """

    def status(self) -> DeviceStatus:
        """Read all contacts and the thermometer; `details["celsius"]` where there is one.

        A board that has lost power comes back with dark lamps: they are lit again here.
        """
        ...

    def light(self, lamps: Collection[Lamp]) -> LampOutcome:
        """Light exactly these lamps; within a tenth of a second at 9600 baud."""
        ...

    def close(self) -> None:
        """Put the lamps out and let go of the line; closing twice is harmless."""
        ...
