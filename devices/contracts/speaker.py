"""
The loudspeaker (语音播报): what the kiosk needs of it.

It stands in a public room. What it says are prompts, fixed sentences that hold nothing of any
person; no text of a page, no name and no number has a way in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from devices.contracts.states import DeviceStatus, Trouble
from devices.prompts import Prompt


class Voice(StrEnum):
    """Who said a prompt."""

    RECORDED = "recorded"
    STAND_IN = "stand_in"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Said:
    """The prompts were heard to the end, or passed over where there is no voice for them."""

    voices: tuple[Voice, ...]


@dataclass(frozen=True, slots=True)
class Hushed:
    """Somebody wanted silence before the end."""


@dataclass(frozen=True, slots=True)
class SpeakerTrouble:
    """Nothing was heard, or not all of it; `detail` is for the log."""

    trouble: Trouble
    detail: str = ""


SpeechOutcome = Said | Hushed | SpeakerTrouble


class Speaker(Protocol):
    """Says prompts aloud. `say` is called by one thread; the other methods by any."""

    def status(self) -> DeviceStatus:
        """Say whether sound can be made; `details` counts recordings and names the stand-in."""
        ...

    def voice_for(self, prompt: Prompt) -> Voice:
        """Say who would speak *prompt* now."""
        ...

    def say(
        self, prompts: Sequence[Prompt], *, loudness: float, wanted: Callable[[], bool]
    ) -> SpeechOutcome:
        """Say *prompts* one after another, at 0 to 1 of full loudness; returns when all is said.

        Nothing more begins once *wanted* says no.
        """
        ...

    def hush(self) -> None:
        """Stop the sound that is heard now; harmless in silence."""
        ...
