"""
SANE's own program and its `test` backend, which others wrote: a scanner without hardware that can
be told to jam, to be slow, or to have an empty feeder.

Its configuration is a folder of the test's own, so that no real scanner of the machine is touched.
"""

from pathlib import Path

import pytest

from devices.drivers.sane_scanner import SaneScanner
from tests.support.missing import need_program

_BRINGS = "apt-get install -y sane-utils"
FEEDER = "Automatic Document Feeder"


class Backend:
    """The backend of one test; pages are small, for they are only looked at."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._program = need_program("scanimage", _BRINGS)
        self.memory = folder / "memory"
        self.memory.mkdir()
        configuration = folder / "sane.d"
        configuration.mkdir()
        (configuration / "dll.conf").write_text("test\n")
        (configuration / "test.conf").write_text("number_of_devices 2\n")
        monkeypatch.setenv("SANE_CONFIG_DIR", str(configuration))

    def scanner(
        self,
        *options: str,
        device: str = "test:0",
        source: str | None = None,
        mode: str = "Color",
        dots_per_inch: int = 75,
        silence_seconds: float = 20.0,
    ) -> SaneScanner:
        """Return a driver of the device; *options* are the backend's own."""
        return SaneScanner(
            device,
            memory=self.memory,
            program=" ".join((self._program, *options)),
            source=source,
            mode=mode,
            dots_per_inch=dots_per_inch,
            silence_seconds=silence_seconds,
        )
