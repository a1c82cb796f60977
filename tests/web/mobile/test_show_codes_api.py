"""Live codes and the log through the phone's API, and those who would like another's."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.certificates.holders import person
from kiosk_server.certificates.models import Certificate
from kiosk_server.residents.models import PhoneAccount
from tests.support.phone import AYGUL, MEMET, Program
from tests.support.showing import PIN, scan
from tests.support.wallets import FilledPlatform, licence, opened


@pytest.fixture
def phone(app: Flask) -> Program:
    """A program of somebody who has proven her name and holds a driving licence."""
    program = Program(app).sign_in()
    assert program.prove(AYGUL).status_code == 200
    with program.database.reading() as session:
        resident = session.scalars(select(PhoneAccount.resident_id)).one()
    assert resident is not None
    platform = FilledPlatform()
    platform.hold("driving_licence", licence())
    opened(program.database, platform, person(resident), types=["driving_licence"])
    return program


def wanted(phone: Program, **changes: Any) -> dict[str, Any]:
    """What is asked for to show the licence."""
    with phone.database.reading() as session:
        certificate = session.scalars(select(Certificate.id)).one()
    return {"certificate_id": certificate, "scene": "transport"} | changes


@pytest.mark.policy("P31", "P34")
def test_a_program_shows_and_reads_who_looked(phone: Program) -> None:
    """Scenes, PIN, code, look, log: each told once and no more than it should."""
    offered = phone.call("GET", "/scenes").get_json()["items"]
    assert [scene["id"] for scene in offered][:2] == ["transport", "tourism"]
    refused = phone.call("POST", "/show-codes", json=wanted(phone))
    assert (refused.status_code, refused.get_json()["code"]) == (403, "pin_needed")
    assert phone.call("PUT", "/show-pin", json={"pin": PIN}).status_code == 204
    made = phone.call("POST", "/show-codes", json=wanted(phone))
    assert made.status_code == 201, made.text
    code = made.get_json()
    assert code["address"].endswith(f"/s/{code['token']}")
    assert code["fields"] == ["number", "holder_name", "valid_until", "vehicle_class"]
    before = phone.call("GET", f"/show-codes/{code['id']}")
    same = phone.call(
        "GET", f"/show-codes/{code['id']}", headers={"If-None-Match": before.headers["ETag"]}
    )
    assert same.status_code == 304
    scan(phone.database, code["token"])
    seen = phone.call("GET", f"/show-codes/{code['id']}").get_json()
    assert (seen["state"], [use["outcome"] for use in seen["uses"]]) == ("used", ["genuine"])
    (use,) = phone.call("GET", "/uses").get_json()["items"]
    assert (use["channel"], use["scene"], use["organisation"]) == ("live_code", "transport", None)


def test_a_wrong_pin_is_refused_and_a_code_can_be_stopped(phone: Program) -> None:
    """The PIN opens five minutes; a stopped code shows nothing."""
    assert phone.call("PUT", "/show-pin", json={"pin": PIN}).status_code == 204
    wrong = phone.call("POST", "/show-pin/unlocks", json={"pin": "602947"})
    assert (wrong.status_code, wrong.get_json()["code"]) == (403, "pin_wrong")
    weak = phone.call("PUT", "/show-pin", json={"pin": "111111", "old": PIN})
    assert (weak.status_code, weak.get_json()["code"]) == (422, "pin_weak")
    code = phone.call("POST", "/show-codes", json=wanted(phone)).get_json()
    assert phone.call("DELETE", f"/show-codes/{code['id']}").status_code == 204
    assert phone.call("GET", f"/show-codes/{code['id']}").get_json()["state"] == "stopped"
    unfit = phone.call("POST", "/show-codes", json=wanted(phone, scene="lodging"))
    assert (unfit.status_code, unfit.get_json()["code"]) == (422, "scene_unfit")


def test_anothers_certificate_and_code_are_not_there(app: Flask, phone: Program) -> None:
    """By id, with a PIN of his own: 404, the same as for what does not exist."""
    assert phone.call("PUT", "/show-pin", json={"pin": PIN}).status_code == 204
    code = phone.call("POST", "/show-codes", json=wanted(phone)).get_json()
    other = Program(app, number="13900000009").sign_in()
    early = other.call("POST", "/show-codes", json=wanted(phone))
    assert (early.status_code, early.get_json()["code"]) == (403, "level_too_low")
    assert other.prove(MEMET).status_code == 200
    assert other.call("PUT", "/show-pin", json={"pin": PIN}).status_code == 204
    answers = [
        other.call("POST", "/show-codes", json=wanted(phone)),
        other.call("POST", "/show-codes", json=wanted(phone, certificate_id="0" * 26)),
        other.call("GET", f"/show-codes/{code['id']}"),
        other.call("DELETE", f"/show-codes/{code['id']}"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert answers[0].get_json()["code"] == answers[1].get_json()["code"]
    assert other.call("GET", "/uses").get_json()["items"] == []
