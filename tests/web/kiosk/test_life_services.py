"""Services of everyday life at a terminal: found on the first page, read, booked, printed."""

import json

import pytest
from flask import Flask

from tests.support.booking_person import known
from tests.support.kiosk_person import Person

LEGAL_AID, NOTARY, POST = "SAMPLE-G-29", "SAMPLE-G-25", "SAMPLE-G-30"
AID = f"/kiosk/guides/{LEGAL_AID}"
BOOK_AID = "/kiosk/notice?errand=bookings&service=legal-aid"


@pytest.mark.policy("P47")
@pytest.mark.parametrize("language", ["zh", "ug"])
def test_they_stand_on_the_first_page(person: Person, language: str) -> None:
    """No page is turned: one touch to the field, one to each service, in both languages."""
    assert "/kiosk/life" in person.start(language).page.links
    links = person.open("/kiosk/life").page.links
    assert {f"/kiosk/guides/{code}" for code in (LEGAL_AID, NOTARY, POST)} < set(links)
    assert "/kiosk/bills" in links


@pytest.mark.policy("P47")
@pytest.mark.parametrize(("language", "who"), [("zh", "谁负责"), ("ug", "كىم مەسئۇل")])
def test_the_guide_says_who_answers(person: Person, language: str, who: str) -> None:
    """Who answers stands first, with a number; everything else, with its law, behind one touch."""
    shown = person.start(language).open(AID).answer.text
    assert who in shown
    assert '<span class="num">12348</span>' in shown
    assert 'data-say="life-legal-aid"' in shown
    pages = range(1, 7)
    told = "".join(person.open(f"{AID}/elements?page={page}").answer.text for page in pages)
    assert "www.12348.gov.cn" in told
    assert ("《中华人民共和国法律援助法》" if language == "zh" else "قانۇن ياردىمى قانۇنى") in told


@pytest.mark.policy("P47", "P16")
def test_legal_aid_is_booked_from_its_guide(person: Person) -> None:
    """Who knows what he comes for is asked where, and not again what about."""
    assert "service=legal-aid" in person.start().open(AID).answer.text
    known(person, BOOK_AID)
    assert person.path == "/kiosk/bookings/site"
    assert "阿图什市政务服务中心" in person.answer.text
    assert "幸福路街道" not in person.answer.text


def test_only_what_can_be_booked_is_taken_over(person: Person) -> None:
    """A matter that there is not is asked for as ever."""
    person.start().open("/kiosk/notice?errand=bookings&service=no-such-matter")
    assert "service" not in person.form("/kiosk/notice")[0]


@pytest.mark.policy("P47", "P57")
def test_the_guide_is_printed_in_both_languages(person: Person) -> None:
    """The slip says in Chinese, then in Uyghur, who answers, what it costs and where; once."""
    person.start("ug").open(f"{AID}/window").touch(f"{AID}/slip")
    assert person.path == f"{AID}/window"
    assert f"{AID}/slip" not in person.answer.text
    [want] = person.wants()
    assert want["kind"] == "print_slip"
    blocks = json.loads(person.document(want["job"]))["blocks"]
    rows = {each["label"]: each["value"] for each in blocks if each["type"] == "row"}
    assert rows["电话"] == "12348"
    assert rows["收费"] == "不收费"
    assert "法律援助法" in rows["依据"]
    own = [each["text"] for each in blocks if each["type"] == "text" and each["lang"] == "ug"]
    assert own[0] == "قانۇن ياردىمى"
    assert any("12348" in line for line in own)
    assert {"type": "qr", "text": "https://www.12348.gov.cn", "size_mm": 22} in blocks


def test_the_way_back_is_where_one_came_from(person: Person) -> None:
    """From a decision that says no to legal aid and back, through its pages; to no other site."""
    person.start().open(f"{AID}?back=/kiosk/guides")
    assert "/kiosk/guides" in person.page.links
    assert "back=/kiosk/guides" in person.open(f"{AID}/window?back=/kiosk/guides").answer.text
    assert "evil.test" not in person.open(f"{AID}?back=https://evil.test/").answer.text


def test_an_unknown_guide_has_no_window(counter: Flask, person: Person) -> None:
    """An item that there is not is as unknown here as anywhere."""
    person.start()
    assert person.terminal.get("/kiosk/guides/NO-SUCH/window").status_code == 404
