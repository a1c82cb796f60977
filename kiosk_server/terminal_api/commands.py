"""Commands on their way: the signed envelope, the list of keys, and what the machine says of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint
from flask.typing import ResponseReturnValue

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.commands.delivery import Answer, deliver, hear
from kiosk_server.commands.signing import signer_from
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, Invalid, NotFound
from kiosk_server.terminal_api.schemas import CommandAnswerBody
from kiosk_server.web.bodies import body_as
from kiosk_server.web.guards import terminal
from kiosk_server.web.request_context import database, settings

LONGEST_SUBJECT = 64


def add_routes(blueprint: Blueprint) -> None:
    """Put commands under *blueprint*."""
    blueprint.get("/commands/<command_id>")(command)
    blueprint.post("/commands/<command_id>/answers")(answers)
    blueprint.get("/command-keys")(command_keys)


def command(command_id: str) -> ResponseReturnValue:
    """Hand a command out, signed for this terminal alone; asked again, under the same sequence."""
    with _refusals_audited(command_id), database().unit_of_work() as session:
        return deliver(session, terminal().id, command_id, signer=signer_from(settings()))


def answers(command_id: str) -> ResponseReturnValue:
    """Take the terminal's word on a command; the same word twice gets the same answer."""
    with _refusals_audited(command_id):
        body = body_as(CommandAnswerBody)
        answer = Answer(body.number, body.state, body.code, body.facts, body.at, body.log)
        with database().unit_of_work() as session:
            state = hear(session, terminal().id, command_id, answer)
    return {"state": state.value}


def command_keys() -> ResponseReturnValue:
    """Tell which keys commands are signed with, vouched for by each of them."""
    return signer_from(settings()).key_list(terminal_id=terminal().id, now=clock.now())


@contextmanager
def _refusals_audited(command_id: str) -> Iterator[None]:
    # A terminal knows its own commands by id and what it may say of them: one that asks for
    # another's, or says too much, is out of order, or worse.
    try:
        yield
    except (NotFound, Invalid, Conflict) as refusal:
        if refusal.code != "command_over":
            _audit(command_id, refusal.code)
        raise


def _audit(command_id: str, code: str) -> None:
    here = terminal().id
    with database().unit_of_work() as session:
        note(
            session,
            AuditEvent.TERMINAL_REFUSED,
            actor=Actor(kind="terminal", id=here, terminal_id=here),
            subject=Subject("command", command_id[:LONGEST_SUBJECT]),
            facts={"code": code},
        )
