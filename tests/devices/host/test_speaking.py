"""What the terminal says: one thing at a time, the newest, in silence where nobody speaks."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from devices.contracts.speaker import Hushed, Said, SpeechOutcome, Voice
from devices.contracts.states import DeviceStatus
from devices.host.events import EventBus, EventKind
from devices.host.guidance import LEFT_WORDS, Guidance, reminder
from devices.host.left_card import LeftCard
from devices.host.speaking import Loudness, Speaking
from devices.prompts import Language, Prompt


class Speaker:
    """A speaker whose sentences last until they are hushed or the test lets them end."""

    def __init__(self, voice: Voice = Voice.RECORDED) -> None:
        self.voice = voice
        self.heard: list[tuple[str, str, float]] = []
        self.hushed = threading.Event()
        self.ends_at_once = True

    def status(self) -> DeviceStatus:
        """Say that all is well."""
        return DeviceStatus.of()

    def voice_for(self, prompt: Prompt) -> Voice:
        """The same for all."""
        return self.voice

    def say(
        self, prompts: Sequence[Prompt], *, loudness: float, wanted: Callable[[], bool]
    ) -> SpeechOutcome:
        """Note what was said."""
        if not wanted():
            return Hushed()
        self.hushed.clear()
        self.heard.extend((each.id, each.language.value, loudness) for each in prompts)
        if not self.ends_at_once and self.hushed.wait(10):
            return Hushed()
        return Said((self.voice,) * len(prompts))

    def hush(self) -> None:
        """Be silent."""
        self.hushed.set()


@pytest.fixture
def speaker() -> Speaker:
    """A speaker."""
    return Speaker()


@pytest.fixture
def speaking(speaker: Speaker) -> Iterator[Speaking]:
    """What the terminal says, in a thread of its own."""
    found = Speaking(speaker, lambda: 0.5)
    thread = threading.Thread(target=found.run, daemon=True)
    thread.start()
    yield found
    found.stop()
    thread.join(5)
    assert not thread.is_alive()


def until(true: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + 10
    while not true() and time.monotonic() < deadline:
        time.sleep(0.005)
    assert true()


def test_prompts_are_said_in_the_language_of_the_page(speaker: Speaker, speaking: Speaking) -> None:
    """Ids become sentences; what a language lacks is said in Chinese."""
    assert speaking.ask(["card-title", "working-record"], Language.KY)
    until(lambda: len(speaker.heard) == 2)

    assert speaker.heard == [("card-title", "ky", 0.5), ("working-record", "zh", 0.5)]


def test_a_page_cannot_make_the_terminal_say_anything_else(
    speaker: Speaker, speaking: Speaking
) -> None:
    """An id that is no prompt is refused, and with it everything asked for beside it."""
    with pytest.raises(ValueError, match="no prompt"):
        speaking.ask(["card-title", "测试·阿依古丽"], Language.ZH)
    with pytest.raises(ValueError, match="no prompt"):
        speaking.ask([], Language.ZH)

    assert speaker.heard == []


def test_the_newest_is_said(speaker: Speaker, speaking: Speaking) -> None:
    """What is being said ends when something else is asked for."""
    speaker.ends_at_once = False
    speaking.ask(["card-title"], Language.ZH)
    until(lambda: len(speaker.heard) == 1)
    speaker.ends_at_once = True
    speaking.ask(["take-card"], Language.ZH)
    until(lambda: not speaking.speaking)

    assert [key for key, _, _ in speaker.heard] == ["card-title", "take-card"]


def test_a_touch_brings_silence(speaker: Speaker, speaking: Speaking) -> None:
    """Hushed, nothing is being said and nothing waits to be."""
    speaker.ends_at_once = False
    speaking.ask(["card-title"], Language.ZH)
    until(lambda: len(speaker.heard) == 1)
    speaking.hush()
    until(lambda: not speaking.speaking)

    assert len(speaker.heard) == 1


def test_without_a_voice_it_is_said_that_there_is_none(
    speaker: Speaker, speaking: Speaking
) -> None:
    """The page learns that nobody will be heard and can say so; the lines are kept to be shown."""
    speaker.voice = Voice.NONE

    assert not speaking.ask(["card-title"], Language.UG)
    assert [(line.prompt.id, line.voice) for line in speaking.lately()] == [
        ("card-title", Voice.NONE)
    ]
    assert not Speaking(None, lambda: 1.0).ask(["card-title"], Language.ZH)


@pytest.mark.parametrize(
    ("hour", "loudness"), [(21, 0.8), (22, 0.4), (0, 0.4), (6, 0.4), (7, 0.8), (12, 0.8)]
)
def test_nights_are_quiet(hour: int, loudness: float) -> None:
    """From ten in the evening to seven in the morning it is half as loud."""
    assert Loudness().at(hour) == loudness


def test_a_night_may_lie_within_one_day() -> None:
    """A quiet noon is a setting like any other."""
    noon = Loudness(0.8, 0.1, 13, 15)

    assert [noon.at(hour) for hour in (12, 13, 14, 15)] == [0.8, 0.1, 0.1, 0.8]


@pytest.mark.policy("P52")
def test_the_end_of_a_visit_is_silent(speaker: Speaker, speaking: Speaking) -> None:
    """No sentence of one person's visit is heard by the next."""
    speaker.ends_at_once = False
    bus = EventBus()
    card = LeftCard(
        lies=lambda: False,
        placed=lambda: 0,
        visit=lambda: False,
        remind=lambda: None,
        changed=lambda _: None,
        patience_seconds=1.0,
        now=time.monotonic,
    )
    guidance = threading.Thread(target=Guidance(bus, card, speaking, None).run, daemon=True)
    guidance.start()
    speaking.ask(["card-title"], Language.ZH)
    until(lambda: len(speaker.heard) == 1)
    while speaking.speaking:
        bus.announce(EventKind.VISIT, under_way=False)
        time.sleep(0.01)
    bus.close()
    guidance.join(5)

    assert not guidance.is_alive()


@pytest.mark.parametrize(("code", "language"), [("ug", "ug"), ("fr", "zh")])
def test_who_left_a_card_is_called_in_his_language(
    speaker: Speaker, speaking: Speaking, code: str, language: str
) -> None:
    """The language of the visit that has ended; a code that is none counts as Chinese."""
    reminder(speaking, lambda: code)()
    until(lambda: len(speaker.heard) == len(LEFT_WORDS))

    assert [(key, spoken) for key, spoken, _ in speaker.heard] == [
        (key, language) for key in LEFT_WORDS
    ]
