"""The page that opens when somebody's phone was scanned with any camera."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from kiosk_server.core.database import Base, Database
from kiosk_server.core.identifiers import new_token
from kiosk_server.public import guessing
from tests.support.inspect_page import inspect
from tests.support.showing import Shower

_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


def rows(database: Database) -> dict[str, int]:
    """How many rows every table has."""
    with database.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def touch(client: FlaskClient, path: str, language: str = "zh") -> TestResponse:
    """Open the page and touch its button."""
    found = _CSRF.search(client.get(f"{path}?lang={language}").text)
    assert found is not None
    return client.post(f"{path}?lang={language}", data={"csrf_token": found[1]})


@pytest.mark.policy("P31", "P34")
def test_messengers_fetch_and_nothing_happens(client: FlaskClient, database: Database) -> None:
    """A GET or a HEAD of a live code's address writes nothing, says nothing of it, and is the same
    page as for a made-up one."""
    code = Shower(database).show()
    before = rows(database)
    for _ in range(3):
        answer = client.get(f"/s/{code.token}")
        client.head(f"/s/{code.token}")
    inspect(answer)
    made_up = new_token(128)
    other = client.get(f"/s/{made_up}")
    assert _CSRF.sub("", other.text).replace(made_up, "") == _CSRF.sub("", answer.text).replace(
        code.token, ""
    ).replace(_nonce(answer), _nonce(other))
    assert rows(database) == before


def _nonce(answer: TestResponse) -> str:
    found = re.search(r'nonce="([^"]+)"', answer.text)
    return found[1] if found else ""


@pytest.mark.policy("P31")
@pytest.mark.parametrize("language", ["zh", "ug", "en"])
def test_a_touch_looks_once(client: FlaskClient, database: Database, language: str) -> None:
    """The first touch shows kind and masked name; the second says that it was used."""
    code = Shower(database).show()
    first = touch(client, f"/s/{code.token}", language)
    inspect(first)
    assert "电子驾驶证" in first.text
    assert "阿***·测试" in first.text
    assert "阿依古丽" not in first.text
    second = touch(client, f"/s/{code.token}", language)
    inspect(second)
    assert "电子驾驶证" not in second.text
    told = {"zh": "已经被查看过", "ug": "بىر قېتىم كۆرۈلگەن", "en": "was used before"}
    assert told[language] in second.text


def test_a_program_is_told_the_reason(client: FlaskClient, database: Database) -> None:
    """JSON with the reason's stable word, and no more than the page says."""
    code = Shower(database).show()
    token = _CSRF.search(client.get(f"/s/{code.token}").text)
    assert token is not None
    told = [
        client.post(
            f"/s/{code.token}",
            data={"csrf_token": token[1]},
            headers={"Accept": "application/json"},
        ).get_json()
        for _ in range(2)
    ]
    assert told[0] == {
        "genuine": True,
        "reason": None,
        "kind": "电子驾驶证",
        "masked_holder": "阿***·测试",
        "scene": "transport",
        "sample": True,
    }
    assert told[1] == {"genuine": False, "reason": "already_used", "kind": None}


def test_what_is_no_token_is_not_written_back(client: FlaskClient) -> None:
    """A page about rubbish says so in words and repeats none of it."""
    answer = touch(client, "/s/%22%3E%3Cimg%20onerror=alert(1)%3E")
    assert "alert(1)" not in answer.text
    assert "读不出这个码" in answer.text


def test_guessing_is_slowed_and_a_right_code_still_answers(
    client: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the limit made-up codes must wait; a true one on the same network is looked up."""
    monkeypatch.setattr(guessing, "WRONG_PER_NEIGHBOURHOOD", 4)
    code = Shower(database).show()
    token = _CSRF.search(client.get("/s/-").text)
    assert token is not None
    answers = [
        client.post(f"/s/{new_token(128)}", data={"csrf_token": token[1]}).status_code
        for _ in range(5)
    ]
    assert answers == [200] * 4 + [429]
    assert "电子驾驶证" in touch(client, f"/s/{code.token}").text


def test_without_the_forms_token_nothing_is_looked_up(
    client: FlaskClient, database: Database
) -> None:
    """Another site's form cannot use a code up."""
    code = Shower(database).show()
    assert client.post(f"/s/{code.token}").status_code == 400
    assert "电子驾驶证" in touch(client, f"/s/{code.token}").text
