"""The address book on the phone's pages: divisions step by step, checks, and others' addresses."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.audit.models import AuditEntry
from kiosk_server.core.identifiers import new_id
from kiosk_server.deliveries.models import ResidentAddress
from kiosk_server.deliveries.rules import MOST_ADDRESSES
from kiosk_server.places import first_data
from kiosk_server.places.models import Division
from mobile_api.web.looks import OFFERED
from tests.support.inspect_page import inspect
from tests.support.phone import AYGUL, MEMET, PhoneBrowser

HERE = "/m/addresses"
COUNTY, OTHER_COUNTY, TOWN = "653001", "653022", "653001101"
TYPED = {"recipient": "测试·阿依古丽", "phone": "138 0000 0001", "street": "示例巷 2 号（测试）"}


@pytest.fixture
def phone(app: Flask) -> PhoneBrowser:
    """Somebody who has proven her name, in a region whose divisions are known."""
    browser = PhoneBrowser(app)
    with browser.database.unit_of_work() as session:
        first_data.enter(session)
    return proven(browser, AYGUL)


def proven(browser: PhoneBrowser, person: dict[str, str]) -> PhoneBrowser:
    """Sign in and prove by name and number."""
    browser.sign_in()
    told = {"name": person["name"], "identity_number": person["number"]}
    assert browser.post("/m/me/prove/name", "/m/me/prove", **told).status_code == 303
    return browser


def send(phone: PhoneBrowser, /, *division: str, to: str = "new", **more: str) -> TestResponse:
    """Send the form with the divisions that were chosen in it."""
    fields: dict[str, Any] = {**TYPED, "division": list(division), **more}
    return phone.post(f"{HERE}/{to}", f"{HERE}/new", **fields)


def kept(phone: PhoneBrowser) -> list[ResidentAddress]:
    """The rows, in the order in which they were made."""
    with phone.database.reading() as session:
        return list(session.scalars(select(ResidentAddress).order_by(ResidentAddress.id)))


@pytest.mark.parametrize("language", OFFERED)
def test_every_page_of_the_book_is_in_order(phone: PhoneBrowser, language: str) -> None:
    """Empty, the form, a fault, the list, a change, the question: each page is whole."""
    phone.client.set_cookie("m_look", f"{language}.xl.contrast", path="/m")
    for path in (HERE, f"{HERE}/new"):
        inspect(phone.get(path))
    inspect(send(phone, phone="12345"))
    assert send(phone, COUNTY, TOWN).headers["Location"] == HERE
    one = f"{HERE}/{kept(phone)[0].id}"
    for path in (HERE, one, f"{one}/forget"):
        inspect(phone.get(path))


def test_the_division_is_chosen_step_by_step_without_a_script(phone: PhoneBrowser) -> None:
    """What has one division is told; the next level comes with a button; what was typed stays."""
    form = phone.get(f"{HERE}/new").text
    assert "新疆维吾尔自治区" in form
    assert 'id="division-county"' in form
    assert 'id="division-township"' not in form
    next_level = send(phone, COUNTY, step="divisions")
    assert next_level.status_code == 200
    assert 'id="division-township"' in next_level.text
    assert f'<option value="{TOWN}">' in next_level.text
    assert 'value="138 0000 0001"' in next_level.text
    assert kept(phone) == []
    assert send(phone, COUNTY, TOWN).status_code == 303
    assert kept(phone)[0].division_code == TOWN


def test_a_county_is_enough_and_another_countys_town_is_none(phone: PhoneBrowser) -> None:
    """A town that does not lie in the chosen county is not taken with it."""
    with phone.database.unit_of_work() as session:
        names = {"zh": "阿克陶县"}
        session.add(Division(code=OTHER_COUNTY, parent_code="653000", names=names))
    assert send(phone, COUNTY).status_code == 303
    assert send(phone, OTHER_COUNTY, TOWN).status_code == 303
    assert [each.division_code for each in kept(phone)] == [COUNTY, OTHER_COUNTY]
    for nonsense in ((), ("650000",), (TOWN,), ("999999",), ("' OR 1=1",)):
        refused = send(phone, *nonsense)
        assert refused.status_code == 422, nonsense
        assert "请选到县" in refused.text
    assert len(kept(phone)) == 2


def test_what_is_wrong_is_said_beside_its_field(phone: PhoneBrowser) -> None:
    """A number that no courier can call, no name and no street: kept, and marked."""
    wrong = send(phone, COUNTY, recipient=" ", phone="0908-4220000", street="")
    assert wrong.status_code == 422
    assert wrong.text.count('aria-invalid="true"') == 3
    assert 'value="0908-4220000"' in wrong.text
    assert send(phone, COUNTY, recipient="测" * 41).status_code == 422
    assert kept(phone) == []


def test_the_default_can_be_another_and_what_is_deleted_is_gone(phone: PhoneBrowser) -> None:
    """The first is the default until another is; deleted, the latest takes its place."""
    send(phone, COUNTY)
    send(phone, COUNTY, TOWN, recipient="测试·古丽")
    first, second = kept(phone)
    phone.post(f"{HERE}/{second.id}/default", HERE)
    assert [each.is_default for each in kept(phone)] == [False, True]
    asked = phone.get(f"{HERE}/{second.id}/forget")
    assert "测试·古丽" in asked.text
    phone.post(f"{HERE}/{second.id}/forget", f"{HERE}/{second.id}/forget")
    assert [(each.id, each.is_default) for each in kept(phone)] == [(first.id, True)]


def test_a_change_keeps_what_is_not_changed(phone: PhoneBrowser) -> None:
    """The form opens as the address is, with its divisions chosen."""
    send(phone, COUNTY, TOWN)
    one = kept(phone)[0].id
    form = phone.get(f"{HERE}/{one}").text
    assert f'<option value="{TOWN}" selected>' in form
    assert "示例巷 2 号" in form
    send(phone, COUNTY, to=one, street="示例巷 3 号（测试）")
    listed = phone.get(HERE).text
    assert "示例巷 3 号" in listed
    assert "13800000001" not in listed
    assert kept(phone)[0].division_code == COUNTY


def test_a_full_book_says_so(phone: PhoneBrowser) -> None:
    """The eleventh is refused in words, and not offered before."""
    for _ in range(MOST_ADDRESSES):
        assert send(phone, COUNTY).status_code == 303
    refused = send(phone, COUNTY)
    assert refused.status_code == 403
    assert "地址簿满了" in refused.text
    assert f'href="{HERE}/new"' not in phone.get(HERE).text


@pytest.mark.policy("P42")
def test_an_address_is_nobody_elses(app: Flask, phone: PhoneBrowser) -> None:
    """By its id another gets what he gets for none: 404 at every door, and it is audited."""
    send(phone, COUNTY)
    thief = proven(PhoneBrowser(app, number="13800000002"), MEMET)
    for which in (kept(phone)[0].id, new_id()):
        page = f"{HERE}/{which}"
        answers = [
            thief.get(page),
            thief.get(f"{page}/forget"),
            send(thief, COUNTY, to=which),
            send(thief, COUNTY, to=which, step="divisions"),
            thief.post(f"{page}/default", "/m/me"),
            thief.post(f"{page}/forget", "/m/me"),
        ]
        assert [each.status_code for each in answers] == [404] * 6
    assert "测试·阿依古丽" not in thief.get(HERE).text
    with phone.database.reading() as session:
        events = session.scalars(select(AuditEntry.event)).all()
    assert events.count("delivery.refused") == 12
    assert len(kept(phone)) == 1


def test_a_form_of_another_site_keeps_and_deletes_nothing(phone: PhoneBrowser) -> None:
    """Without the form's own token nothing is kept, changed or forgotten."""
    send(phone, COUNTY)
    one = kept(phone)[0].id
    for door in ("new", one, f"{one}/default", f"{one}/forget"):
        sent = {**TYPED, "division": COUNTY}
        assert phone.client.post(f"{HERE}/{door}", data=sent).status_code == 400
    assert len(kept(phone)) == 1


@pytest.mark.parametrize("asked", ["https://evil.example/", "//evil.example", "/staff/"])
def test_keeping_an_address_leads_to_no_other_site(phone: PhoneBrowser, asked: str) -> None:
    """The way onward is a page of ours, or the book."""
    assert send(phone, COUNTY, next=asked).headers["Location"] == HERE
    assert send(phone, COUNTY, next="/m/deliveries/new").headers["Location"] == "/m/deliveries/new"
