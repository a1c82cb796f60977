"""Commands over the wire: fetched signed by the one they concern, answered; attacks refused."""

import base64
import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import Actor
from kiosk_server.commands import services
from kiosk_server.commands.rules import CommandKind, Wish
from kiosk_server.commands.signing import COMMAND_CONTEXT, KEYS_CONTEXT
from kiosk_server.terminals.rules import WithdrawalReason
from kiosk_server.terminals.services import revoke
from tests.support.terminal_client import API, TECHNICIAN, SignedTerminal, database_of
from tests.support.wire_samples import exchange

FIRST = Actor(kind="staff", id="01first")


@pytest.fixture
def terminal(app: Flask) -> SignedTerminal:
    """A terminal that the server admits."""
    return SignedTerminal(app)


def ask(app: Flask, terminal: SignedTerminal, kind: CommandKind = CommandKind.SELF_TEST) -> str:
    """Ask something of a terminal that one person may ask; return the command it is wanted for."""
    with database_of(app).unit_of_work() as session:
        services.ask(session, [terminal.id], Wish(kind), by=FIRST)
    wants = terminal.get(f"{API}/wants").get_json()["wants"]
    return str(next(each["job"] for each in wants if each["kind"] == "command"))


def answer(number: int = 1, state: str = "done", **more: object) -> dict[str, object]:
    """A body as a terminal writes it."""
    body = {"version": 1, "number": number, "state": state, "code": None, "facts": {}}
    return {**body, "at": "2026-11-21T19:03:21.000Z", **more}


def refusals(app: Flask) -> list[tuple[str, str | None]]:
    """Codes and subjects of what was refused to terminals."""
    with database_of(app).reading() as session:
        found = select(AuditEntry).where(AuditEntry.event == "terminal.refused")
        return [(e.facts["code"], e.subject_id) for e in session.scalars(found)]


def code_of(reply: TestResponse) -> tuple[int, str]:
    """Status and stable code of a problem."""
    return reply.status_code, reply.get_json()["code"]


@pytest.mark.policy("P53")
def test_envelope_is_signed_for_this_terminal(app: Flask, terminal: SignedTerminal) -> None:
    """It names terminal, its key, a sequence and an end, under a key that enrolment pinned."""
    command = ask(app, terminal)
    envelope = terminal.get(f"{API}/commands/{command}").get_json()
    assert envelope.keys() == exchange("commands").answers[0].body.keys()
    data = base64.b64decode(envelope["payload"])
    payload = json.loads(data)
    sampled = json.loads(base64.b64decode(exchange("commands").answers[0].body["payload"]))
    assert payload.keys() == sampled.keys()
    assert (payload["terminal"], payload["terminal_key"]) == (terminal.id, terminal.key_id)
    (pinned,) = exchange("enrolments").answered(201)[0].body["command_keys"]
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(pinned["public_key"]))
    signature = base64.b64decode(envelope["signature"])
    key.verify(signature, COMMAND_CONTEXT + data)
    with pytest.raises(InvalidSignature):
        key.verify(signature, KEYS_CONTEXT + data)


def test_list_of_keys_is_as_sampled(terminal: SignedTerminal) -> None:
    """The list is meant for this terminal and vouched for by its own keys."""
    told = terminal.get(f"{API}/command-keys").get_json()
    assert told.keys() == exchange("command_keys").answers[0].body.keys()
    assert json.loads(base64.b64decode(told["payload"]))["terminal"] == terminal.id


def test_heartbeat_brings_the_want_and_takes_the_answer(
    app: Flask, terminal: SignedTerminal
) -> None:
    """A waiting command comes with the heartbeat, and is gone once the machine has noted it."""
    command = ask(app, terminal)
    beat = exchange("heartbeats").requests[0].body
    wants = terminal.post(f"{API}/heartbeats", json_body=beat).get_json()["wants"]
    assert {"kind": "command", "job": command} in wants
    terminal.get(f"{API}/commands/{command}")
    for number, state in ((1, "taken"), (2, "running"), (3, "done")):
        told = terminal.post(f"{API}/commands/{command}/answers", json_body=answer(number, state))
        assert (told.status_code, told.get_json().keys()) == (200, {"state"})
    assert terminal.get(f"{API}/wants").get_json()["wants"] == []
    assert code_of(terminal.get(f"{API}/commands/{command}")) == (409, "command_over")


@pytest.mark.policy("P53")
def test_another_terminals_command_is_not_found(app: Flask, terminal: SignedTerminal) -> None:
    """Neither fetched nor answered by another, and both tries are audited."""
    other, command = SignedTerminal(app), ask(app, terminal)
    path = f"{API}/commands/{command}"
    assert code_of(other.get(path)) == (404, "command_not_found")
    assert code_of(other.post(f"{path}/answers", json_body=answer())) == (404, "command_not_found")
    assert refusals(app) == [("command_not_found", command)] * 2
    assert terminal.get(path).status_code == 200


@pytest.mark.policy("P53")
def test_revoked_terminal_gets_no_command(app: Flask, terminal: SignedTerminal) -> None:
    """A key that is no longer admitted asks in vain, for commands and for keys."""
    command = ask(app, terminal)
    with database_of(app).unit_of_work() as session:
        revoke(session, terminal.id, by=TECHNICIAN, reason=WithdrawalReason.STOLEN)
    for path in (f"{API}/commands/{command}", f"{API}/command-keys", f"{API}/wants"):
        assert code_of(terminal.get(path)) == (403, "terminal_revoked")
    assert [code for code, _ in refusals(app)] == ["terminal_revoked"] * 3


@pytest.mark.parametrize(
    "wrong",
    [
        answer(log="x" * (64 * 1024 + 1)),
        answer(state="proposed"),
        answer(number=0),
        answer(code="Free text that names somebody"),
        answer(facts={"name": ["古丽"]}),
        answer(facts={f"fact_{n}": n for n in range(25)}),
    ],
    ids=["oversized log", "state", "number", "code", "fact", "facts"],
)
def test_word_that_is_too_large_or_unknown_is_refused(
    app: Flask, terminal: SignedTerminal, wrong: dict[str, object]
) -> None:
    """It is refused by field, audited, and the command stands as before."""
    command = ask(app, terminal)
    terminal.get(f"{API}/commands/{command}")
    reply = terminal.post(f"{API}/commands/{command}/answers", json_body=wrong)
    assert code_of(reply) == (422, "invalid")
    assert "古丽" not in reply.text
    assert refusals(app) == [("invalid", command)]
    assert {"kind": "command", "job": command} in terminal.get(f"{API}/wants").get_json()["wants"]


def test_machine_that_says_how_it_is_locked_is_kept_in_step(
    app: Flask, terminal: SignedTerminal
) -> None:
    """A machine that is locked although we are not is wanted for an unlock with the same answer."""
    (locked,) = (s.body for s in exchange("heartbeats").requests if s.body.get("locked"))
    wants = terminal.post(f"{API}/heartbeats", json_body=locked).get_json()["wants"]
    assert [each["kind"] for each in wants] == ["command"]
