"""
The scanner of codes (二维码扫描器): what the kiosk needs of it.

What was scanned is text from a stranger: the contract gives it as data, already free of control
characters, and it is personal until somebody knows better.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from devices.contracts.states import DeviceStatus, Trouble


class Unreadable(StrEnum):
    """Why a scan gave no text. Values are codes that may be shown to a page."""

    TOO_LONG = "too_long"
    NOT_TEXT = "not_text"
    NO_PREFIX = "no_prefix"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Scanned:
    """One code was read."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nobody showed a code in the time given."""


@dataclass(frozen=True, slots=True)
class ScanRefused:
    """Something was read and is no text that a terminal takes; the person may try another code."""

    why: Unreadable


@dataclass(frozen=True, slots=True)
class ScannerTrouble:
    """The scanner could not be listened to; `detail` is for the log."""

    trouble: Trouble
    detail: str = ""


ScanOutcome = Scanned | Nothing | ScanRefused | ScannerTrouble


class QrScanner(Protocol):
    """Listens for codes that a person shows.

    Any thread may call; calls follow one another. No method raises for a scanner that is missing,
    and the next call after a lost line opens it again.
    """

    def status(self) -> DeviceStatus:
        """Say whether the scanner is there; a scanner speaks only when it scans."""
        ...

    def next_scan(self, timeout_seconds: float) -> ScanOutcome:
        """Return the next code, waiting at most *timeout_seconds*; one that was shown in the last
        ten seconds and since the last `forget` counts.
        """
        ...

    def forget(self) -> None:
        """Forget what was shown until now, so that no code reaches another person's visit."""
        ...

    def close(self) -> None:
        """Let go of the scanner; closing twice is harmless."""
        ...
