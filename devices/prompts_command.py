"""
`python -m devices prompts`: what has to be read aloud for the terminal, and what there is of it.

    prompts --list [--lang ug]            every sentence, for whoever records it
    prompts --check --folder FOLDER       what is missing, stale or broken; exit 1 if anything is
    prompts --enter --folder FOLDER       take the files `<lang>/<id>.wav` for the present words
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from devices.drivers.recordings import Recordings, RecordingState
from devices.prompts import Language, prompts


def run(argv: Sequence[str]) -> int:
    """Carry out one of the three; returns the exit status."""
    asked = _parser().parse_args(argv)
    languages = [Language(asked.lang)] if asked.lang else list(Language)
    if asked.list:
        for language in languages:
            for prompt in prompts()[language].values():
                _say(language.value, prompt.id, prompt.text)
        return 0
    if asked.folder is None or not asked.folder.is_dir():
        sys.stderr.write("no_folder: --folder names the folder of the recordings\n")
        return 2
    recordings = Recordings(asked.folder)
    if asked.enter:
        for found in recordings.enter():
            _say(found.prompt.language.value, found.prompt.id, "entered")
        return 0
    return _check(recordings, languages)


def _check(recordings: Recordings, languages: Sequence[Language]) -> int:
    counts: Counter[RecordingState] = Counter()
    for found in recordings.review():
        if found.prompt.language in languages:
            counts[found.state] += 1
            if found.state is not RecordingState.READY:
                _say(found.prompt.language.value, found.prompt.id, found.state.value, found.fault)
    _say(", ".join(f"{counts[state]} {state.value}" for state in RecordingState))
    return 0 if set(counts) <= {RecordingState.READY} else 1


def _say(*words: str) -> None:
    sys.stdout.write("\t".join(word for word in words if word) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devices prompts", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--list", action="store_true", help="print every sentence that is said")
    what.add_argument("--check", action="store_true", help="look at every recording")
    what.add_argument("--enter", action="store_true", help="write the folder's manifest")
    parser.add_argument("--lang", choices=[each.value for each in Language])
    parser.add_argument("--folder", type=Path, help="where the recordings are")
    return parser
