"""Whose machine it is and where it stands, in the words of the page."""

import pytest
from flask import Flask

from kiosk_server.places.spots import spot_words, spots
from tests.support.kiosk_person import Person, ready_terminal
from tests.support.terminal_client import SignedTerminal


@pytest.fixture
def in_bank(counter: Flask) -> Person:
    """A person before a terminal that stands in a bank."""
    bank = SignedTerminal(counter, site_id="xingfulu", host_place_id="sample-bank")
    return Person(ready_terminal(bank))


@pytest.mark.policy("P54", "P55")
def test_a_bank_is_where_it_stands_and_not_whose_it_is(in_bank: Person) -> None:
    """The 便民服务中心 is named as whose the machine is, the bank as where it stands."""
    text = in_bank.open("/kiosk/").answer.text
    assert "由幸福路街道便民服务中心负责" in text
    assert "示例银行网点" in text
    assert text.index("幸福路街道便民服务中心") < text.index("示例银行网点")


@pytest.mark.parametrize(
    ("language", "bank"), [("ug", "ئۈلگە بانكا شۆبىسى"), ("en", "Sample Bank")]
)
def test_a_bank_has_its_name_in_the_language(in_bank: Person, language: str, bank: str) -> None:
    """In Uyghur and English the bank is named in that language."""
    assert bank in in_bank.start(language).answer.text


def test_spots_have_words_in_four_languages() -> None:
    """A known spot is said in each language; any other stays as it was written."""
    assert all({"zh", "ug", "en", "ky"} <= set(words) for words in spots().values())
    assert spot_words("示例角落") == {"zh": "示例角落"}
