"""A form carried to the phone and back (转到手机继续): the kiosk is wiped, nothing comes twice."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.core import clock
from kiosk_server.visits import carrying
from kiosk_server.visits.drafts import draft_of
from kiosk_server.visits.models import CarriedForm, Visit
from kiosk_server.visits.pass_life import PassErrand
from kiosk_server.visits.terminal_passes import ask_phone
from tests.support.kiosk_person import Person
from tests.support.one_code import claimed, phone_of, scan, scanning, shown_by
from tests.support.phone import MEMET, PhoneBrowser, Program
from tests.support.showing import PIN
from tests.support.terminal_client import SignedTerminal, database_of

WITH_PURPOSE = "SAMPLE-ZR-01"
CARRY = "/kiosk/carry"


@pytest.fixture
def phone(counter: Flask) -> Program:
    """Aygul's phone."""
    return phone_of(counter)


@pytest.fixture
def begun(person: Person) -> Person:
    """A service was chosen and its purpose given."""
    scanning(person.terminal)
    person.start().agree(WITH_PURPOSE)
    assert person.path == "/kiosk/purpose"
    return person.touch("/kiosk/purpose", purpose=first_purpose(person), promise="yes")


def first_purpose(person: Person) -> str:
    """The code of the first purpose on the page."""
    return person.answer.text.split('name="purpose" value="')[1].split('"')[0]


def visit_of(person: Person) -> Visit:
    """The last visit of the terminal."""
    with database_of(person.terminal.app).reading() as session:
        mine = select(Visit).where(Visit.terminal_id == person.terminal.id)
        found = session.scalars(mine.order_by(Visit.id.desc())).first()
        assert found is not None
        return found


def carried(begun: Person, phone: Program) -> str:
    """Carry what was begun to *phone*; return the form's id."""
    begun.open(CARRY)
    with database_of(begun.terminal.app).unit_of_work() as session:
        visit = session.get_one(Visit, visit_of(begun).id)
        token = ask_phone(session, visit, PassErrand.CARRY).token
    told = claimed(phone, token).get_json()
    assert told["errand"] == "carry"
    phone.call("POST", f"/terminal-passes/{told['id']}/confirmation")
    begun.open(CARRY).touch("/kiosk/one-code/finish")
    [form] = phone.call("GET", "/carried-forms").get_json()["items"]
    form_id: str = form["id"]
    return form_id


@pytest.mark.policy("P44", "P52")
def test_a_form_goes_to_the_phone_and_the_kiosk_is_wiped(begun: Person, phone: Program) -> None:
    """The phone has item and purpose; the visit is over, its draft gone, its cookie worthless."""
    form_id = carried(begun, phone)
    assert "已转到手机" in begun.answer.text
    visit = visit_of(begun)
    assert (visit.end_reason, visit.draft_sealed, visit.session_digest) == ("carried", None, None)
    form = phone.call("GET", f"/carried-forms/{form_id}").get_json()
    assert form["item"] == WITH_PURPOSE
    assert form["purpose"] in {one["code"] for one in form["purposes"]}
    with database_of(begun.terminal.app).reading() as session:
        sealed = session.scalars(select(CarriedForm.answers_sealed)).one()
        assert form["purpose"].encode() not in sealed


@pytest.mark.policy("P44")
def test_it_comes_back_by_code_at_another_terminal_once(
    begun: Person, phone: Program, counter: Flask
) -> None:
    """Changed on the phone, scanned elsewhere: the item is chosen, the purpose given, no twice."""
    form_id = carried(begun, phone)
    codes = [
        one["code"] for one in phone.call("GET", f"/carried-forms/{form_id}").get_json()["purposes"]
    ]
    wanted = {"purpose": codes[-1], "promised": True}
    assert phone.call("PUT", f"/carried-forms/{form_id}", json=wanted).status_code == 200
    other = Person(scanning(SignedTerminal(counter))).start().open("/kiosk/one-code")
    assert scan(other, shown_by(phone, form_id=form_id)["address"]).status_code == 201
    other.open("/kiosk/one-code").touch("/kiosk/one-code/finish")
    # The reading is agreed to anew, at this terminal; what was chosen is not asked again.
    assert other.path == "/kiosk/notice"
    other.touch("/kiosk/notice")
    assert other.path == "/kiosk/card"
    with database_of(counter).reading() as session:
        visit = session.get_one(Visit, visit_of(other).id)
        assert draft_of(session, visit)["purpose"] == codes[-1]
    assert phone.call("GET", "/carried-forms").get_json()["items"] == []
    again = phone.call("POST", "/terminal-passes", json={"form_id": form_id})
    assert (again.status_code, again.get_json()["code"]) == (404, "form_not_found")


