"""What a person reads on the way, in the language of the page, and that it is true."""

import re

import pytest

from tests.support.kiosk_person import AYGUL, Person

NOBODY = {"name": "测试九", "number": "653001198309090152", "valid_until": "2037-09-09"}
"""Nothing is on record of this card's holder."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")
MARKED = re.compile(r"<(\w+)[^>]*lang=\"zh-CN\"[^>]*>.*?</\1>", re.DOTALL)
MARKUP = re.compile(r"<(script|style|svg|title)\b.*?</\1>|<[^>]+>", re.DOTALL)


def said_in_chinese(person: Person) -> list[str]:
    """What the page says in Chinese without marking it as such, masked names aside."""
    body = person.answer.text.partition("<body")[2].partition(">")[2]
    plain = MARKUP.sub("\n", MARKED.sub("", body))
    lines = (line.strip() for line in plain.splitlines())
    return [line for line in lines if CHINESE.search(line) and "*" not in line]


def facts_in_chinese(person: Person) -> list[str]:
    """Labels and values of the page's facts that are still Chinese."""
    told = re.findall(r"<d[td]>(.*?)</d[td]>", person.answer.text, re.DOTALL)
    return [one for one in told if CHINESE.search(one) and "*" not in one]


@pytest.mark.policy("P57")
@pytest.mark.parametrize("language", ["ug", "en"])
@pytest.mark.parametrize("item", ["SAMPLE-RS-01", "SAMPLE-ZR-01", "SAMPLE-GJJ-01"])
def test_guide_and_notice_speak_the_language(person: Person, item: str, language: str) -> None:
    """Facts of the guide, and who reads what, why and for how long, are in the page's language."""
    person.start(language)
    for page in (f"/kiosk/guides/{item}", f"/kiosk/notice?item={item}"):
        person.open(page)
        assert facts_in_chinese(person) == []
        assert said_in_chinese(person) == []


@pytest.mark.policy("P20", "P57")
@pytest.mark.parametrize("language", ["ug", "en"])
def test_a_decision_speaks_the_language(person: Person, language: str) -> None:
    """What was found is said in the page's language; the paper alone is Chinese."""
    person.start(language).agree("SAMPLE-RS-01").place_card(AYGUL).prove_by_face()
    assert person.path == "/kiosk/decision"
    assert facts_in_chinese(person) == []
    assert said_in_chinese(person) == []


def test_a_record_keeps_its_own_words(person: Person) -> None:
    """An employer's name, which only the record has, stays Chinese and is marked as Chinese."""
    person.start("ug").agree("SAMPLE-GJJ-01").place_card(AYGUL).prove_by_face()
    assert len(facts_in_chinese(person)) == 1
    assert said_in_chinese(person) == []


def test_nothing_found_is_not_called_found(person: Person) -> None:
    """Where nothing is on record, the question does not say that something was found."""
    person.start().agree("SAMPLE-RS-01").place_card(NOBODY).prove_by_face()
    title = re.search(r"<h1[^>]*>(.*?)</h1>", person.answer.text)
    assert title is not None
    assert re.sub(r"<[^>]+>", "", title[1]) == "没有查到，可以打印结果"


def test_a_guide_that_cannot_begin_says_first_where_it_can(person: Person) -> None:
    """The window stands on the first page, the facts on the second; no step is counted."""
    person.start().open("/kiosk/guides/SAMPLE-G-02")
    assert "阿图什市示例路1号" in person.answer.text
    assert "第 1 步" not in person.answer.text
    assert person.answer.text.count("工作日") == 1
    person.open("/kiosk/guides/SAMPLE-G-02?page=2")
    assert "本人居民身份证" in person.answer.text
    assert "阿图什市示例路1号" not in person.answer.text
