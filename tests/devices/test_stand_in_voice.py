"""The stand-in voice, espeak-ng itself: every prompt of every language is really spoken."""

import pytest

from devices.drivers.espeak_voice import EspeakVoice
from devices.prompts import Language, Prompt, prompts
from tests.support.missing import need_program

BRINGS = "apt-get install -y espeak-ng"
SECONDS_A_LETTER = {Language.ZH: (0.1, 0.7)}
USUAL = (0.03, 0.25)


@pytest.fixture(scope="module")
def voice() -> EspeakVoice:
    """The installed program."""
    return EspeakVoice(need_program("espeak-ng", BRINGS))


@pytest.mark.peer
@pytest.mark.policy("P51", "P56")
@pytest.mark.parametrize("language", list(Language))
def test_every_prompt_is_spoken_in_its_language(voice: EspeakVoice, language: Language) -> None:
    """Each prompt is audible, as long as its words, and no part is read by English rules."""
    for said in prompts()[language].values():
        sound = voice.sound(said)
        assert sound is not None, said.id
        least, most = SECONDS_A_LETTER.get(language, USUAL)
        assert least < sound.seconds / len(said.text) < most, (said.id, sound.seconds)
        assert sound.rms > 0.02, said.id
        if language is not Language.EN:
            phonemes = voice.phonemes(said)
            assert phonemes, said.id
            assert "(en)" not in phonemes, (said.id, phonemes)


@pytest.mark.peer
def test_the_plain_chinese_voice_is_the_trap(voice: EspeakVoice) -> None:
    """Without pinyin a wrong reading is heard: 重 of 重新 is told as the heavy one."""
    right = prompts()[Language.ZH]["trouble-paper-out-do"]
    bare = Prompt(right.id, right.language, right.text)

    assert voice.phonemes(right) != voice.phonemes(bare)


def test_without_the_program_there_is_no_voice() -> None:
    """A machine without espeak-ng is silent, not broken."""
    absent = EspeakVoice("no-such-voice-program")
    said = prompts()[Language.EN]["card-title"]

    assert not absent.there
    assert absent.sound(said) is None
    assert absent.phonemes(said) is None
