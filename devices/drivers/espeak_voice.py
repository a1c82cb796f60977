"""
The stand-in voice: espeak-ng, a program of its own, for prompts that nobody has recorded yet.

Its voice `cmn` spells Chinese as English; `cmn-latn-pinyin` fed with pinyin does not. Kyrgyz is
read from Cyrillic letters only, so Arabic script is spelt over first.
"""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from devices.prompts import Language, Prompt
from devices.protocols.kyrgyz_letters import cyrillic
from devices.protocols.wave_sound import NotSound, Sound, read_wave

_VOICES: Mapping[Language, str] = {
    Language.ZH: "cmn-latn-pinyin",
    Language.EN: "en",
    Language.UG: "ug",
    Language.KY: "ky",
}
_WORDS_A_MINUTE = "140"
"""A fifth slower than usual, for old ears."""
_PATIENCE_SECONDS = 10.0


class EspeakVoice:
    """espeak-ng, by its name or path; what cannot be spoken is None, never an exception."""

    def __init__(self, program: str = "espeak-ng") -> None:
        self._program = program

    @property
    def name(self) -> str:
        """What the technician is shown."""
        return Path(self._program).name

    @property
    def there(self) -> bool:
        """Say whether the program is installed."""
        return shutil.which(self._program) is not None

    def sound(self, prompt: Prompt) -> Sound | None:
        """Return *prompt* spoken, at 22,050 samples a second; takes some hundredths of a second."""
        spoken = self._run(prompt, "--stdout")
        if spoken is None:
            return None
        try:
            return read_wave(spoken)
        except NotSound:
            return None

    def phonemes(self, prompt: Prompt) -> str | None:
        """Return what would be spoken in espeak-ng's notation: `(en)` betrays a wrong voice."""
        told = self._run(prompt, "-q", "-x")
        return None if told is None else told.decode("utf-8", "replace").strip()

    def _run(self, prompt: Prompt, *options: str) -> bytes | None:
        words = prompt.say or prompt.text
        if prompt.language is Language.KY:
            words = cyrillic(words)
        voice = _VOICES[prompt.language]
        command = [self._program, "-v", voice, "-s", _WORDS_A_MINUTE, "--stdin", *options]
        try:
            done = subprocess.run(  # noqa: S603 - the program of the settings, fixed arguments
                command,
                input=words.encode(),
                capture_output=True,
                timeout=_PATIENCE_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout if done.returncode == 0 and done.stdout else None
