"""The terminal's own agent against the real server: a command from the asking to the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from devices.agent.clock import ServerClock
from devices.agent.command_counter import SignedCommands
from devices.agent.command_keys import CommandKeys
from devices.agent.counter import ServerCounter
from devices.agent.identity import Identity
from devices.host.closure import Closure
from devices.host.command_duty import Commands, Deed
from devices.host.command_journal import CommandJournal
from devices.host.command_values import CommandKind, Order, Outcome
from devices.host.ports import LineDead, Reply
from devices.host.quiet_moment import QuietMoment
from devices.host.visit_watch import VisitWatch
from kiosk_server.audit.services import Actor
from kiosk_server.commands import queries, services
from kiosk_server.commands.rules import CommandKind as Kind
from kiosk_server.commands.rules import CommandState, Wish
from kiosk_server.commands.signing import signer_from
from kiosk_server.settings import Settings
from tests.support.terminal_client import API, SignedTerminal, database_of, machine_time

FIRST = Actor(kind="staff", id="01first")


@dataclass
class Line:
    """The terminal's line, straight into the server."""

    terminal: SignedTerminal

    def send(
        self, method: str, target: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Reply | LineDead:
        """Sign and send."""
        answer = self.terminal.send(method, target, body, headers=headers)
        return Reply(answer.status_code, tuple(answer.headers.items()), answer.data)


@pytest.mark.policy("P53")
def test_command_goes_from_hand_to_machine_and_back(app: Flask, tmp_path: Path) -> None:
    """Both ends agree on bytes, signature, sequence and answers; nothing is asked twice."""
    terminal, done = SignedTerminal(app), list[str]()

    def do(order: Order) -> Outcome:
        done.append(order.id)
        return Outcome(done=True, facts={"id_reader": "ready"})

    keys, server_time = CommandKeys(tmp_path), ServerClock(machine_time)
    keys.pin({each["id"]: each["public_key"] for each in signer_from(Settings()).public_keys})
    identity = Identity(terminal.id, terminal.key_id, "", "", "", terminal.key)
    counter = ServerCounter(Line(terminal), server_time, terminal.id)
    signed = SignedCommands(counter, identity, keys, server_time)
    commands = Commands(
        signed,
        CommandJournal(tmp_path / "commands.sqlite3", now=server_time.now),
        {CommandKind.SELF_TEST: Deed(lambda _told, order: do(order))},
        QuietMoment(VisitWatch(), Closure(tmp_path), lambda: 0),
        life="boot/life",
        now=server_time.now,
    )
    with database_of(app).unit_of_work() as session:
        order = services.ask(session, [terminal.id], Wish(Kind.SELF_TEST), by=FIRST).id
    for _ in range(2):
        wants = terminal.get(f"{API}/wants").get_json()["wants"]
        commands.want([each["job"] for each in wants])
        commands.work()
    with database_of(app).reading() as session:
        view = queries.find_order(session, order)
    assert view is not None
    (command,) = view.commands
    assert (command.state, command.facts) == (CommandState.DONE, {"id_reader": "ready"})
    assert [each.state for each in command.answers] == ["taken", "running", "done"]
    assert done == [command.id]
    assert signed.renew_keys()
