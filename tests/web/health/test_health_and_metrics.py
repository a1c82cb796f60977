"""The questions of whoever runs the server: alive, ready, how much and how fast."""

from collections.abc import Mapping
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from kiosk_server.audit.sealer import Sealer
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.migrations import commands
from kiosk_server.outbox.services import emit
from kiosk_server.settings import Settings
from tests.support.audit_chain import KEY, KeptHeads, write_entries

TOKEN: Mapping[str, str] = {"Authorization": f"Bearer {Settings().metrics_token}"}


def stamp(settings: Settings) -> None:
    """Say that the database stands at the newest migration, as after `migrate`."""
    commands.stamp(settings.database_url)


def test_a_living_process_says_so(client: FlaskClient) -> None:
    """`/healthz` answers without asking the database."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})


def test_a_server_is_ready_at_the_newest_schema(client: FlaskClient, settings: Settings) -> None:
    """`/readyz` refuses at another schema than the code's and answers at the right one."""
    before = client.get("/readyz")
    assert before.json is not None
    assert (before.status_code, before.json["schema"]) == (503, "other")
    stamp(settings)
    after = client.get("/readyz")
    assert after.status_code == 200
    assert after.json == {
        "status": "ready",
        "database": "answers",
        "schema": "current",
        "worker": "keeps up",
    }


def test_a_server_without_its_database_is_not_ready(app: Flask, settings: Settings) -> None:
    """A database that does not answer takes the server out of service, with a word why."""
    app.extensions["kiosk_database"].dispose()
    file = settings.database_url.removeprefix("sqlite:///")
    with open(file, "wb") as spoilt:
        spoilt.write(b"this is no database" * 100)
    answer = app.test_client().get("/readyz")
    assert answer.json is not None
    assert (answer.status_code, answer.json["database"]) == (503, "does not answer")


def test_a_stopped_worker_is_told(
    client: FlaskClient, settings: Settings, database: Database
) -> None:
    """Entries that wait long for their link show that the worker is late; the server serves on."""
    stamp(settings)
    write_entries(database, 1)
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        answer = client.get("/readyz")
        assert answer.json is not None
        assert (answer.status_code, answer.json["worker"]) == (200, "late")
        Sealer(database, key=KEY, sink=KeptHeads()).seal()
        answer = client.get("/readyz")
        assert answer.json is not None
        assert answer.json["worker"] == "keeps up"


def test_figures_are_for_the_bearer_of_the_token(client: FlaskClient) -> None:
    """Without the token, or with another, `/metrics` shows nothing."""
    for headers in ({}, {"Authorization": "Bearer guessed"}, {"Authorization": "Bearer 猜"}):
        answer = client.get("/metrics", headers=headers)
        assert answer.status_code == 403
        assert b"kiosk_" not in answer.data


def test_requests_are_counted_by_route_not_by_path(client: FlaskClient) -> None:
    """A path with a code in it appears under its rule; an unknown one adds no series."""
    client.get("/healthz")
    client.get("/no/such/place/12345")
    client.open("/nor/there", method="INVENTED")
    figures = client.get("/metrics", headers=TOKEN).text
    assert 'kiosk_requests_total{method="GET",route="/healthz",status="200"} 1.0' in figures
    assert 'kiosk_requests_total{method="any",route="none",status="404"}' in figures
    assert "12345" not in figures
    assert "INVENTED" not in figures


def test_the_outbox_and_the_sealer_are_measured(client: FlaskClient, database: Database) -> None:
    """Waiting messages and the sealer's lag are read from the database at each look."""
    with database.unit_of_work() as session:
        emit(session, "letter", {})
    figures = client.get("/metrics", headers=TOKEN).text
    assert 'kiosk_outbox_messages{state="ready"} 1.0' in figures
    assert "kiosk_audit_sealing_lag_seconds 0.0" in figures
