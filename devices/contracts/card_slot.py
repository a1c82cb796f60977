"""
The slot for chip cards (社会保障卡读卡槽): what the kiosk needs of it.

Which cards a slot can read is a matter of plug-ins; what one gives is named fields of text. Codes
that a person would have to enter (PIN) have no place in this contract.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from devices.contracts.states import DeviceStatus, Trouble


class ChipFailure(StrEnum):
    """Why a card in the slot gave nothing. Values are codes that may be shown to a page."""

    CARD_MOVED = "card_moved"
    CARD_UNREADABLE = "card_unreadable"
    CARD_KIND_UNKNOWN = "card_kind_unknown"
    CARD_LOCKED = "card_locked"
    NUMBER_INVALID = "number_invalid"


@dataclass(frozen=True, slots=True)
class ChipCard:
    """What a plug-in read; `application` is its name, and the repr tells nothing of the person."""

    application: str
    fields: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChipRead:
    """The card was read."""

    card: ChipCard


@dataclass(frozen=True, slots=True)
class SlotEmpty:
    """No card is in the slot."""


@dataclass(frozen=True, slots=True)
class ChipFailed:
    """A card is or was in the slot and gave nothing; `detail` is for the log."""

    reason: ChipFailure
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SlotTrouble:
    """The slot does not work."""

    trouble: Trouble
    detail: str = ""


ChipOutcome = ChipRead | SlotEmpty | ChipFailed | SlotTrouble


class CardSlot(Protocol):
    """Reads the chip card that a person inserts.

    Any thread may call; calls follow one another. No method raises for a slot that is missing, and
    each call finds one that has come back.
    """

    def status(self) -> DeviceStatus:
        """Say whether the slot is there; `details["reader"]` is the name that it goes by."""
        ...

    def card_present(self) -> bool:
        """Say whether a card is in the slot."""
        ...

    def read(self) -> ChipOutcome:
        """Read the card in the slot and switch its chip off; at most a few seconds."""
        ...

    def close(self) -> None:
        """Let go of the slot; closing twice is harmless."""
        ...
