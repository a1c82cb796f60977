"""Services of everyday life: who answers for each, on what ground, and how they are found."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from devices.prompts import Language, prompt
from kiosk_server.catalogue.content import ItemContent, Life
from kiosk_server.catalogue.first_data import contents
from kiosk_server.catalogue.queries import PublishedItem
from kiosk_server.catalogue.rules import LIFE, field_rank
from kiosk_server.catalogue.search import matching
from kiosk_server.catalogue.services import content_faults
from kiosk_server.places.service_groups import group_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)
BILLS, NOTARY, LEGAL_AID = "SAMPLE-G-23", "SAMPLE-G-25", "SAMPLE-G-29"
POST, TELECOM = "SAMPLE-G-30", "SAMPLE-G-31"
ITEMS = [PublishedItem(each.code, each.code, 1, "0" * 64, NOW, each) for each in contents()]
OF_LIFE = [each for each in contents() if each.life is not None]


def life_of(code: str) -> Life:
    """What a service says of everyday life."""
    [found] = [each.life for each in OF_LIFE if each.code == code]
    assert found is not None
    return found


@pytest.mark.policy("P47")
@pytest.mark.parametrize("content", OF_LIFE, ids=lambda content: content.code)
def test_each_says_who_answers_and_on_what_ground(content: ItemContent) -> None:
    """Who answers, a telephone, the law by its name; in Chinese, Uyghur and English."""
    life = content.life
    assert life is not None
    assert content.field == LIFE
    for words in (life.answers, life.basis, content.names, content.short, *content.facts.values()):
        assert all(words[language].strip() for language in ("zh", "ug", "en"))
    assert re.search(r"《.+法》第.+条", life.basis["zh"])
    assert life.booked is None or group_of([life.booked]) is not None
    assert life.hear is not None
    assert all(prompt(life.hear, language) is not None for language in Language)


@pytest.mark.policy("P47")
def test_all_of_them_are_there() -> None:
    """Bills, notary, legal aid, post and telephone; what is booked, paid and free is said."""
    assert {each.code for each in OF_LIFE} == {BILLS, NOTARY, LEGAL_AID, POST, TELECOM}
    assert life_of(BILLS).bills
    assert (life_of(NOTARY).booked, life_of(LEGAL_AID).booked) == ("notary", "legal-aid")
    assert (life_of(LEGAL_AID).phone, life_of(POST).phone) == ("12348", "11183")
    [free] = [each.facts["fee"]["zh"] for each in OF_LIFE if each.code == LEGAL_AID]
    assert free == "不收费"
    assert [each.code for each in OF_LIFE if each.life and each.life.when_refused] == [LEGAL_AID]


@pytest.mark.policy("P47")
def test_who_answers_is_not_left_out() -> None:
    """A service without its telephone, its ground or a language is not published."""
    [content] = [each for each in OF_LIFE if each.code == POST]
    faulty = Life(answers={"zh": "示例"}, phone="call us", basis={"zh": " "}, site="http://x.test")
    assert {fault.at for fault in content_faults(replace(content, life=faulty))} == {
        "life.answers",
        "life.phone",
        "life.basis",
        "life.site",
    }


def test_other_items_keep_their_text() -> None:
    """An item that says nothing of everyday life is written as before, so that its hash stays."""
    assert all("life" not in each.as_json() for each in contents() if each.life is None)


def test_what_most_come_for_stands_first() -> None:
    """Social insurance before housing; a field that nobody named stands last."""
    assert field_rank("社会保险") < field_rank(LIFE) < field_rank("住房保障") < field_rank("其他")


@pytest.mark.policy("P47", "P57")
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("法律援助", LEGAL_AID),
        ("免费律师", LEGAL_AID),
        ("12348", LEGAL_AID),
        ("قانۇن ياردىمى", LEGAL_AID),
        ("ئادۋوكات", LEGAL_AID),
        ("公证", NOTARY),
        ("遗嘱", NOTARY),
        ("نوتارىئات", NOTARY),
        ("寄信 邮局", POST),
        ("پوچتا", POST),
        ("ems", POST),
        ("补卡", TELECOM),
        ("电费", BILLS),
        ("توك ھەققى", BILLS),
    ],
)
def test_it_is_found_by_what_people_call_it(asked: str, code: str) -> None:
    """By its name, by what it is for, or by its number; in Chinese and in Uyghur."""
    assert code in [item.code for item in matching(ITEMS, asked)]


def test_letters_of_another_keyboard_are_taken() -> None:
    """Arabic and Persian letters count as the Uyghur ones that they stand for."""
    [named] = [each.names["ug"] for each in OF_LIFE if each.code == LEGAL_AID]
    typed = named.replace("ى", "ی").replace("ك", "ک")
    assert matching(ITEMS, typed)[0].code == LEGAL_AID


def test_names_stand_before_other_words() -> None:
    """Whoever types a name finds that first; nothing typed is everything, nonsense nothing."""
    assert matching(ITEMS, "公证")[0].code == NOTARY
    assert len(matching(ITEMS, " ،。")) == len(ITEMS)
    assert matching(ITEMS, "没有这样的事 " * 40) == []
