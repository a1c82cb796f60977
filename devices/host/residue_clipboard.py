"""The clipboard (剪贴板) of the machine's display, read and emptied through its own programs.

The page empties it at the end of a visit; this looks whether it did. Where there is no display to
ask, the answer is None: not looked at, which is said as such.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Protocol

_PATIENCE_SECONDS = 2.0
_EMPTY = (b"not available", b"Nothing is copied", b"No selection")


class Clipboard(Protocol):
    """What the residue check needs of a clipboard."""

    def read(self) -> bytes | None:
        """All that lies in it, or None where it cannot be looked at."""
        ...

    def clear(self) -> None:
        """Empty it, where it can be reached."""
        ...


class SystemClipboard:
    """The clipboard of Wayland (`wl-clipboard`) or of X (`xclip`), whichever there is."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = dict(environment)

    def read(self) -> bytes | None:
        """What was copied and, on X, what was selected."""
        if self._has("WAYLAND_DISPLAY", "wl-paste"):
            return self._said(["wl-paste", "--no-newline"])
        if self._has("DISPLAY", "xclip"):
            copied = self._said(["xclip", "-out", "-selection", "clipboard"])
            selected = self._said(["xclip", "-out", "-selection", "primary"])
            return None if copied is None or selected is None else copied + b"\n" + selected
        return None

    def clear(self) -> None:
        """Put nothing in its place."""
        if self._has("WAYLAND_DISPLAY", "wl-copy"):
            self._said(["wl-copy", "--clear"])
        elif self._has("DISPLAY", "xclip"):
            for selection in ("clipboard", "primary"):
                self._said(["xclip", "-in", "-selection", selection, os.devnull])

    def _has(self, display: str, program: str) -> bool:
        if not self._environment.get(display):
            return False
        return shutil.which(program, path=self._environment.get("PATH")) is not None

    def _said(self, command: list[str]) -> bytes | None:
        try:
            done = subprocess.run(  # noqa: S603 - fixed words
                command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PATIENCE_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        if done.returncode == 0:
            return done.stdout
        # Both programs also fail where there is nothing to give; only their words tell.
        return b"" if any(word in done.stderr for word in _EMPTY) else None
