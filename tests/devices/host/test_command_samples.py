"""The terminal's end of the command wire accepts every sample and writes what the samples show."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from devices.agent import wire
from devices.agent.command_envelopes import Envelope, opened
from devices.agent.command_keys import CommandKeys
from devices.host.command_values import AnswerState, CommandAnswer, CommandKind, Order
from tests.support.wire_samples import exchange

WHEN = datetime(2026, 11, 21, 19, 4, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path: Path) -> CommandKeys:
    """What the sampled enrolment pins."""
    given = wire.enrolment(exchange("enrolments").answered(201)[0].body)
    keys = CommandKeys(tmp_path)
    keys.pin(given.command_keys)
    return keys


@pytest.mark.policy("P53")
def test_sampled_envelopes_are_believed(keys: CommandKeys) -> None:
    """The server's signature holds under the pinned key, and the order is read whole."""
    orders = []
    for sample in exchange("commands").answered(200):
        envelope = Envelope.read(wire.envelope(sample.body))
        assert envelope is not None
        order = opened(
            envelope,
            keys,
            asked=json.loads(envelope.payload)["id"],
            terminal="AT-0001",
            terminal_key="01jd3v9q2m8x4k7t5w6y0z1key",
            now=WHEN,
        )
        assert isinstance(order, Order)
        orders.append((order.kind, order.sequence, dict(order.arguments)))
    assert orders == [
        (CommandKind.SHOW_MESSAGE, 7, {"text": "paper_coming", "note_zh": "十分钟后来加纸"}),
        (CommandKind.REBOOT, 8, {"latest_seconds": 300}),
    ]


def test_sampled_list_of_keys_is_taken_over(keys: CommandKeys) -> None:
    """A pinned key vouches for the list; the same list again is old news."""
    listed = wire.envelope(exchange("command_keys").answered(200)[0].body)
    assert keys.renew(listed, terminal="AT-0001", now=WHEN)
    assert not keys.renew(listed, terminal="AT-0001", now=WHEN)
    assert keys.has("c1")


def test_answers_are_written_as_sampled() -> None:
    """Every state that a terminal can answer with is written as the sample shows it."""
    requests = [sample.body for sample in exchange("command_answers").requests]
    for request in requests:
        answer = CommandAnswer(
            request["number"],
            AnswerState(request["state"]),
            request["code"],
            request["facts"],
            datetime.fromisoformat(request["at"]),
            request.get("log"),
        )
        assert wire.command_answer_body(answer) == request
    assert {request["state"] for request in requests} == set(AnswerState)


def test_what_is_no_envelope_is_named_as_such() -> None:
    """Another program's answer is no envelope, and nothing of it is decoded."""
    bodies: tuple[object, ...] = (None, [], {}, {"payload": 3})
    for body in bodies:
        with pytest.raises(wire.WireError):
            wire.envelope(body)
    long = base64.b64encode(b"x" * 5000).decode()
    for found in (
        {"payload": "e30="},
        {"key_id": "c1", "payload": "not base64", "signature": ""},
        {"key_id": 3, "payload": "e30=", "signature": "e30="},
        {"key_id": "c1", "payload": long, "signature": "e30="},
    ):
        assert Envelope.read(found) is None
