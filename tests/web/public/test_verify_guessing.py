"""Guessing codes: slow, noticed, and without a record of who looked."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.certificates import queries
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.limits import Attempt
from kiosk_server.core.neighbourhood import neighbourhood
from kiosk_server.public import guessing
from tests.support.certificates import issued

GUESSER = {"REMOTE_ADDR": "192.0.2.7"}
NEIGHBOUR = {"REMOTE_ADDR": "192.0.2.200"}
ELSEWHERE = {"REMOTE_ADDR": "198.51.100.7"}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small limits, so that a test need not try sixty times."""
    monkeypatch.setattr(guessing, "WRONG_PER_NEIGHBOURHOOD", 3)
    monkeypatch.setattr(guessing, "WRONG_PER_CODE", 2)


@pytest.fixture
def token(app: Flask, database: Database) -> str:
    """The token of a genuine paper."""
    with database.unit_of_work() as session:
        return queries.token_of(session, issued(session))


def guess(client: FlaskClient, number: int, place: dict[str, str]) -> int:
    """Status of one made-up code."""
    return client.get(f"/v/{number:026d}", environ_base=place).status_code


@pytest.mark.usefixtures("few")
def test_a_neighbourhood_that_guesses_must_wait(
    client: FlaskClient, database: Database, token: str
) -> None:
    """Past the limit the neighbourhood waits, even with a right code typed; others do not."""
    assert [guess(client, number, GUESSER) for number in range(4)] == [200, 200, 200, 429]
    typed = token.partition("-")[0]
    blocked = client.get(f"/v/{typed}", environ_base=NEIGHBOUR)
    assert blocked.status_code == 429
    assert 0 < int(blocked.headers["Retry-After"]) <= 900
    assert client.get(f"/v/{token}", environ_base=ELSEWHERE).status_code == 200
    with database.reading() as session:
        events = list(session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)))
    assert events[1:] == ["certificate.refused"] * 3 + ["certificate.guessing"]


@pytest.mark.usefixtures("few")
def test_guesser_locks_no_scanned_paper(client: FlaskClient, token: str) -> None:
    """A right QR is answered in a neighbourhood that must wait; one with a wrong check is not."""
    for number in range(4):
        guess(client, number, GUESSER)
    assert client.get(f"/v/{token}", environ_base=NEIGHBOUR).status_code == 200
    wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
    assert client.get(f"/v/{wrong}", environ_base=NEIGHBOUR).status_code == 429


@pytest.mark.usefixtures("few")
def test_right_codes_are_never_counted(client: FlaskClient, token: str) -> None:
    """A hall where many people check real papers is never told to wait."""
    for _ in range(10):
        assert client.get(f"/v/{token}", environ_base=GUESSER).status_code == 200


@pytest.mark.usefixtures("few")
def test_wrong_checks_of_one_code_are_counted_everywhere(client: FlaskClient, token: str) -> None:
    """Trying checks of one code from many places is stopped, while its right token still works."""
    wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
    places = [{"REMOTE_ADDR": f"203.0.{number}.1"} for number in range(3)]
    found = [client.get(f"/v/{wrong}", environ_base=place).status_code for place in places]
    assert found == [200, 200, 429]
    assert client.get(f"/v/{token}", environ_base=ELSEWHERE).status_code == 200


def test_what_can_be_no_code_is_no_guess(client: FlaskClient, database: Database) -> None:
    """A stray address under /v/ is answered as unknown and leaves neither count nor audit."""
    response = client.get("/v/favicon.ico", environ_base=GUESSER)
    assert "查不到这份证明" in response.text
    with database.reading() as session:
        assert session.scalars(select(Attempt)).all() == []
        assert session.scalars(select(AuditEntry)).all() == []


@pytest.mark.policy("P39")
def test_no_address_is_kept(client: FlaskClient, database: Database) -> None:
    """Neither the limits nor the audit hold an address, and tomorrow's name is another one."""
    guess(client, 1, GUESSER)
    with database.reading() as session:
        attempt = session.scalars(select(Attempt)).one()
        entries = session.scalars(select(AuditEntry)).all()
        kept = attempt.subject + "".join(f"{entry.subject_id}{entry.facts}" for entry in entries)
        assert "192.0.2" not in kept
        assert neighbourhood(session, "192.0.2.7") == attempt.subject
        with clock.frozen(clock.now() + timedelta(days=1)):
            assert neighbourhood(session, "192.0.2.7") != attempt.subject


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.254", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("2001:db8:0:1::1", "2001:db8:0:2::9", True),
        ("2001:db8:0:100::1", "2001:db8:0:200::1", False),
        (None, "no address", True),
    ],
)
def test_neighbourhoods(
    client: FlaskClient, database: Database, one: str | None, other: str, same: bool
) -> None:
    """A /24 of IPv4 and a /56 of IPv6 count as one; what is no address counts together."""
    with database.reading() as session:
        names = neighbourhood(session, one), neighbourhood(session, other)
    assert (names[0] == names[1]) is same
