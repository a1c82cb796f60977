"""
A player of sounds without a loudspeaker: takes a WAVE file from its standard input and as long as
the sound would. `--heard FILE` gets a line of JSON for each, `--speed` shortens the wait.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from devices.protocols.wave_sound import NotSound, read_wave


def play(arguments: list[str]) -> int:
    """Play one sound; returns 1 for what is none."""
    parser = argparse.ArgumentParser(prog="python -m devices.simulators.player")
    parser.add_argument("--heard", type=Path)
    parser.add_argument("--speed", type=float, default=1.0)
    given = parser.parse_args(arguments)
    try:
        sound = read_wave(sys.stdin.buffer.read())
    except NotSound:
        return 1
    if given.heard is not None:
        heard = {"seconds": round(sound.seconds, 2), "rms": round(sound.rms, 3)}
        with given.heard.open("a", encoding="utf-8") as file:
            file.write(json.dumps(heard) + "\n")
    time.sleep(sound.seconds / given.speed)
    return 0


if __name__ == "__main__":
    sys.exit(play(sys.argv[1:]))
