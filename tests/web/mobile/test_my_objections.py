"""Objections and reports of refusals by the phone's API: raised, listed, withdrawn, one's own."""

from dataclasses import replace

import pytest
from flask import Flask

from kiosk_server.core.identifiers import new_id
from mobile_api.certificate_partners import EXTENSION
from tests.support.phone import AYGUL, MEMET, Program
from tests.support.wallets import FilledPlatform, licence

WRONG = {"field": "vehicle_class", "words": "准驾车型应该是 C2（测试）"}
REFUSED = {"type": "id_card", "scene": "lodging", "place": "测试宾馆", "said": "只收原件"}


def caller(app: Flask, person: dict[str, str], number: str) -> Program:
    """Somebody who has proven who he is."""
    program = Program(app, number=number).sign_in()
    assert program.prove(person).status_code == 200
    return program


@pytest.fixture
def licence_id(app: Flask) -> str:
    """The licence of the first caller, as departments hold it."""
    platform = FilledPlatform()
    platform.hold("driving_licence", licence())
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], platform=platform)
    wallet = caller(app, AYGUL, "13800000007").call("GET", "/certificates").get_json()
    (held,) = [one["id"] for kind in wallet["types"] for one in kind["certificates"]]
    return str(held)


@pytest.mark.policy("P32")
def test_an_objection_is_raised_once_and_withdrawn_by_its_raiser(
    app: Flask, licence_id: str
) -> None:
    """It has a last day and names whom to complain to; a second to the same field is refused."""
    mine = caller(app, AYGUL, "13800000001")
    path = f"/certificates/{licence_id}/objections"
    raised = mine.call("POST", path, json=WRONG)
    assert raised.status_code == 201, raised.text
    told = raised.get_json()
    assert told["state"] == "raised"
    assert told["due_on"] > told["raised_at"][:10]
    assert told["complain_to"]["phone"]
    assert mine.call("POST", path, json=WRONG).get_json()["code"] == "objection_open_already"
    other = caller(app, MEMET, "13800000002")
    assert other.call("POST", path, json=WRONG).status_code == 404
    assert other.call("GET", "/objections").get_json()["items"] == []
    for stranger, objection in ((other, told["id"]), (mine, new_id())):
        answer = stranger.call("POST", f"/objections/{objection}/withdraw")
        assert (answer.status_code, answer.get_json()["code"]) == (404, "objection_not_found")
    assert mine.call("POST", f"/objections/{told['id']}/withdraw").status_code == 204
    assert mine.call("GET", "/objections").get_json()["items"][0]["state"] == "withdrawn"
    again = mine.call("POST", f"/objections/{told['id']}/withdraw")
    assert again.status_code == 409
    assert again.get_json()["code"] == "wrong_state"


@pytest.mark.policy("P14")
def test_who_was_refused_reports_it_on_the_spot(app: Flask) -> None:
    """Scene, place and words are kept for the reporter alone, with a last day."""
    mine = caller(app, AYGUL, "13800000001")
    told = mine.call("POST", "/refusal-reports", json=REFUSED)
    assert told.status_code == 201, told.text
    (listed,) = mine.call("GET", "/refusal-reports").get_json()["items"]
    assert listed == told.get_json()
    assert (listed["state"], listed["said"]) == ("open", "只收原件")
    other = caller(app, MEMET, "13800000002")
    assert other.call("GET", "/refusal-reports").get_json()["items"] == []
    unknown = mine.call("POST", "/refusal-reports", json={**REFUSED, "type": "no_such_type"})
    assert unknown.get_json()["code"] == "certificate_type_not_found"
