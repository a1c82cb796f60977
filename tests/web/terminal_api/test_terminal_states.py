"""Heartbeats, changes of state, and the samples of the wire."""

import pytest
from flask import Flask
from pydantic import BaseModel

from kiosk_server.terminal_api import capture_schemas, check_papers, checks, scan_schemas, schemas
from kiosk_server.terminals import queries
from kiosk_server.terminals.rules import Reason, WithdrawalReason
from kiosk_server.terminals.services import lock
from tests.support.terminal_client import API, TECHNICIAN, SignedTerminal, database_of
from tests.support.wire_samples import Sample, exchange

SCHEMAS: dict[str, type[BaseModel]] = {
    "enrolments": schemas.Enrolment,
    "heartbeats": schemas.Heartbeat,
    "states": schemas.States,
    "card_reads": schemas.CardReadBody,
    "print_reports": schemas.PrintReport,
    "scans": scan_schemas.ScanBody,
    "captures": capture_schemas.CaptureBody,
    "command_answers": schemas.CommandAnswerBody,
    "checks": checks.CheckBody,
    "check_papers": check_papers.CheckPaperBody,
}
SAMPLES = [
    pytest.param(name, sample, id=f"{name}: {sample.says}")
    for name in SCHEMAS
    for sample in exchange(name).requests
]


@pytest.mark.parametrize(("name", "sample"), SAMPLES)
def test_sampled_requests_are_read(name: str, sample: Sample) -> None:
    """Every sampled request of the wire is accepted as it stands."""
    read = SCHEMAS[name].model_validate(sample.body)
    assert read.model_fields_set == sample.body.keys()


@pytest.mark.parametrize("name", ["heartbeats", "states"])
def test_sampled_states_are_taken(app: Flask, name: str) -> None:
    """Sampled heartbeats and states, signed and sent, are answered with what is wanted."""
    terminal = SignedTerminal(app)
    sampled = exchange(name)
    for sample in sampled.requests:
        answer = terminal.post(sampled.path, json_body=sample.body)
        assert answer.status_code == 200
        assert answer.get_json().keys() == sampled.answers[0].body.keys()


def test_heartbeat_is_kept(app: Flask) -> None:
    """A heartbeat leaves the devices' states, the software and the clock's offset behind."""
    terminal = SignedTerminal(app)
    bad_night = exchange("heartbeats").requests[1].body
    answer = terminal.post(f"{API}/heartbeats", json_body=bad_night)
    assert answer.get_json()["terminal"] == {"id": terminal.id, "state": "in_service"}
    with database_of(app).reading() as session:
        view = queries.find(session, terminal.id)
        ability = queries.ability_at(session, terminal.id, needs={"id_reader", "a4_printer"})
    assert view is not None
    assert (view.software, view.spool_open, view.clock_offset_seconds) == ("0.1.0", 2, -31.25)
    assert ability.reasons == (Reason("a4_printer", "paper_out"), Reason("id_reader", "offline"))


def test_locked_terminal_still_reports(app: Flask) -> None:
    """A locked terminal is told so by its heartbeat, and may serve nobody."""
    terminal = SignedTerminal(app)
    with database_of(app).unit_of_work() as session:
        lock(session, terminal.id, by=TECHNICIAN, reason=WithdrawalReason.MAINTENANCE)
    well = exchange("heartbeats").requests[0].body
    answer = terminal.post(f"{API}/heartbeats", json_body=well)
    assert answer.get_json()["terminal"]["state"] == "locked"
    with database_of(app).reading() as session:
        assert not queries.ability_at(session, terminal.id, needs=()).possible


BROKEN = {
    "no JSON": b"devices",
    "another version": b'{"version":9,"devices":[]}',
    "a condition we do not know": (
        b'{"version":1,"devices":[{"kind":"id_reader","condition":"sad","troubles":[],"details":{}}]}'
    ),
    "one device twice": (
        b'{"version":1,"devices":['
        b'{"kind":"id_reader","condition":"ready","troubles":[],"details":{}},'
        b'{"kind":"id_reader","condition":"fault","troubles":[],"details":{}}]}'
    ),
    "details without end": (
        b'{"version":1,"devices":[{"kind":"id_reader","condition":"ready","troubles":[],'
        b'"details":{' + b",".join(b'"k%d":"%s"' % (n, b"x" * 100) for n in range(30)) + b"}}]}"
    ),
}


@pytest.mark.parametrize("body", BROKEN)
def test_unreadable_states_are_named(app: Flask, body: str) -> None:
    """A body that is not of the wire is refused with the fields that are wrong."""
    answer = SignedTerminal(app).send("POST", f"{API}/states", BROKEN[body])
    assert answer.status_code == 422
    assert answer.get_json()["fields"]


@pytest.mark.policy("P37")
def test_card_read_has_no_room_for_a_photo(app: Flask) -> None:
    """A field that no page can ask for is refused, and what was sent is not repeated."""
    body = {**exchange("card_reads").requests[0].body}
    body["fields"] = {**body["fields"], "photo": "PLANTED-PHOTO", "nation": "N" * 300}
    terminal = SignedTerminal(app)
    answer = terminal.post(f"{API}/card-reads", json_body=body)
    assert answer.status_code == 422
    assert {fault["at"] for fault in answer.get_json()["fields"]} == {
        "fields.photo",
        "fields.nation",
    }
    text = answer.get_data(as_text=True)
    assert "PLANTED" not in text
    assert "NNN" not in text
