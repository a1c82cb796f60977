"""How the computer in the cabinet is (整机状况): disk, memory, temperature, time since it started.

Read from Linux's own files at each heartbeat; what a machine does not tell is None, never a guess.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_MEBIBYTE = 1024 * 1024
_PLAUSIBLE_CELSIUS = (1.0, 125.0)
"""A sensor that is wired to nothing says 0 or -273."""


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """The machine at one moment; None for what it does not tell."""

    disk_free_mb: int | None
    memory_free_mb: int | None
    temperature_celsius: float | None
    uptime_seconds: int | None


class Machine:
    """Looks at the machine that this runs on; any thread may ask."""

    def __init__(
        self, state: Path, *, proc: Path = Path("/proc"), sys: Path = Path("/sys")
    ) -> None:
        """*state* lies on the disk that must not fill up: journal and identity are there."""
        self._state = state
        self._proc = proc
        self._sys = sys

    def facts(self) -> MachineFacts:
        """The machine as it is now."""
        return MachineFacts(
            disk_free_mb=self._disk_free_mb(),
            memory_free_mb=self._memory_free_mb(),
            temperature_celsius=max(self._temperatures(), default=None),
            uptime_seconds=self._uptime_seconds(),
        )

    def _disk_free_mb(self) -> int | None:
        try:
            disk = os.statvfs(self._state)
        except OSError:
            return None
        # What root alone may still use does not help the host.
        return disk.f_bavail * disk.f_frsize // _MEBIBYTE

    def _memory_free_mb(self) -> int | None:
        for line in _text(self._proc / "meminfo").splitlines():
            name, _, told = line.partition(":")
            if name == "MemAvailable":
                kibibytes = told.split()[:1]
                return int(kibibytes[0]) // 1024 if kibibytes and kibibytes[0].isdigit() else None
        return None

    def _temperatures(self) -> Iterator[float]:
        low, high = _PLAUSIBLE_CELSIUS
        for sensor in sorted(self._sys.glob("class/thermal/thermal_zone*/temp")):
            celsius = _number(_text(sensor), scale=1000)
            if celsius is not None and low <= celsius <= high:
                yield round(celsius, 1)

    def _uptime_seconds(self) -> int | None:
        seconds = _number(_text(self._proc / "uptime").partition(" ")[0])
        return None if seconds is None else int(seconds)


def _text(file: Path) -> str:
    try:
        return file.read_text("ascii", errors="replace")
    except OSError:
        # Some sensors exist and answer with an error.
        return ""


def _number(text: str, *, scale: int = 1) -> float | None:
    try:
        return float(text) / scale
    except ValueError:
        return None
