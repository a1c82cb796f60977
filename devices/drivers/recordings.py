"""
Recorded prompts (人声录音): a folder of WAVE files and `manifest.json`, which says what was read.

    {"version": 1, "recordings": [
      {"id": "card-title", "lang": "ug", "file": "ug/card-title.wav", "text_sha256": "…"}]}

The digest is that of the text which the speaker had before him: when the words on the screen
change, the old recording is stale and is not played. Nothing here names who spoke.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from devices.prompts import Prompt, prompts
from devices.protocols.wave_sound import NotSound, Sound, read_wave

MANIFEST = "manifest.json"
SHORTEST_SECONDS, LONGEST_SECONDS = 0.3, 30.0
QUIETEST_RMS = 0.01
"""A recording below this was made with the microphone off."""


Entries = Mapping[tuple[str, str], tuple[Path, str]]


class RecordingState(StrEnum):
    """What there is of one prompt."""

    READY = "ready"
    MISSING = "missing"
    STALE = "stale"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Recording:
    """One prompt and what there is of it; `fault` says what is broken."""

    prompt: Prompt
    state: RecordingState
    fault: str = ""


class Recordings:
    """The recordings in *folder*, or none where there is no folder; read anew when asked."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def sound(self, prompt: Prompt) -> Sound | None:
        """Return the recording of *prompt* if it is fit to be played."""
        found = self._entered().get((prompt.language, prompt.id))
        if found is None or found[1] != prompt.digest:
            return None
        try:
            return _fit(found[0])
        except (OSError, NotSound):
            return None

    def holds(self, prompt: Prompt) -> bool:
        """Say whether a recording of these words is entered; whether it is fit, `sound` tells."""
        return _holds(self._entered(), prompt)

    def counted(self) -> dict[str, int]:
        """Return how many prompts of each language have a recording of their present words."""
        entered = self._entered()
        return {
            language.value: sum(_holds(entered, each) for each in known.values())
            for language, known in prompts().items()
        }

    def review(self) -> Iterator[Recording]:
        """Yield every prompt with what there is of it."""
        entered = self._entered()
        for known in prompts().values():
            for prompt in known.values():
                yield _reviewed(prompt, entered.get((prompt.language, prompt.id)))

    def enter(self) -> Sequence[Recording]:
        """Write the manifest from the files `<lang>/<id>.wav` that lie in the folder.

        Each is taken as a reading of the present words. Returns what was entered; files that are
        not fit are left out. Raises `OSError` when the folder cannot be written.
        """
        if self._folder is None:
            return ()
        entered, lines = [], []
        for known in prompts().values():
            for prompt in known.values():
                name = f"{prompt.language}/{prompt.id}.wav"
                found = _reviewed(prompt, (self._folder / name, prompt.digest))
                if found.state is RecordingState.READY:
                    entered.append(found)
                    lines.append(
                        {
                            "id": prompt.id,
                            "lang": prompt.language.value,
                            "file": name,
                            "text_sha256": prompt.digest,
                        }
                    )
        written = json.dumps({"version": 1, "recordings": lines}, indent=1)
        (self._folder / MANIFEST).write_text(written + "\n", encoding="utf-8")
        return entered

    def _entered(self) -> Entries:
        """File and digest by language and id; a manifest that is none has no entries."""
        if self._folder is None:
            return {}
        try:
            found = json.loads((self._folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        listed = found.get("recordings") if isinstance(found, dict) else None
        entries = {}
        for each in listed if isinstance(listed, list) else ():
            match each:
                case {"id": str(key), "lang": str(lang), "file": str(name), "text_sha256": str(at)}:
                    entries[lang, key] = (self._folder / name, at)
        return {
            key: entry
            for key, entry in entries.items()
            if entry[0].resolve().is_relative_to(self._folder.resolve())
        }


def _holds(entered: Entries, prompt: Prompt) -> bool:
    found = entered.get((prompt.language, prompt.id))
    return found is not None and found[1] == prompt.digest and found[0].is_file()


def _reviewed(prompt: Prompt, entry: tuple[Path, str] | None) -> Recording:
    if entry is None or not entry[0].is_file():
        return Recording(prompt, RecordingState.MISSING)
    if entry[1] != prompt.digest:
        return Recording(prompt, RecordingState.STALE)
    try:
        _fit(entry[0])
    except OSError as fault:
        return Recording(prompt, RecordingState.BROKEN, fault.strerror or "unreadable")
    except NotSound as fault:
        return Recording(prompt, RecordingState.BROKEN, str(fault))
    return Recording(prompt, RecordingState.READY)


def _fit(path: Path) -> Sound:
    sound = read_wave(path.read_bytes())
    if not SHORTEST_SECONDS <= sound.seconds <= LONGEST_SECONDS:
        raise NotSound("too short or too long")
    if sound.rms < QUIETEST_RMS:
        raise NotSound("silence")
    return sound
