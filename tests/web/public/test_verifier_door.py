"""Applying to verify, one-time links and signing in, as browsers meet them."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from kiosk_server.core.database import Database
from kiosk_server.partners import people
from kiosk_server.partners.models import PartnerOrganisation
from kiosk_server.partners.people import Person
from kiosk_server.public.applying import PER_HOUR
from tests.support.verifying import ADMINISTRATOR, HOTEL_CODE, PASSWORD, Hotel

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
APPLY, SIGN_IN = "/partners/apply", "/scan/sign-in"


@pytest.fixture
def hotel(database: Database) -> Hotel:
    """An approved hotel."""
    return Hotel(database)


def send(client: FlaskClient, page: str, **fields: object) -> tuple[int, str, str]:
    """Send the form that stands on *page*; the status, where to, and the page."""
    found = _TOKEN.search(client.get(page).text)
    assert found is not None, page
    answer = client.post(page, data={"csrf_token": found.group(1), **fields})
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def link(hotel: Hotel) -> str:
    """The address of a one-time link for a clerk."""
    person = Person("aygul", "测试·古丽")
    with hotel.database.unit_of_work() as session:
        made = people.invite(session, hotel.id, person, by=ADMINISTRATOR)
    return f"/scan/join/{made.token}"


def form(**changes: object) -> dict[str, object]:
    """What an organisation writes into the form."""
    return {
        "name": "测试宾馆",
        "code": HOTEL_CODE.lower(),
        "kind": "lodging",
        "scene": ["lodging", "tourism"],
        "purpose": "登记入住旅客",
        "person": "测试·阿里木",
        "phone": "0908 0000001",
    } | changes


@pytest.mark.parametrize("language", ["zh", "ug", "en"])
def test_an_organisation_applies_and_is_thanked(
    client: FlaskClient, database: Database, language: str
) -> None:
    """The form is entered once, and a second one is thanked for alike."""
    for _ in range(2):
        status, where, _ = send(client, f"{APPLY}?lang={language}", **form())
        assert (status, where) == (303, f"/partners/applied?lang={language}")
    assert "<ol" in client.get(where).text
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PartnerOrganisation)) == 1


def test_every_fault_of_the_form_is_shown_at_its_field(client: FlaskClient) -> None:
    """What is wrong is named where it stands, and what was typed is kept."""
    status, _, page = send(client, APPLY, **form(code="9165", phone="none", scene=[]))
    assert status == 422
    assert page.count('class="field-error"') == 3
    assert 'value="测试宾馆"' in page


def test_applications_cannot_flood(client: FlaskClient) -> None:
    """One neighbourhood sends a few in an hour, and no more."""
    for _ in range(PER_HOUR):
        assert send(client, APPLY, **form())[0] == 303
    assert send(client, APPLY, **form())[0] == 429


def test_a_link_binds_a_browser_and_signs_its_person_in(client: FlaskClient, hotel: Hotel) -> None:
    """The form of a link is the one thing that spends it; then that browser signs in and out."""
    address = link(hotel)
    for _ in range(2):
        assert client.get(address).status_code == 200, "a GET spends nothing"
    status, _, page = send(client, address, password="short", device="")
    assert status == 422
    assert page.count('class="field-error"') == 2
    status, where, _ = send(client, address, password=PASSWORD, device="前台平板")
    assert (status, where) == (303, "/scan")
    assert client.get(SIGN_IN).headers["Location"] == "/scan"
    assert client.get(address).status_code == 404, "a link that was followed is over"
    found = _TOKEN.search(client.get("/partners/apply").text)
    assert found is not None
    out = client.post("/scan/sign-out", data={"csrf_token": found.group(1)})
    assert out.headers["Location"] == SIGN_IN
    assert send(client, SIGN_IN, login="aygul", password="wrong")[0] == 403
    assert send(client, SIGN_IN, login="aygul", password=PASSWORD)[0] == 303


def test_cookies_stay_on_the_verifiers_pages(client: FlaskClient, hotel: Hotel) -> None:
    """Both cookies are HttpOnly, SameSite=Strict and sent nowhere else."""
    address = link(hotel)
    found = _TOKEN.search(client.get(address).text)
    assert found is not None
    fields = {"csrf_token": found.group(1), "password": PASSWORD, "device": "前台"}
    answer = client.post(address, data=fields)
    own = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith("verifier_")]
    assert len(own) == 2
    for each in own:
        assert {"HttpOnly", "SameSite=Strict", "Path=/scan"} <= set(each.split("; "))


def test_another_browser_is_told_to_ask_for_a_link(app: Flask, hotel: Hotel) -> None:
    """Without a bound device there is no form to try passwords at."""
    hotel.employ()
    stranger = app.test_client()
    page = stranger.get(SIGN_IN).text
    assert 'name="password"' not in page
    found = _TOKEN.search(stranger.get(APPLY).text)
    assert found is not None
    fields = {"csrf_token": found.group(1), "login": hotel.login, "password": PASSWORD}
    assert stranger.post(SIGN_IN, data=fields).status_code == 403


def test_behind_the_door_a_stranger_is_led_to_it(client: FlaskClient) -> None:
    """A program is refused, and nothing is done for who is not signed in."""
    found = _TOKEN.search(client.get(APPLY).text)
    assert found is not None
    answer = client.post("/scan/sign-out", data={"csrf_token": found.group(1)})
    assert answer.status_code == 401


def test_a_made_up_link_is_counted_as_a_guess(client: FlaskClient) -> None:
    """Whoever tries links is made to wait like whoever tries codes."""
    answers = {client.get(f"/scan/join/{number:043d}").status_code for number in range(61)}
    assert answers == {404, 429}
