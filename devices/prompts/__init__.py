"""
What the terminal may say aloud (语音提示): fixed sentences in four languages, by their id.

A prompt has no variables: nothing that belongs to a person can be said before others. A sentence
with a choice in it (left or right) is several prompts. The texts are those of the screen.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


class Language(StrEnum):
    """The four languages of a terminal; Chinese is said where another has no words."""

    ZH = "zh"
    EN = "en"
    UG = "ug"
    KY = "ky"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One sentence in one language; `say` is how a stand-in voice is to be told it, if not so."""

    id: str
    language: Language
    text: str
    say: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the text: a recording of other words is noticed by it."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def prompt(prompt_id: str, language: Language) -> Prompt | None:
    """Return the sentence in *language*, else in Chinese; None for an id that there is not."""
    known = prompts()
    return known[language].get(prompt_id) or known[Language.ZH].get(prompt_id)


@cache
def prompts() -> Mapping[Language, Mapping[str, Prompt]]:
    """Return every prompt by language and id."""
    return {language: _read(language) for language in Language}


def _read(language: Language) -> Mapping[str, Prompt]:
    found = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return {key: Prompt(key, language, **words) for key, words in found.items()}
