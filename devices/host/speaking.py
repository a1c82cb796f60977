"""What the terminal says aloud (语音播报): one thing at a time, and silence at a touch."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from devices.contracts.speaker import Speaker, SpeakerTrouble, Voice
from devices.prompts import Language, Prompt, prompt

MOST_AT_ONCE = 12
_KEPT_LINES = 6

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Loudness:
    """How loud by the hour of Beijing time, 0 to 1; the night may run over midnight."""

    day: float = 0.8
    night: float = 0.4
    night_from: int = 22
    night_until: int = 7

    def at(self, hour: int) -> float:
        """Return the loudness of *hour*."""
        if self.night_from <= self.night_until:
            by_night = self.night_from <= hour < self.night_until
        else:
            by_night = hour >= self.night_from or hour < self.night_until
        return self.night if by_night else self.day


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence that was said, and by whom."""

    prompt: Prompt
    voice: Voice


class Speaking:
    """Says what is asked for in a thread of its own; any thread may ask."""

    def __init__(self, speaker: Speaker | None, loudness: Callable[[], float]) -> None:
        self._speaker = speaker
        self._loudness = loudness
        self._lock = threading.Condition()
        self._asked: tuple[Prompt, ...] = ()
        self._turn = 0
        self._saying = False
        self._ending = False
        self._lines: deque[Line] = deque(maxlen=_KEPT_LINES)

    @property
    def audible(self) -> bool:
        """Whether this terminal has a loudspeaker at all."""
        return self._speaker is not None

    @property
    def speaking(self) -> bool:
        """Whether something is being said or about to be."""
        with self._lock:
            return self._saying or bool(self._asked)

    def lately(self) -> tuple[Line, ...]:
        """The last sentences, oldest first, whether or not there was a voice for them."""
        with self._lock:
            return tuple(self._lines)

    def ask(self, ids: Sequence[str], language: Language) -> bool:
        """Say these prompts now, instead of whatever is being said.

        Returns whether there is a voice for any of them. Raises ValueError, naming none, for an id
        that is no prompt.
        """
        found = [prompt(each, language) for each in ids[:MOST_AT_ONCE]]
        sentences = tuple(each for each in found if each is not None)
        if len(sentences) != len(ids) or not sentences:
            raise ValueError("no prompt")
        if self._speaker is None:
            return False
        voices = [self._speaker.voice_for(each) for each in sentences]
        with self._lock:
            self._lines.extend(map(Line, sentences, voices))
            self._begin(sentences)
        return set(voices) != {Voice.NONE}

    def hush(self) -> None:
        """Silence at once."""
        with self._lock:
            self._begin(())

    def run(self) -> None:
        """Say what is asked for until `stop`."""
        while True:
            with self._lock:
                self._saying = False
                self._lock.wait_for(lambda: self._asked or self._ending)
                if self._ending:
                    return
                sentences, self._asked = self._asked, ()
                self._saying, turn = True, self._turn
            if self._speaker is not None:
                self._say(self._speaker, sentences, turn)

    def stop(self) -> None:
        """End `run` soon, in silence."""
        with self._lock:
            self._ending = True
            self._begin(())

    def _begin(self, sentences: tuple[Prompt, ...]) -> None:
        # Under the lock: what is hushed here is the old sentence and never the new one.
        self._asked = sentences
        self._turn += 1
        self._lock.notify_all()
        if self._saying and self._speaker is not None:
            self._speaker.hush()

    def _say(self, speaker: Speaker, sentences: tuple[Prompt, ...], turn: int) -> None:
        outcome = speaker.say(
            sentences, loudness=self._loudness(), wanted=lambda: self._turn == turn
        )
        if isinstance(outcome, SpeakerTrouble):
            _log.warning("not_said", trouble=outcome.trouble.value, detail=outcome.detail)
