"""`python -m devices residue`: what the check after each visit said, and the wiping of a finding.

The running host does the wiping and looks anew; it opens by itself once nothing is found.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from devices.assembly_residue import MEMORY_FILE, WISH_FILE
from devices.host.closure import ClosedFor, Closure
from devices.host.residue_memory import (
    Remembered,
    ResidueMemory,
    ResidueState,
    without_memory,
)
from devices.settings import HostSettings, SettingsError


def run(argv: Sequence[str]) -> int:
    """Tell the last word as JSON, with --wipe ask the host to wipe first.

    Returns 0; 1 while something is found; 2 for settings that cannot be used or a state directory
    that is not ours to write, with a code and a sentence on standard error.
    """
    asked = _parser().parse_args(argv)
    try:
        settings = HostSettings.from_toml(asked.config)
        if asked.wipe:
            (settings.state / WISH_FILE).touch(mode=0o600)
    except SettingsError as fault:
        return _say("settings_invalid", str(fault))
    except OSError as fault:
        return _say("state_unusable", f"{settings.state}: {fault.strerror}")
    known = ResidueMemory(settings.state / MEMORY_FILE).read()
    if known is None:
        known = without_memory(found=Closure(settings.state).holds(ClosedFor.RESIDUE))
    sys.stdout.write(json.dumps(_told(known, asked.wipe), indent=2) + "\n")
    return 1 if known.state is ResidueState.FOUND else 0


def _told(known: Remembered, wiping: bool) -> dict[str, object]:
    return {
        "state": known.state.value,
        "checked_at": None if known.checked_at is None else known.checked_at.isoformat(),
        "found_in": sorted(known.found_in),
        "unseen": sorted(known.unseen),
        "wipe_asked_for": wiping,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devices residue", description=run.__doc__)
    parser.add_argument("--config", required=True, type=Path, help="the terminal's TOML file")
    parser.add_argument("--wipe", action="store_true", help="wipe the browser, then look anew")
    return parser


def _say(code: str, sentence: str) -> int:
    sys.stderr.write(f"{code}: {sentence}\n")
    return 2
