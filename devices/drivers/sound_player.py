"""
Playing a sound through a program that reads a WAVE file from its standard input: `aplay -q -`,
`paplay`. A program of its own can be stopped within a few milliseconds, whatever it is doing.
"""

import shutil
import subprocess
import threading
from collections.abc import Callable, Sequence
from enum import StrEnum

from devices.protocols.wave_sound import Sound

_SLACK_SECONDS = 5.0
_STOP_SECONDS = 1.0


class Played(StrEnum):
    """How playing ended."""

    WHOLE = "whole"
    STOPPED = "stopped"
    FAILED = "failed"


class SoundPlayer:
    """One player; `play` by one thread at a time, `stop` by any."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._lock = threading.Lock()
        self._playing: subprocess.Popen[bytes] | None = None
        self._stopped = False

    @property
    def there(self) -> bool:
        """Say whether the program is installed."""
        return shutil.which(self._command[0]) is not None

    def play(self, sound: Sound, *, loudness: float, wanted: Callable[[], bool]) -> Played:
        """Play *sound* to its end, or not at all if it is not *wanted* as it would begin.

        A player that hangs is ended five seconds after the sound should have been over.
        """
        with self._lock:
            if not wanted():
                return Played.STOPPED
            self._stopped = False
            try:
                self._playing = subprocess.Popen(  # noqa: S603 - the program of the settings
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            except OSError:
                return Played.FAILED
            playing = self._playing
        try:
            playing.communicate(sound.to_wave(loudness), timeout=sound.seconds + _SLACK_SECONDS)
        except subprocess.TimeoutExpired:
            _end(playing)
        with self._lock:
            self._playing = None
            if self._stopped:
                return Played.STOPPED
        return Played.WHOLE if playing.returncode == 0 else Played.FAILED

    def stop(self) -> None:
        """Silence at once."""
        with self._lock:
            self._stopped = True
            if self._playing is not None:
                self._playing.terminate()


def _end(playing: "subprocess.Popen[bytes]") -> None:
    playing.terminate()
    try:
        playing.communicate(timeout=_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        playing.kill()
        playing.communicate()
