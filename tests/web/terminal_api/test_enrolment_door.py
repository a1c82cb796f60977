"""How a machine becomes a terminal, and how it does not."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.core import clock
from kiosk_server.terminal_api.enrolments import TRIES
from tests.support.terminal_client import (
    API,
    SignedTerminal,
    database_of,
    enrolment_body,
    make_code,
)

PATH = f"{API}/enrolments"


def refusals(app: Flask) -> list[str]:
    """Why enrolments were refused, as audited."""
    with database_of(app).reading() as session:
        found = session.scalars(
            select(AuditEntry).where(AuditEntry.event == "terminal.enrolment_refused")
        )
        return [entry.facts["reason"] for entry in found]


def test_code_admits_a_machine(app: Flask, client: FlaskClient) -> None:
    """A machine with a code gets its number, its key id, its site's name and our time."""
    body = enrolment_body(make_code(app), Ed25519PrivateKey.generate())
    answer = client.post(PATH, json=body)
    assert answer.status_code == 201
    told = answer.get_json()
    assert told["terminal"] == "AT-0001"
    assert told["site"] == {"name": "阿图什市政务服务中心", "place": "一楼"}
    assert abs(told["server_time"] - clock.now().timestamp()) < 60
    assert "Kiosk-Server-Time" in answer.headers


def test_code_is_read_as_people_write_it(app: Flask, client: FlaskClient) -> None:
    """Small letters, missing hyphens, O for 0 and I or L for 1 are the same code."""
    code = make_code(app).lower().replace("-", " ").replace("0", "o").replace("1", "l")
    body = enrolment_body(code, Ed25519PrivateKey.generate())
    assert client.post(PATH, json=body).status_code == 201


def test_code_works_once(app: Flask, client: FlaskClient) -> None:
    """A used code admits nobody else, and not the same machine again."""
    body = enrolment_body(make_code(app), Ed25519PrivateKey.generate())
    assert client.post(PATH, json=body).status_code == 201
    again = client.post(PATH, json=body)
    assert (again.status_code, again.get_json()["code"]) == (403, "enrolment_refused")
    assert refusals(app) == ["code_used"]


def test_code_lives_a_day(app: Flask, client: FlaskClient) -> None:
    """A code that is a day old admits nobody."""
    body = enrolment_body(make_code(app), Ed25519PrivateKey.generate())
    with clock.frozen(clock.now() + timedelta(hours=24)):
        answer = client.post(PATH, json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "enrolment_refused")
    assert refusals(app) == ["code_expired"]


def test_guessing_codes_is_limited(app: Flask, client: FlaskClient) -> None:
    """After twenty tries an address waits, and even a right code must wait with it."""
    key = Ed25519PrivateKey.generate()
    code = make_code(app)
    for number in range(TRIES):
        body = enrolment_body(f"AAAA-BBBB-{number:04d}", key)
        assert client.post(PATH, json=body).status_code == 403
    stopped = client.post(PATH, json=enrolment_body(code, key))
    assert stopped.status_code == 429
    assert int(stopped.headers["Retry-After"]) > 0
    assert refusals(app) == ["code_unknown"] * TRIES


def test_key_of_another_terminal_is_refused(app: Flask, client: FlaskClient) -> None:
    """Two machines with one key would be one machine to us."""
    first = SignedTerminal(app)
    answer = client.post(PATH, json=enrolment_body(make_code(app), first.key))
    assert answer.get_json()["code"] == "enrolment_refused"
    assert refusals(app) == ["key_in_use"]


@pytest.mark.parametrize("key", ["", "AAAA", "not base64 at all", "A" * 44, None])
def test_malformed_key_is_named(app: Flask, client: FlaskClient, key: str | None) -> None:
    """A key that is no 32 bytes in base64 is named as the faulty field; the code stays good."""
    code = make_code(app)
    answer = client.post(PATH, json={"code": code, "public_key": key, "model": "m"})
    assert answer.status_code == 422
    assert answer.get_json()["fields"][0]["at"] == "public_key"
    good = enrolment_body(code, Ed25519PrivateKey.generate())
    assert client.post(PATH, json=good).status_code == 201
