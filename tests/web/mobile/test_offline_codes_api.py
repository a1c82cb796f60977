"""Offline codes through the phone's API: fetched behind the PIN, believed without a network."""

import base64
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates.holders import person
from kiosk_server.certificates.models import Certificate
from kiosk_server.core import clock
from kiosk_server.credentials import holding, keys
from kiosk_server.credentials.lists import read_status_list, read_trust_list
from kiosk_server.credentials.offline import OfflineVerdict, verify
from kiosk_server.credentials.reasons import OfflineReason
from kiosk_server.printing.documents.qr_matrix import qr_matrix
from kiosk_server.residents.models import PhoneAccount
from tests.support.phone import AYGUL, MEMET, Program
from tests.support.showing import PIN
from tests.support.wallets import MOTHER, FilledPlatform, licence, opened


@pytest.fixture
def phone(app: Flask) -> Program:
    """A program of somebody who has proven her name, holds a driving licence and has a PIN."""
    program = Program(app).sign_in()
    assert program.prove(AYGUL).status_code == 200
    with program.database.reading() as session:
        resident = session.scalars(select(PhoneAccount.resident_id)).one()
    assert resident is not None
    platform = FilledPlatform()
    platform.hold("driving_licence", licence())
    opened(program.database, platform, person(resident), types=["driving_licence"])
    with program.database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM)
    assert program.call("PUT", "/show-pin", json={"pin": PIN}).status_code == 204
    return program


def where(phone: Program) -> str:
    """The door of the licence's codes."""
    with phone.database.reading() as session:
        return f"/certificates/{session.scalars(select(Certificate.id)).one()}/offline-codes"


def fetch(phone: Program, **wanted: Any) -> dict[str, Any]:
    """Fetch codes for travelling."""
    answer = phone.call("POST", where(phone), json={"scene": "transport", "count": 2} | wanted)
    assert answer.status_code == 201, answer.text
    batch: dict[str, Any] = answer.get_json()
    return batch


def judged(phone: Program, text: str, now: datetime | None = None) -> OfflineVerdict:
    """What a verifier finds who has just fetched both lists, as anybody may."""
    client = phone.app.test_client()
    trust = read_trust_list(client.get("/trust").data, known=None)
    statuses = read_status_list(client.get("/status/1").data, trust)
    return verify(text, trust=trust, statuses=statuses, now=now or clock.now())


@pytest.mark.policy("P33", "P34")
def test_fetched_codes_are_believed_one_after_the_other(phone: Program) -> None:
    """Each in its own minutes; names and numbers in it are masked, and nothing else is said."""
    batch = fetch(phone)
    first, second = batch["codes"]
    assert first["expires_at"] == second["not_before"]
    verdict = judged(phone, first["text"])
    assert verdict.reason is None
    assert verdict.facts is not None
    assert set(verdict.facts.fields) == set(batch["fields"])
    assert MOTHER not in str(verdict.facts)
    assert judged(phone, second["text"]).reason is OfflineReason.NOT_YET_VALID
    later = datetime.fromisoformat(second["not_before"]) + timedelta(seconds=1)
    assert judged(phone, second["text"], later).reason is None
    squares = qr_matrix(first["text"])
    assert (first["side"], base64.b64decode(first["modules"])) == (squares.side, squares.packed)


@pytest.mark.policy("P34")
def test_the_holder_chooses_less(phone: Program) -> None:
    """Fields beyond the scene's are refused; none at all is a choice."""
    assert fetch(phone, fields=["vehicle_class"])["fields"] == ["vehicle_class"]
    assert fetch(phone, fields=[])["fields"] == []
    refused = phone.call(
        "POST", where(phone), json={"scene": "transport", "fields": ["holder_code"]}
    )
    assert (refused.status_code, refused.get_json()["code"]) == (422, "fields_not_in_scene")


def test_a_new_batch_and_giving_back_stop_the_old_one(phone: Program) -> None:
    """Verifiers hear of either with their next list."""
    old = fetch(phone)["codes"][0]["text"]
    new = fetch(phone)["codes"][0]["text"]
    assert judged(phone, old).reason is OfflineReason.STOPPED
    assert judged(phone, new).reason is None
    assert phone.call("DELETE", where(phone)).status_code == 204
    assert judged(phone, new).reason is OfflineReason.STOPPED


@pytest.mark.policy("P33")
def test_a_revoked_certificate_s_codes_are_refused(phone: Program) -> None:
    """Once the list is fresh, and with the reason."""
    text = fetch(phone)["codes"][0]["text"]
    with phone.database.unit_of_work() as session:
        session.execute(update(Certificate).values(state="revoked"))
    assert judged(phone, text).reason is OfflineReason.REVOKED
    refused = phone.call("POST", where(phone), json={"scene": "transport"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "certificate_not_serving")


def test_a_phone_that_was_signed_out_keeps_nothing_that_serves(phone: Program) -> None:
    """Its codes are stopped with its sign-in."""
    text = fetch(phone)["codes"][0]["text"]
    assert phone.call("DELETE", "/session").status_code == 204
    assert judged(phone, text).reason is OfflineReason.STOPPED


def test_no_codes_without_the_pin_nor_for_another(app: Flask, phone: Program) -> None:
    """Typed too long ago: refused. Another's certificate: not there."""
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        refused = phone.call("POST", where(phone), json={"scene": "transport"})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "pin_needed")
    other = Program(app, number="13900000008").sign_in()
    assert other.prove(MEMET).status_code == 200
    assert other.call("PUT", "/show-pin", json={"pin": PIN}).status_code == 204
    for method, given in (("POST", {"json": {"scene": "transport"}}), ("DELETE", {})):
        assert other.call(method, where(phone), **given).status_code == 404


def test_fetching_is_limited_and_audited(phone: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many an hour; the trail names certificate and count, and nobody."""
    monkeypatch.setattr(holding, "FETCHED_PER_HOUR", 1)
    fetch(phone)
    refused = phone.call("POST", where(phone), json={"scene": "transport"})
    assert (refused.status_code, refused.get_json()["code"]) == (429, "too_many_offline_codes")
    with phone.database.reading() as session:
        noted = select(AuditEntry.facts).where(
            AuditEntry.event == "credential.offline_codes_issued"
        )
        (facts,) = session.scalars(noted)
    assert {name: facts[name] for name in ("count", "scene")} == {"count": 2, "scene": "transport"}
