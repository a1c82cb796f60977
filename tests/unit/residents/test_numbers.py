"""Check digits of every card kind, and when two spellings are one name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.residents.numbers import CardKind, is_valid, mod_11_2
from kiosk_server.residents.rules import CARD_NAME_UNITS, plain_name, same_name

VALID = [
    (CardKind.RESIDENT, "653001199003070014"),
    (CardKind.RESIDENT, "65300119850615002X"),
    (CardKind.RESIDENT, "653001200001010013"),
    (CardKind.RESIDENT, "653001199003070022"),
    (CardKind.RESIDENT, "653001194005050014"),
    (CardKind.HMT, "810000199001020014"),
    (CardKind.FOREIGNER_2017, "USA110080010111"),
    (CardKind.FOREIGNER_2017, "KGZ653085010102"),
    (CardKind.FOREIGNER_2023, "965840198001010016"),
    (CardKind.FOREIGNER_2023, "965417199106020017"),
]


@pytest.mark.parametrize(("kind", "number"), VALID)
def test_numbers_of_the_standards(kind: CardKind, number: str) -> None:
    """Numbers whose check digits are known to be right are valid."""
    assert is_valid(kind, number)


@pytest.mark.parametrize(("kind", "number"), VALID)
def test_one_wrong_figure(kind: CardKind, number: str) -> None:
    """A number with any single figure changed is not valid."""
    for at, mark in enumerate(number):
        if not mark.isdecimal():
            continue
        # 7, 3 and 1 leave gaps only for letters: every digit is told apart.
        other = str((int(mark) + 1) % 10)
        assert not is_valid(kind, number[:at] + other + number[at + 1 :])


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (CardKind.RESIDENT, ""),
        (CardKind.RESIDENT, "65300119900307001"),
        (CardKind.RESIDENT, "65300119900307001x"),
        (CardKind.RESIDENT, "６53001199003070014"),
        (CardKind.HMT, "653001199003070014"),
        (CardKind.FOREIGNER_2023, "653001199003070014"),
        (CardKind.FOREIGNER_2017, "usa110080010111"),
    ],
)
def test_numbers_of_no_form(kind: CardKind, number: str) -> None:
    """What is too short, in small or full-width letters or of another card is not valid."""
    assert not is_valid(kind, number)


def test_day_that_never_was() -> None:
    """A right check digit does not make the thirtieth of February a birthday."""
    body = "65300119900230001"
    assert not is_valid(CardKind.RESIDENT, body + mod_11_2(body))


def test_division_of_the_time_of_birth_stays() -> None:
    """A number that was issued in a division that is no more is valid."""
    body = "65302119700101001"
    assert is_valid(CardKind.RESIDENT, body + mod_11_2(body))


@pytest.mark.parametrize("dot", [*"•・‧∙．.", " · ", "· "])
def test_dots_are_one(dot: str) -> None:
    """However the separator is written, the name is the same."""
    assert same_name(f"阿依古丽{dot}测试", "阿依古丽·测试")


def test_name_cut_off_by_the_card() -> None:
    """A card's fifteen characters match the longer name that begins with them."""
    record = "古丽巴哈尔·阿卜杜热合曼·测试江艾力"
    card = record[:CARD_NAME_UNITS]
    assert same_name(card, record)
    assert same_name("古丽巴哈尔·阿卜杜热合曼测试测试", "古丽巴哈尔·阿卜杜热合曼测试测试江")


def test_rare_characters_count_as_two_units() -> None:
    """A character outside the basic plane takes two of the card's units."""
    card = "𠮷𠮷𠮷𠮷𠮷𠮷𠮷测"
    assert same_name(card, card + "试")
    assert not same_name("𠮷测", "𠮷测试")


@pytest.mark.parametrize(
    ("card", "record"),
    [
        ("马测试", "牛测试"),
        ("阿依古丽·测试", "阿依古丽·测"),
        ("阿依古丽", "阿依古丽·测试"),
        ("", ""),
        ("", "测试"),
        ("·", "·"),
    ],
)
def test_names_that_differ(card: str, record: str) -> None:
    """A short card that merely begins a name, another name, and no name are no match."""
    assert not same_name(card, record)


@given(st.text(alphabet="阿依古丽测试·•．. ", max_size=20))
def test_plain_name_is_stable(name: str) -> None:
    """Normalising a name twice is normalising it once."""
    assert plain_name(plain_name(name)) == plain_name(name)
