"""What an implementation list must say, and that the sample items say it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from kiosk_server.catalogue.content import Assurance, Fee, ItemContent
from kiosk_server.catalogue.first_data import contents
from kiosk_server.catalogue.rules import ELEMENTS, missing_elements
from kiosk_server.catalogue.services import content_faults, content_hash

ITEMS = {content.code: content for content in contents()}
WORKING = [content for content in ITEMS.values() if content.handling is not None]


def whole() -> dict[str, Any]:
    """The elements of an item that lacks nothing."""
    elements = ITEMS["SAMPLE-RS-01"].elements
    assert elements is not None
    return dict(json.loads(json.dumps(elements)))


@pytest.mark.policy("P02")
def test_seventeen_elements() -> None:
    """There are seventeen elements, and an item that has them all may be published."""
    assert len(ELEMENTS) == 17
    assert missing_elements(whole()) == ()


@pytest.mark.policy("P02")
def test_all_that_is_missing_is_named_at_once() -> None:
    """A list with nothing in it is refused with all seventeen names, not with the first."""
    assert {fault.at for fault in missing_elements({})} == set(ELEMENTS)


@pytest.mark.policy("P02")
@pytest.mark.parametrize("blank", ["", "  ", "-", "—", "/", "无", "略", "暂无", None, []])
def test_nothing_is_said_with_its_reason(blank: object) -> None:
    """A blank, a dash or a bare 无 is no value; 不收费 is one."""
    assert [fault.at for fault in missing_elements({**whole(), "fee": blank})] == ["fee"]
    assert missing_elements({**whole(), "fee": "不收费"}) == ()


@pytest.mark.policy("P02")
def test_every_material_cites_its_basis() -> None:
    """A material without basis bars the item, by its place in the list."""
    materials = [{"name": "身份证", "how": "出示", "basis": ""}, "户口簿"]
    faults = missing_elements({**whole(), "materials": materials})
    assert [fault.at for fault in faults] == [
        "materials.0.basis",
        "materials.1.name",
        "materials.1.basis",
        "materials.1.how",
    ]


@pytest.mark.policy("P06")
def test_flow_has_three_steps_at_most() -> None:
    """受理、审核、办结: a fourth step is refused."""
    faults = missing_elements({**whole(), "flow": ["受理", "审核", "现场勘验", "办结"]})
    assert [fault.code for fault in faults] == ["flow_too_long"]


@pytest.mark.policy("P01")
def test_only_matters_on_application() -> None:
    """A penalty is no item; neither is an element that the law does not know."""
    assert [fault.code for fault in missing_elements({**whole(), "kind": "行政处罚"})] == [
        "kind_unknown"
    ]
    assert [fault.code for fault in missing_elements({**whole(), "extra": "另需材料"})] == [
        "element_unknown"
    ]


def test_four_items_work_and_the_rest_are_guides() -> None:
    """Four sample items are handled at a terminal; every other one says where to go."""
    assert {content.code for content in WORKING} == {
        "SAMPLE-RS-01",
        "SAMPLE-ZR-01",
        "SAMPLE-ZR-02",
        "SAMPLE-GJJ-01",
    }
    assert len(ITEMS) == 32


def test_one_item_costs_something_and_says_on_what_basis() -> None:
    """Paper of one sample item costs ten yuan, said to be a sample wherever it is said."""
    [content] = [each for each in WORKING if each.handling and each.handling.fees]
    assert content.handling is not None
    [fee] = content.handling.fees
    assert (content.code, fee.unit_fen) == ("SAMPLE-ZR-02", 1000)
    assert fee.basis.startswith("示例")
    assert fee.basis.endswith("待核")
    assert "示例" in content.facts["fee"]["zh"]


def test_free_items_keep_their_text() -> None:
    """An item without fees is written as before fees were known, so that its hash stays."""
    for content in WORKING:
        if content.handling is not None and not content.handling.fees:
            assert "fees" not in content.as_json()["handling"]


def test_fee_without_words_or_amount_is_not_published() -> None:
    """A fee needs names in three languages, a basis, and an amount."""
    [content] = [each for each in WORKING if each.handling and each.handling.fees]
    assert content.handling is not None
    faulty = Fee("copy", {"zh": "工本费"}, " ", 0)
    told = replace(content, handling=replace(content.handling, fees=(faulty,)))
    assert {fault.at for fault in content_faults(told)} == {
        "handling.fees.0.names",
        "handling.fees.0.basis",
        "handling.fees.0.unit_fen",
    }


@pytest.mark.parametrize("content", ITEMS.values(), ids=lambda content: content.code)
def test_every_item_may_be_published(content: ItemContent) -> None:
    """Each sample item is complete, marked as a sample, and survives being kept as JSON."""
    assert content_faults(content) == ()
    assert content.sample
    kept = ItemContent.from_json(json.loads(json.dumps(content.as_json())))
    assert kept == content
    assert content_hash(kept) == content_hash(content)


@pytest.mark.policy("P16")
@pytest.mark.parametrize("content", ITEMS.values(), ids=lambda content: content.code)
def test_every_item_has_a_window(content: ItemContent) -> None:
    """Whatever a terminal can do, a counter with people does too, and it is named."""
    assert content.window.site_id == "atushi-centre"
    assert content.window.desk["zh"]
    if content.elements is not None:
        assert "窗口" in content.elements["channels"]


@pytest.mark.parametrize("content", ITEMS.values(), ids=lambda content: content.code)
def test_words_in_three_languages(content: ItemContent) -> None:
    """Every name and sentence for people stands in Chinese, Uyghur and English."""
    assert {"zh", "ug", "en"} <= set(content.names)
    assert {"zh", "ug", "en"} <= set(content.short)


@pytest.mark.policy("P37")
@pytest.mark.parametrize("content", WORKING, ids=lambda content: content.code)
def test_no_item_needs_more_of_a_card_than_it_uses(content: ItemContent) -> None:
    """Working items need a second proof, and of the card name, number and validity alone."""
    assert content.handling is not None
    assert content.handling.card_fields == ("name", "number", "valid_until")
    assert content.handling.assurance is Assurance.CARD_AND_PRESENCE
    assert content.handling.devices == ("id_reader", "a4_printer")


def wordings(value: object, at: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every wording within *value*: a mapping that has Chinese words."""
    if isinstance(value, dict):
        if "zh" in value:
            yield at, value
        else:
            for key, inner in value.items():
                yield from wordings(inner, f"{at}.{key}")
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from wordings(inner, f"{at}.{number}")


@pytest.mark.policy("P57")
def test_all_words_of_what_works_are_in_three_languages() -> None:
    """Whatever a person reads of a service handled at machines is there in zh, ug and en."""
    lacking = [
        (at, language)
        for content in WORKING
        for at, words in wordings(content.as_json(), content.code)
        for language in ("ug", "en")
        if not words.get(language, "").strip()
    ]
    assert lacking == []


def test_guides_say_where_to_go_in_three_languages() -> None:
    """Names, facts and the window of every guide are there in zh, ug and en."""
    lacking = [
        (content.code, words["zh"])
        for content in ITEMS.values()
        for words in (content.names, content.window.desk, *content.facts.values())
        if not {"zh", "ug", "en"} <= set(words)
    ]
    assert lacking == []


def test_a_fact_without_a_label_is_refused() -> None:
    """A fact under a code that no surface has a label for, or without Chinese, is refused."""
    content = replace(
        ITEMS["SAMPLE-RS-01"], facts={"colour": {"zh": "蓝"}, "fee": {"ug": "ھەقسىز"}}
    )
    assert {(fault.at, fault.code) for fault in content_faults(content)} == {
        ("facts.colour", "fact_unknown"),
        ("facts.fee.zh", "words_missing"),
    }