def test_a_visit_with_something_begun_keeps_it(
    begun: Person, phone: Program, counter: Flask
) -> None:
    """The form stays on the phone where another service was chosen before the scan."""
    form_id = carried(begun, phone)
    other = Person(scanning(SignedTerminal(counter))).start().agree("SAMPLE-RS-01")
    scan(other.open("/kiosk/one-code"), shown_by(phone, form_id=form_id)["address"])
    other.open("/kiosk/one-code").touch("/kiosk/one-code/finish")
    assert [one["id"] for one in phone.call("GET", "/carried-forms").get_json()["items"]] == [
        form_id
    ]


@pytest.mark.policy("P44")
def test_a_form_is_its_persons_alone(begun: Person, phone: Program, counter: Flask) -> None:
    """Another person reads, changes, drops and brings back nothing by its id."""
    form_id = carried(begun, phone)
    other = phone_of(counter, MEMET, "13800000002")
    address = f"/carried-forms/{form_id}"
    for method, given in (("GET", {}), ("PUT", {"json": {"purpose": "1"}}), ("DELETE", {})):
        assert other.call(method, address, **given).status_code == 404
    assert other.call("POST", "/terminal-passes", json={"form_id": form_id}).status_code == 404
    assert phone.call("DELETE", address).status_code == 204
    assert phone.call("GET", address).status_code == 404


def test_a_form_lapses_after_a_day(
    begun: Person, phone: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who never comes back leaves nothing: after a day it is neither shown nor kept."""
    carried(begun, phone)
    later = clock.now() + timedelta(hours=25)
    with database_of(begun.terminal.app).unit_of_work() as session:
        monkeypatch.setattr(clock, "now", lambda: later)
        assert carrying.forget_forms(session) == 1
        assert session.scalars(select(CarriedForm)).all() == []


def test_nothing_is_carried_before_a_service_is_chosen(person: Person) -> None:
    """The page leads to the services; after the card's errand it is not offered either."""
    assert person.start().open(CARRY).path == "/kiosk/services"


def test_the_phones_pages_lead_through(begun: Person, counter: Flask) -> None:
    """In a browser: the address scanned does nothing by itself, two touches do, words in order."""
    browser = PhoneBrowser(counter)
    browser.sign_in()
    browser.post(
        "/m/me/prove/name",
        "/m/me/prove",
        name="测试·阿依古丽",
        identity_number="653001199003070022",
    )
    browser.post("/m/show/new-pin", "/m/show", pin=PIN, again=PIN)
    begun.open(CARRY)
    with database_of(counter).unit_of_work() as session:
        visit = session.get_one(Visit, visit_of(begun).id)
        token = ask_phone(session, visit, PassErrand.CARRY).token
    opened = browser.get(f"/m/at/{token}")
    assert opened.status_code == 200
    assert begun.terminal.id in opened.text
    assert begun.terminal.get("/kiosk/one-code/state").get_json() == {"version": "open"}
    answer = browser.post(f"/m/at/{token}", f"/m/at/{token}")
    here = answer.headers["Location"]
    assert "一样，是我" in browser.get(here).text
    browser.post(f"{here}/confirm", here)
    begun.open(CARRY).touch("/kiosk/one-code/finish")
    assert "已经转到手机" in browser.get(here).text
    forms = browser.get("/m/terminal").text
    address = "/m/carried/" + forms.split("/m/carried/")[1].split('"')[0]
    assert "到机器上继续" in browser.get(address).text
    shown = browser.post("/m/terminal/code", address, form=address.rsplit("/", 1)[-1])
    assert "m-live-code" in shown.text
    assert browser.get(f"/m/at/{token}").status_code == 409
