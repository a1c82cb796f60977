"""
Where in a place a terminal stands: spots that have words in every language, from `data/spots.toml`.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "spots.toml"


@cache
def spots() -> Mapping[str, Mapping[str, str]]:
    """Return the words (language -> text) of every known spot by its Chinese name."""
    return {each["zh"]: each for each in tomllib.loads(_FILE.read_text("utf-8"))["spot"]}


def spot_words(written: str) -> Mapping[str, str]:
    """Return the words for a spot as a technician wrote it; Chinese alone for one not known."""
    return spots().get(written, {"zh": written})
