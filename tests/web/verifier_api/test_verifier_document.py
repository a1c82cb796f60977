"""The verifiers' document: served, checked in, and true."""

import json
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from schemathesis import checks
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kiosk_server.audit.services import SYSTEM
from kiosk_server.core.database import Database
from kiosk_server.credentials import keys
from kiosk_server.partners import programs
from kiosk_server.verifier_api.surface import PREFIX, document, doors
from tests.support.source_tree import ROOT
from tests.support.verifying import Hotel

CHECKED_IN = ROOT / "docs" / "openapi" / "verifier-v1.json"
CHECKS = [
    checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def test_the_checked_in_document_of_verifiers_is_the_served_one(client: FlaskClient) -> None:
    """A change of the promise is seen in the tree: write the file anew with `make openapi`."""
    served = client.get(f"{PREFIX}/openapi.json").get_json()
    assert served == json.loads(CHECKED_IN.read_text("utf-8"))


def test_every_door_of_verifiers_is_documented() -> None:
    """Each door has a sentence and one name; all but the token's ask for a token."""
    operations = [
        operation for methods in document()["paths"].values() for operation in methods.values()
    ]
    assert all(operation["summary"].endswith(".") for operation in operations)
    assert [each["operationId"] for each in operations if not each["security"]] == ["take_token"]
    assert len({door.name for door in doors()}) == len(operations)


@pytest.mark.parametrize("role", ["stranger", "program"])
def test_what_verifiers_are_answered_is_documented(
    app: Flask, database: Database, role: str
) -> None:
    """Made-up requests as each role: no server error, no answer that the document lacks."""
    headers = {}
    if role == "program":
        hotel = Hotel(database)
        secret = hotel.program(per_minute=1_000)
        with database.unit_of_work() as session:
            keys.rotate(session, by=SYSTEM)
            token = programs.take_token(session, secret.client_id, secret.secret)
        assert token is not None
        headers["Authorization"] = f"Bearer {token.token}"
    schema = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", app)
    seen: dict[str, set[int]] = {}
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        _try(operation, headers, seen.setdefault(operation.definition.raw["operationId"], set()))
    # The run would prove nothing if it never got past the doors.
    assert seen["see_account"] == ({200} if role == "program" else {401})
    assert (200 in seen["look_up"]) == (role == "program")


def _try(operation: Any, headers: dict[str, str], statuses: set[int]) -> None:
    @given(case=operation.as_strategy())
    @examples(max_examples=3, suppress_health_check=list(HealthCheck), database=None)
    def run(case: Any) -> None:
        case.headers = {**(case.headers or {}), **headers}
        statuses.add(case.call_and_validate(checks=CHECKS).status_code)

    run()
