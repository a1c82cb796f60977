"""The API's document: served, checked in, and true."""

import json
from datetime import timedelta
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
from sqlalchemy import select

from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates.holders import person
from kiosk_server.certificates.models import Certificate
from kiosk_server.credentials import keys
from kiosk_server.residents import sign_in_codes
from kiosk_server.residents.models import PhoneAccount
from mobile_api.openapi import document
from mobile_api.surface import doors
from tests.support.phone import API, AYGUL, Program
from tests.support.showing import PIN
from tests.support.source_tree import ROOT
from tests.support.wallets import FilledPlatform, licence, opened

CHECKED_IN = ROOT / "docs" / "openapi" / "mobile-v1.json"
CHECKS = [
    checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
NEVER = {"sign_out", "refresh_tokens", "sign_phone_out"}
"""What would sign the caller out in the middle of the run; its own tests try it."""


def test_the_checked_in_document_is_the_served_one(client: FlaskClient) -> None:
    """A change of the promise is seen in the tree: write the file anew with `make openapi`."""
    served = client.get(f"{API}/openapi.json").get_json()
    assert served == json.loads(CHECKED_IN.read_text("utf-8"))


def test_every_door_is_documented_with_its_access() -> None:
    """Each door has a sentence, and says whether and how sure its caller must be."""
    for path, methods in document(doors())["paths"].items():
        for operation in methods.values():
            assert operation["summary"].endswith("."), path
            assert bool(operation["security"]) == ("x-act" in operation), path


def test_operations_have_one_name_each() -> None:
    """A client's method names are unambiguous."""
    names = [door.name for door in doors()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("role", ["anonymous", "number_alone", "holder"])
def test_what_is_answered_is_documented(
    app: Flask, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made-up requests as each role: no server error, no answer that the document lacks.

    Without a token, with a phone whose holder has proven nothing, and with one who holds a
    certificate and has typed her PIN, about that very certificate.
    """
    monkeypatch.setattr(
        sign_in_codes, "PER_SOURCE", ("sms_source_hour", 10_000, timedelta(hours=1))
    )
    caller = Program(app)
    headers, known = {}, {}
    if role != "anonymous":
        caller.sign_in()
        headers["Authorization"] = f"Bearer {caller.tokens['access_token']}"
    if role == "holder":
        known["certificate_id"] = _hold(caller)
    schema = schemathesis.openapi.from_wsgi(f"{API}/openapi.json", app)
    seen: dict[str, set[int]] = {}
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        name = operation.definition.raw["operationId"]
        if name not in NEVER:
            _try(operation, headers, known, seen.setdefault(name, set()))
    # The run would prove nothing if it never got past the doors.
    assert seen["see_me"] == ({401} if role == "anonymous" else {200})
    by_role = {"anonymous": {401}, "number_alone": {403}, "holder": {200}}
    assert seen["show_certificate"] == by_role[role]


def _hold(caller: Program) -> str:
    """Let the caller hold a licence and show it; return its id."""
    assert caller.prove(AYGUL).status_code == 200
    assert caller.call("PUT", "/show-pin", json={"pin": PIN}).status_code == 204
    with caller.database.reading() as session:
        resident = session.scalars(select(PhoneAccount.resident_id)).one() or ""
    platform = FilledPlatform()
    platform.hold("driving_licence", licence())
    opened(caller.database, platform, person(resident), types=["driving_licence"])
    with caller.database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM)
        return session.scalars(select(Certificate.id)).one()


def _try(
    operation: Any, headers: dict[str, str], known: dict[str, str], statuses: set[int]
) -> None:
    @given(case=operation.as_strategy())
    # Whoever is turned away at the door is turned away alike each time.
    @examples(
        max_examples=4 if known else 2, suppress_health_check=list(HealthCheck), database=None
    )
    def run(case: Any) -> None:
        case.headers = {**(case.headers or {}), **headers}
        for name in known.keys() & (case.path_parameters or {}).keys():
            case.path_parameters[name] = known[name]
        statuses.add(case.call_and_validate(checks=CHECKS).status_code)

    run()
