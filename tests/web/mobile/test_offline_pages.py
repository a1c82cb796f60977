"""Offline codes from the pages: what is said before one is fetched, and without scripts."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates.holders import person
from kiosk_server.certificates.models import Certificate
from kiosk_server.credentials import keys
from kiosk_server.credentials.models import IssuedCredential
from kiosk_server.residents.models import PhoneAccount
from mobile_api.web.looks import OFFERED
from tests.support.inspect_page import inspect
from tests.support.phone import AYGUL, PhoneBrowser
from tests.support.showing import PIN
from tests.support.wallets import MOTHER, FilledPlatform, licence, opened

JSON = {"Accept": "application/json"}


@pytest.fixture
def phone(app: Flask) -> PhoneBrowser:
    """A browser of somebody who holds a driving licence and has chosen a PIN."""
    browser = PhoneBrowser(app)
    browser.sign_in()
    named = {"name": AYGUL["name"], "identity_number": AYGUL["number"]}
    browser.post("/m/me/prove/name", "/m/me/prove", **named)
    with browser.database.reading() as session:
        resident = session.scalars(select(PhoneAccount.resident_id)).one()
    assert resident is not None
    platform = FilledPlatform()
    platform.hold("driving_licence", licence())
    opened(browser.database, platform, person(resident), types=["driving_licence"])
    with browser.database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM)
    assert browser.post("/m/show/new-pin", "/m/show", pin=PIN, again=PIN).status_code == 303
    return browser


def where(phone: PhoneBrowser) -> str:
    """The page that fetches codes of the licence."""
    with phone.database.reading() as session:
        return f"/m/show/{session.scalars(select(Certificate.id)).one()}/offline"


def form(phone: PhoneBrowser, **changes: str) -> dict[str, str]:
    """What its form sends."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', phone.get(where(phone)).text)
    assert found is not None
    return {"csrf_token": found[1], "scene": "transport", "hours": "1", "pin": PIN, **changes}


@pytest.mark.policy("P33", "P34")
@pytest.mark.parametrize("language", OFFERED)
def test_it_is_said_in_words_before_and_shown_without_scripts(
    phone: PhoneBrowser, language: str
) -> None:
    """What a code says, that an offline look is seen by nobody, and then the first code."""
    phone.client.set_cookie("m_look", f"{language}.xl.contrast", path="/m")
    page = phone.get(where(phone))
    inspect(page)
    unseen = {"zh": "不会出现在您的用证记录里", "en": "does not stand in your log"}
    assert unseen.get(language, "خاتىرىڭىزدە كۆرۈنمەيدۇ") in page.text
    inspect(phone.get("/m/kept"))
    assert f'href="{where(phone)}"' in phone.get(where(phone).removesuffix("/offline")).text
    assert 'href="/m/kept"' in phone.get("/m/show").text
    code = phone.client.post(where(phone), data=form(phone))
    assert code.status_code == 200
    inspect(code)
    assert MOTHER not in code.text
    assert code.headers["Refresh"].startswith("900;")


def test_a_script_is_given_the_batch(phone: PhoneBrowser) -> None:
    """An hour is four windows of a quarter; they are kept by nobody on the way."""
    answer = phone.client.post(where(phone), data=form(phone), headers=JSON)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert len(answer.get_json()["codes"]) == 4


def test_what_is_wrong_is_said_on_the_page(phone: PhoneBrowser) -> None:
    """A wrong PIN and a scene that takes no licence are told in words, and nothing is given out."""
    for changes, words in (({"pin": "602947"}, "亮证密码不对"), ({"scene": "lodging"}, "超出")):
        answer = phone.client.post(where(phone), data=form(phone, **changes), headers=JSON)
        assert answer.status_code == 422
        assert words in answer.text
    with phone.database.reading() as session:
        assert session.scalars(select(IssuedCredential)).all() == []


def test_codes_are_given_back_by_a_form(phone: PhoneBrowser) -> None:
    """Without scripts too: what was fetched serves no longer."""
    phone.client.post(where(phone), data=form(phone), headers=JSON)
    answer = phone.client.post(f"{where(phone)}/drop", data=form(phone))
    assert answer.headers["Location"] == where(phone)
    with phone.database.reading() as session:
        stopped = session.scalars(select(IssuedCredential.stopped_at)).all()
    assert len(stopped) == 4
    assert None not in stopped


def test_before_a_pin_is_chosen_it_is_asked_for(app: Flask, phone: PhoneBrowser) -> None:
    """The page leads to where the PIN is set; another's certificate is not there."""
    other = PhoneBrowser(app, number="13900000008")
    other.sign_in()
    named = {"name": "测试·买买提", "identity_number": "65300119850615002X"}
    other.post("/m/me/prove/name", "/m/me/prove", **named)
    assert other.get(where(phone)).headers["Location"] == "/m/show"
    other.post("/m/show/new-pin", "/m/show", pin=PIN, again=PIN)
    assert other.get(where(phone)).status_code == 404
