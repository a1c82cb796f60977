"""
The reader of ID cards (居民身份证阅读机具): what the kiosk needs of it.

A card's photo and fingerprints have no place in this contract; a driver that receives a photo
with the text drops it on the spot.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from devices.contracts.states import DeviceStatus, Trouble


class CardKind(StrEnum):
    """The four cards that a terminal can read."""

    RESIDENT = "resident"
    HMT = "hmt"
    FOREIGNER_2017 = "foreigner_2017"
    FOREIGNER_2023 = "foreigner_2023"


# A warning on a card: the reader could not say whether its holder has moved since it was made.
ADDRESS_UNCONFIRMED = "address_unconfirmed"


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a card, with a repr that tells nothing about the person.

    `sex` is 男, 女, 未知 or 未说明 (GB/T 2261.1); `nation` the people's name of GB/T 3304, or a
    foreigner's three nationality letters (GB/T 2659), or empty. `valid_until` is None exactly
    when `long_term` (长期). `address` is the newest one on the card (追加地址). A foreigner's
    Chinese name may be empty, then `name` is the English one. `warnings` name fields that
    contradict each other, or an address that may be an older one, without making the card unusable.
    """

    kind: CardKind
    name: str = field(repr=False)
    sex: str = field(repr=False)
    nation: str = field(repr=False)
    born: date = field(repr=False)
    address: str = field(repr=False)
    number: str = field(repr=False)
    issuer: str = field(repr=False)
    valid_from: date = field(repr=False)
    valid_until: date | None = field(repr=False)
    english_name: str = field(default="", repr=False)
    warnings: tuple[str, ...] = ()

    @property
    def long_term(self) -> bool:
        """Say whether the card never expires (长期)."""
        return self.valid_until is None

    def as_json(self) -> dict[str, str | None]:
        """Return the ten fields as text: days as YYYY-MM-DD, `valid_until` null for 长期."""
        return {
            "kind": self.kind.value,
            "name": self.name,
            "sex": self.sex,
            "nation": self.nation,
            "born": self.born.isoformat(),
            "address": self.address,
            "number": self.number,
            "issuer": self.issuer,
            "valid_from": self.valid_from.isoformat(),
            "valid_until": None if self.valid_until is None else self.valid_until.isoformat(),
        }


class ReadFailure(StrEnum):
    """Why a card gave nothing. Values are codes that the device API shows to the page."""

    CARD_MOVED = "card_moved"
    CARD_UNREADABLE = "card_unreadable"
    CARD_NOT_GENUINE = "card_not_genuine"
    CARD_KIND_UNKNOWN = "card_kind_unknown"
    NUMBER_INVALID = "number_invalid"
    ADDRESS_UNCONFIRMED = "address_unconfirmed"
    TIMEOUT = "timeout"
    READER_ABSENT = "reader_absent"
    READER_FAULT = "reader_fault"


@dataclass(frozen=True, slots=True)
class CardFound:
    """A card lies on the reader and is ready to be read."""


@dataclass(frozen=True, slots=True)
class NoCard:
    """No card lies on the reader, or the one that does has been read and not lifted since."""


@dataclass(frozen=True, slots=True)
class ReaderTrouble:
    """The reader could not look for a card; `detail` is the protocol's own word, for the log."""

    trouble: Trouble
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CardRead:
    """The card was read by the security module `sam_id`, the reader's legal identity."""

    card: Card
    sam_id: str


@dataclass(frozen=True, slots=True)
class CardFailed:
    """The card was not read; `detail` is the protocol's own word, for the log.

    Nothing else can be tried before the card has been lifted and placed again.
    """

    reason: ReadFailure
    detail: str = ""


FindOutcome = CardFound | NoCard | ReaderTrouble
ReadOutcome = CardRead | CardFailed


class IdReader(Protocol):
    """Reads the card that a person places.

    Any thread may call; calls follow one another. No method raises for a reader that is
    missing, silent or talking nonsense, and the next call after a lost line opens it again.
    """

    def open(self) -> DeviceStatus:
        """Bring the line up and wait for the security module; the status says how that went."""
        ...

    def status(self) -> DeviceStatus:
        """Ask the reader how it is; `details["sam_id"]` names its security module once known."""
        ...

    def find(self) -> FindOutcome:
        """Look for a card once; may be called again at once. At most 10 s."""
        ...

    def read(self, *, newest_address: bool = True) -> ReadOutcome:
        """Read the card that `find` has found, in at most 10 s; without *newest_address* it is
        not asked where its holder has moved to.
        """
        ...

    def card_still_there(self) -> bool:
        """Say whether a card that was read still lies on the reader."""
        ...

    def close(self) -> None:
        """Let go of the line; closing twice is harmless."""
        ...
