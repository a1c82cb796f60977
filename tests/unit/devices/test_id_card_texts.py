"""Text blocks of the four cards, check characters, and the sample people."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.contracts.id_reader import Card, CardKind
from devices.protocols import id_card_texts, id_code_tables, id_numbers
from devices.protocols.id_card_texts import TextRefused
from devices.simulators.sample_people import SampleCard, sample_cards

SAMPLES = sample_cards()
RESIDENT = dict(SAMPLES["resident-1"].values)


def _decoded(**changed: str) -> Card | TextRefused:
    return id_card_texts.decode(id_card_texts.encode(CardKind.RESIDENT, RESIDENT | changed))


def _card(key: str) -> Card:
    card = id_card_texts.decode(SAMPLES[key].text)
    assert isinstance(card, Card)
    return card


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=lambda sample: sample.key)
def test_every_sample_card_can_be_read(sample: SampleCard) -> None:
    """Each sample card decodes without a warning to the kind that it is."""
    card = id_card_texts.decode(sample.text)

    assert isinstance(card, Card)
    assert card.kind is sample.kind
    assert card.number == sample.values["number"]
    assert card.warnings == ()


def test_sample_people_are_obviously_unreal() -> None:
    """Every sample name says that it is a test."""
    for sample in SAMPLES.values():
        english = sample.values.get("english_name", "")
        assert "测试" in sample.full_name or "CESHI" in english


def test_a_card_without_end_has_no_last_day() -> None:
    """长期 is no date: the card is long-term and valid_until is null."""
    card = _card("resident-4")

    assert card.long_term
    assert card.valid_until is None
    assert card.as_json()["valid_until"] is None


def test_a_long_name_stops_at_fifteen_units() -> None:
    """The card cuts a name at its fifteenth unit, and the reader gives what the card says."""
    card = _card("resident-8")

    assert card.name == SAMPLES["resident-8"].full_name[:15]
    assert len(SAMPLES["resident-8"].full_name) > 15


def test_a_rare_character_takes_two_units() -> None:
    """𠮷, outside the basic plane, is read as one character."""
    assert _card("resident-7").name == "𠮷测试"


def test_a_character_cut_by_the_end_of_its_field_is_left_out() -> None:
    """Half a rare character at the fifteenth unit is dropped, not shown as rubbish."""
    card = _decoded(name="测" * 14 + "𠮷")

    assert isinstance(card, Card)
    assert card.name == "测" * 14


def test_a_foreigner_of_2017_is_read_from_his_own_layout() -> None:
    """Card I keeps the English name, three nationality letters and a number of fifteen."""
    card = _card("foreigner-2017-1")

    assert (card.english_name, card.nation, len(card.number)) == ("CESHI, SAMPLE", "KGZ", 15)
    assert card.born == date(1985, 1, 1)


def test_a_foreigner_of_2023_has_a_name_in_two_parts() -> None:
    """Card Y joins the two parts of its English name, which stands in for a Chinese one."""
    card = _card("foreigner-2023-1")

    assert card.english_name == "SAMPLE CESHI VERYLONGFAMILYNAME OF NOBODY"
    assert card.name == card.english_name


def test_a_resident_of_hong_kong_has_no_people() -> None:
    """Card J leaves 民族 blank."""
    assert _card("hmt-1").nation == ""


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"number": "653001199003070023"}, TextRefused("number", "number_invalid")),
        ({"born": "19900230"}, TextRefused("born", "no_such_day")),
        ({"valid_from": "        "}, TextRefused("valid_from", "no_such_day")),
        ({"valid_until": "永远"}, TextRefused("valid_until", "no_such_day")),
        ({"name": ""}, TextRefused("name", "empty")),
    ],
)
def test_what_cannot_stand_on_a_card_is_refused(
    changed: dict[str, str], refused: TextRefused
) -> None:
    """A block with an impossible field is refused, and the field is named."""
    assert _decoded(**changed) == refused


def test_contradictions_are_warnings() -> None:
    """Birth or sex that the number contradicts do not stop a card."""
    card = _decoded(born="19900308", sex="1")

    assert isinstance(card, Card)
    assert card.warnings == ("born_differs_from_number", "sex_differs_from_number")


@given(st.binary(min_size=256, max_size=256))
def test_any_bytes_end_in_a_card_or_a_refusal(text: bytes) -> None:
    """No block of the right length makes the decoder fail."""
    assert isinstance(id_card_texts.decode(text), Card | TextRefused)


def test_a_block_of_another_length_is_refused() -> None:
    """255 bytes are no text block."""
    assert id_card_texts.decode(bytes(255)) == TextRefused("text", "wrong_length")


@pytest.mark.parametrize(
    "number",
    ["653001199003070014", "65300119850615002X", "653001200001010013", "653001199003070022"],
)
def test_published_citizen_numbers_are_valid(number: str) -> None:
    """GB 11643 accepts the published numbers, and none of them with its last character changed."""
    assert id_numbers.is_valid(number, CardKind.RESIDENT)
    for other in set("0123456789X") - {number[-1]}:
        assert not id_numbers.is_valid(number[:-1] + other, CardKind.RESIDENT)


def test_published_foreign_numbers_are_valid() -> None:
    """Both editions of the foreigner's card accept their published number."""
    assert id_numbers.is_valid("USA110080010111", CardKind.FOREIGNER_2017)
    assert not id_numbers.is_valid("USA110080010112", CardKind.FOREIGNER_2017)
    assert id_numbers.is_valid("965840198001010016", CardKind.FOREIGNER_2023)
    assert not id_numbers.is_valid("965840198001010016", CardKind.RESIDENT)


@given(st.text(max_size=20), st.sampled_from(CardKind))
def test_any_text_is_a_number_or_none(number: str, kind: CardKind) -> None:
    """The check says yes or no to any text."""
    assert id_numbers.is_valid(number, kind) in (True, False)


def test_peoples_stand_at_their_codes() -> None:
    """The table of peoples is not shifted anywhere, and unknown codes count as 其他."""
    known = {
        "01": "汉",
        "05": "维吾尔",
        "25": "水",
        "29": "柯尔克孜",
        "56": "基诺",
        "98": "外国血统",
    }

    for code, name in known.items():
        assert id_code_tables.people(code).startswith(name)
    assert id_code_tables.people("77") == "其他"
    assert id_code_tables.sex("x") == "未知"
