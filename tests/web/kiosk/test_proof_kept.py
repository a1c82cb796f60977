"""The second proof: a code to the phone, an outside comparison, or a named window."""

import re

import pytest
from flask import Flask

from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.reactions import HANDLERS, Context
from kiosk_server.settings import Settings
from tests.support.kiosk_person import AYGUL, EXPIRED, MEMET, Person
from tests.support.terminal_client import database_of

INSURANCE = "SAMPLE-RS-01"


def let_worker_work(app: Flask, settings: Settings) -> None:
    """Carry out what waits in the outbox."""
    database = database_of(app)
    dispatcher = Dispatcher(database, HANDLERS, Context(database, settings))
    while dispatcher.work_one():
        pass


def before_proof(person: Person, card: dict[str, str]) -> Person:
    """A person whose card was read."""
    return person.start().agree(INSURANCE).place_card(card)


def test_a_code_to_the_phone_proves_the_holder(person: Person, settings: Settings) -> None:
    """The code goes to the phone of the record, masked; a simulated message says so."""
    before_proof(person, AYGUL).open("/kiosk/proof/phone").touch("/kiosk/proof/phone/send")
    assert person.path == "/kiosk/proof/phone"
    assert "199****0022" in person.answer.text
    assert 'data-to="/kiosk/proof/phone"' in person.answer.text
    let_worker_work(person.terminal.app, settings)
    found = re.search(r"模拟短信，不是真的：(\d{6})", person.open("/kiosk/proof/phone").answer.text)
    assert found
    assert "data-to=" not in person.answer.text
    person.touch("/kiosk/proof/phone", code="1")
    assert "还差 5 位" in person.answer.text
    wrong = "000000" if found.group(1) != "000000" else "111111"
    assert "数字不对" in person.touch("/kiosk/proof/phone", code=wrong).answer.text
    assert person.touch("/kiosk/proof/phone", code=found.group(1)).path == "/kiosk/deciding"


def test_five_wrong_codes_to_the_phone_end_the_visit(person: Person) -> None:
    """Guessing a code is over after five tries."""
    before_proof(person, AYGUL).open("/kiosk/proof/phone").touch("/kiosk/proof/phone/send")
    for _ in range(5):
        person.touch("/kiosk/proof/phone", code="000000")
    assert "why=codes" in person.path


def test_who_has_no_phone_sees_why(person: Person) -> None:
    """Without a phone at the source that way is greyed; another way leads to a window at last."""
    before_proof(person, MEMET)
    assert "没有登记手机号" in person.answer.text
    assert "/kiosk/proof/phone" not in person.page.links
    person.open("/kiosk/another-way")
    assert "没有登记手机号" in person.answer.text
    assert any(link.startswith("/kiosk/window") for link in person.page.links)


@pytest.mark.parametrize(
    ("answer", "words"), [("other", "没有认出是您本人"), ("unclear", "摄像头没有看清")]
)
def test_a_comparison_that_fails_is_said(person: Person, answer: str, words: str) -> None:
    """What the comparison did not find is said, with the other ways; nothing is decided."""
    before_proof(person, AYGUL).open("/kiosk/proof/face").touch("/kiosk/proof/face/begin")
    assert "这是模拟的人脸比对" in person.answer.text
    person.touch("/kiosk/proof/face", answer=answer)
    assert words in person.page.h1[0]
    assert person.open("/kiosk/deciding").path == "/kiosk/proof"


def test_an_expired_card_has_its_own_refusal(person: Person) -> None:
    """The terminal is told the code, and the page for it says what to do."""
    person.start().agree(INSURANCE)
    assert person.read_card(EXPIRED).get_json()["code"] == "card_expired"
    person.open("/kiosk/card/failed?code=card_expired")
    assert "身份证过期了" in person.page.h1[0]
    assert any(link.startswith("/kiosk/window") for link in person.page.links)


def test_a_made_up_code_is_told_in_known_words(person: Person) -> None:
    """The address of a failure shows only sentences of ours."""
    person.start().agree(INSURANCE).open("/kiosk/card/failed?code=%3Cscript%3E")
    assert "<script>" not in person.answer.text
    assert "身份证没有读出来" in person.page.h1[0]


@pytest.mark.policy("P34")
def test_consent_to_an_older_text_is_refused(person: Person) -> None:
    """Only the version that stands can be agreed to; what was shown is what is recorded."""
    person.start().open(f"/kiosk/notice?item={INSURANCE}")
    _, fields = person.form("/kiosk/notice")
    answer = person.terminal.post(f"/kiosk/notice?item={INSURANCE}&version=old", form=fields)
    assert answer.status_code == 403
    assert person.open("/kiosk/card").path == "/kiosk/services"
