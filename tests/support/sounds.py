"""Sounds for tests: a tone as a recording, and a player that needs no loudspeaker."""

import math
import sys
from array import array
from pathlib import Path

from devices.protocols.wave_sound import Sound

SIMULATED_PLAYER = [sys.executable, "-m", "devices.simulators.player"]


def tone(seconds: float = 0.5, *, height: float = 0.3, rate: int = 16_000) -> Sound:
    """A hum of 220 Hz, loud as speech."""
    step = 2 * math.pi * 220 / rate
    samples = (round(height * 32767 * math.sin(step * at)) for at in range(round(seconds * rate)))
    return Sound(rate, array("h", samples))


def record(folder: Path, name: str, sound: Sound | None = None) -> None:
    """Put a file into the folder, as somebody who has read a sentence would."""
    path = folder / f"{name}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((sound or tone()).to_wave())
