"""What the terminal may say: the words of the screen, in every language, and nothing of anybody."""

import re
from pathlib import Path

import pytest

from devices.prompts import Language, prompt, prompts
from devices.protocols.kyrgyz_letters import cyrillic
from kiosk_server.web.messages import Messages

LOCALES = Path(__file__).parents[3] / "kiosk_ui" / "locales"
SIDES = {"card-lead-left": ("card-lead", "left"), "card-lead-right": ("card-lead", "right")}
ISOLATES = str.maketrans("", "", "\u2068\u2069")
SYLLABLE = re.compile(r"[a-z]+[1-5]")


@pytest.mark.parametrize("language", list(Language))
def test_what_is_said_is_what_stands_on_the_screen(language: Language) -> None:
    """Every prompt has, to the letter, the words of the kiosk's locale file."""
    screen = Messages([LOCALES], strict=True)
    for key, said in prompts()[language].items():
        name, side = SIDES.get(key, (key, ""))
        assert screen.knows(name, language), key
        shown = screen.text(language, name, **({"side": side} if side else {}))
        assert said.text == shown.translate(ISOLATES), key


@pytest.mark.policy("P51")
def test_no_language_is_silent() -> None:
    """Chinese has every prompt; Uyghur and English too; Kyrgyz says in Chinese what it lacks."""
    known = prompts()
    chinese = set(known[Language.ZH])

    assert set(known[Language.EN]) == set(known[Language.UG]) == chinese
    assert set(known[Language.KY]) < chinese
    assert prompt("working-record", Language.KY) == known[Language.ZH]["working-record"]
    assert prompt("no-such-prompt", Language.ZH) is None


@pytest.mark.policy("P39")
def test_a_prompt_has_no_room_for_a_person() -> None:
    """No prompt has a variable: neither a name nor a number can be said before others."""
    for known in prompts().values():
        for said in known.values():
            assert not set("{}§$") & set(said.text), said.id


def test_each_character_has_its_pinyin() -> None:
    """The stand-in voice gets one syllable with its tone for each Chinese character and figure."""
    for said in prompts()[Language.ZH].values():
        characters = re.findall(r"[\u4e00-\u9fff]|\d", said.text)
        syllables = SYLLABLE.findall(said.say)
        assert len(syllables) == len(characters), said.id
        assert not SYLLABLE.sub("", said.say).strip(" ,.?"), said.id


def test_readings_that_a_voice_gets_wrong_are_right() -> None:
    """重新 is chong xin and 应答 ying da: characters of several readings, said by meaning."""
    known = prompts()[Language.ZH]

    assert "chong2 xin1" in known["trouble-paper-out-do"].say
    assert "ying4 da2" in known["trouble-offline"].say
    assert "hai2 zai4" in known["still-title"].say


def test_a_recording_is_tied_to_its_words() -> None:
    """Two texts never have one digest, and one text always has the same."""
    digests = {said.digest for known in prompts().values() for said in known.values()}
    texts = {said.text for known in prompts().values() for said in known.values()}

    assert len(digests) == len(texts)


@pytest.mark.parametrize(
    ("arabic", "cyrillic_letters"),
    [
        ("كىملىك", "кимлик"),
        ("قىرعىزچا", "кыргызча"),
        ("ەمنەسى", "эмнеси"),
        ("كۅرسۅتمۅنۉ كۅرۉۉ", "көрсөтмөнү көрүү"),
        ("سىز بارسىزبى؟", "сиз барсызбы?"),
        ("PIN، 24", "PIN, 24"),
    ],
)
def test_kyrgyz_is_spelt_over(arabic: str, cyrillic_letters: str) -> None:
    """The one letter for ы and и follows the vowels of its word."""
    assert cyrillic(arabic) == cyrillic_letters


def test_every_kyrgyz_prompt_can_be_spelt() -> None:
    """No letter of Arabic script is left over."""
    for said in prompts()[Language.KY].values():
        assert not re.search(r"[\u0600-\u06ff]", cyrillic(said.text)), said.id
