"""Rating a case from the code on its slip."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.public import guessing
from kiosk_server.ratings import links
from kiosk_server.ratings.models import Rating
from kiosk_server.settings import Settings
from tests.support.counter import AYGUL, THREE_AT_NIGHT, Counter
from tests.support.inspect_page import inspect


@pytest.fixture
def code(app: Flask, database: Database, settings: Settings) -> Iterator[str]:
    """The rating code of a decided case; time stands at three at night."""
    with clock.frozen(THREE_AT_NIGHT):
        case_id = Counter(database, settings).open().comes_to_paper(AYGUL)[1]
        with database.unit_of_work() as session:
            code = links.open_link(session, case_id)
        yield code


def kept(database: Database) -> list[tuple[int, list[str], str]]:
    """Level, tags and channel of every rating."""
    with database.reading() as session:
        return [(each.level, each.tags, each.channel) for each in session.scalars(select(Rating))]


def send(client: FlaskClient, code: str, level: str = "5", **fields: Any) -> Any:
    """Open the second page of the level and send its form."""
    page = client.get(f"/r/{code}", query_string={"level": "5"}).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(f"/r/{code}", data={"csrf_token": token, "level": level, **fields})


@pytest.mark.policy("P40")
def test_two_touches_rate_a_case(client: FlaskClient, database: Database, code: str) -> None:
    """Five levels with nothing preselected, then tags that may be left out, then thanks."""
    first = client.get(f"/r/{code}")
    page = inspect(first)
    assert sum("level=" in link for link in page.links) == 5
    second = client.get(f"/r/{code}", query_string={"level": "5"})
    inspect(second)
    assert "checked" not in second.text
    assert kept(database) == []
    done = send(client, code, tag="517", text="很快")
    inspect(done)
    assert "谢谢" in done.text
    assert kept(database) == [(5, ["517"], "qr")]


@pytest.mark.policy("P40")
def test_a_case_is_rated_once(client: FlaskClient, database: Database, code: str) -> None:
    """Who sends again, or opens the code again, is thanked; the first rating stands."""
    page = client.get(f"/r/{code}", query_string={"level": "5"}).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    for level in ("5", "1"):
        again = client.post(f"/r/{code}", data={"csrf_token": token, "level": level})
        assert "谢谢" in again.text
    assert "谢谢" in client.get(f"/r/{code}").text
    assert kept(database) == [(5, [], "qr")]


@pytest.mark.parametrize("fields", [{"tag": "101"}, {"text": "长" * 151}])
def test_what_does_not_belong_is_told(
    client: FlaskClient, database: Database, code: str, fields: dict[str, str]
) -> None:
    """A tag of another level or too long a text keeps nothing, and the text stays on the page."""
    response = send(client, code, **fields)
    assert response.status_code == 422
    inspect(response)
    assert fields.get("text", "") in response.text
    assert kept(database) == []


def test_no_level_asks_again(client: FlaskClient, database: Database, code: str) -> None:
    """A form without a level shows the levels once more."""
    response = send(client, code, level="9")
    assert response.status_code == 422
    assert "level=5" in response.text
    assert kept(database) == []


def test_a_wrong_code_opens_nothing_and_is_counted(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A code that nobody gave out is not found, and guessing must wait in the end."""
    monkeypatch.setattr(guessing, "WRONG_PER_NEIGHBOURHOOD", 2)
    found = [client.get(f"/r/{number:020d}").status_code for number in range(3)]
    assert found == [404, 404, 429]


@pytest.mark.parametrize("language", ["zh", "ug", "en"])
def test_rating_in_every_language(client: FlaskClient, code: str, language: str) -> None:
    """Both pages are whole in Chinese, Uyghur and English."""
    for query in ({"lang": language}, {"lang": language, "level": "1"}):
        inspect(client.get(f"/r/{code}", query_string=query))
