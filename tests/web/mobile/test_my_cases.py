"""My cases on the phone: made at a terminal, seen by the same person, and by nobody else."""

from typing import Any

import pytest
from flask import Flask

from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from tests.support.counter import AYGUL, Counter
from tests.support.inspect_page import inspect
from tests.support.phone import MEMET, PhoneBrowser, Program


@pytest.fixture
def case_id(app: Flask) -> str:
    """A case that its resident brought to paper at a terminal."""
    database: Database = app.extensions["kiosk_database"]
    made: str = Counter(database, app.extensions["kiosk_settings"]).open().comes_to_paper(AYGUL)[1]
    return made


def caller(app: Flask, person: dict[str, Any], number: str) -> Program:
    """Somebody who has proven who he is, by the API."""
    program = Program(app, number=number).sign_in()
    assert program.prove(person).status_code == 200
    return program


@pytest.mark.policy("P23")
def test_a_case_of_the_terminal_is_looked_up_on_the_phone(app: Flask, case_id: str) -> None:
    """The same person finds it with its progress, the reasons in words and the document."""
    mine = caller(app, AYGUL, "13800000001")
    listed = mine.call("GET", "/cases").get_json()
    assert [case["id"] for case in listed["items"]] == [case_id]
    assert listed["next_cursor"] is None
    seen = mine.call("GET", f"/cases/{case_id}").get_json()
    assert seen["outcome"] == "granted"
    assert [step["state"] for step in seen["steps"]][:2] == ["applied", "received"]
    assert all(reason and not reason.startswith("reason-") for reason in seen["reasons"])
    assert seen["has_document"]
    assert mine.call("GET", f"/cases/{case_id}/document").get_json()["content"]
    tag = mine.call("GET", f"/cases/{case_id}").headers["ETag"]
    again = mine.call("GET", f"/cases/{case_id}", headers={"If-None-Match": tag})
    assert again.status_code == 304


@pytest.mark.policy("P23")
def test_a_case_is_nobody_elses(app: Flask, case_id: str) -> None:
    """Another person gets for its id what he gets for an id that nobody has."""
    other = caller(app, MEMET, "13800000002")
    assert other.call("GET", "/cases").get_json()["items"] == []
    for path in ("", "/document"):
        theirs = other.call("GET", f"/cases/{case_id}{path}")
        nobodys = other.call("GET", f"/cases/{new_id()}{path}")
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.get_json()["code"] == nobodys.get_json()["code"] == "case_not_found"


def test_who_is_not_proven_sees_no_cases(app: Flask) -> None:
    """A number alone lists nothing."""
    assert Program(app).sign_in().call("GET", "/cases").get_json()["code"] == "level_too_low"


def test_the_pages_of_cases_are_in_order(app: Flask, case_id: str) -> None:
    """List, case and document, in every language, none to be kept."""
    browser = PhoneBrowser(app)
    browser.sign_in()
    told = {"name": AYGUL["name"], "identity_number": AYGUL["number"]}
    browser.post("/m/me/prove/name", "/m/me/prove", **told)
    for language in ("zh", "ug", "en"):
        browser.client.set_cookie("m_look", f"{language}.xl.contrast", path="/m")
        for path in ("/m/cases", f"/m/cases/{case_id}"):
            answer = browser.get(path)
            assert answer.status_code == 200, path
            inspect(answer)
            assert answer.headers["Cache-Control"] == "no-store"
    assert browser.get(f"/m/cases/{case_id}/result.pdf").data.startswith(b"%PDF")
    assert browser.get(f"/m/cases/{new_id()}").status_code == 404
