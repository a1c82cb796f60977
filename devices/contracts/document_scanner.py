"""
The document camera or scanner (高拍仪、扫描仪): what the kiosk needs of it.

A picture of a person's document is as personal as the document: it lives in memory alone, and its
representation shows nothing. Finding the page in it is not the device's matter.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from devices.contracts.states import DeviceStatus, Trouble


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture as the device gave it: JPEG, or a portable anymap (PNM).

    `dots_per_inch` is None where the device does not know how large a thing is.
    """

    data: bytes = field(repr=False)
    dots_per_inch: float | None = None


@dataclass(frozen=True, slots=True)
class Scanned:
    """Everything that lay there has come."""

    pictures: int


@dataclass(frozen=True, slots=True)
class NoDocument:
    """Nothing lies in the feeder."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The scan was given up by `cancel`; so many pictures had come."""

    pictures: int


@dataclass(frozen=True, slots=True)
class ScannerFailed:
    """The scan broke off after so many pictures; `detail` is for the log."""

    trouble: Trouble
    pictures: int = 0
    detail: str = ""


ScanEnd = Scanned | NoDocument | Cancelled | ScannerFailed


class DocumentScanner(Protocol):
    """Takes pictures of what a person lays down or feeds in.

    Any thread may call; scans follow one another, `cancel` reaches the one under way. No method
    raises for a device that is missing, and the next call finds one that has come back.
    """

    def status(self) -> DeviceStatus:
        """Say how the device is, `details["model"]` what it calls itself; busy while it scans."""
        ...

    def scan(
        self,
        arrived: Callable[[Picture], None],
        *,
        most: int = 1,
        progress: Callable[[int], None] = lambda percent: None,
    ) -> ScanEnd:
        """Hand each picture to *arrived* as it comes, at most *most*; one unless there is a feeder.

        *progress* hears the percentage of the picture under way, where the device tells it.
        """
        ...

    def cancel(self) -> None:
        """End the scan under way soon; harmless if there is none."""
        ...

    def close(self) -> None:
        """Let go of the device; closing twice is harmless."""
        ...
