"""
The verbs of a machine: fetch what is wanted of it, signed, and say what came of it.

    wanted_of(session, terminal_id) -> list[str]
    deliver(session, terminal_id, command_id, *, signer) -> dict
    hear(session, terminal_id, command_id, answer) -> CommandState

A command gets its sequence when it is fetched for the first time, so that what a terminal sees
grows by construction: one that is smaller than the last was sent before, by whoever sends it now.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, FactValue, Subject, note
from kiosk_server.commands.log_mask import kept_of, may_stand
from kiosk_server.commands.models import Command, CommandAnswer, CommandCounter, CommandOrder
from kiosk_server.commands.rules import ENDS, LIFE, CommandKind, CommandState, CommandVerb
from kiosk_server.commands.signing import CommandSigner
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, NotFound
from kiosk_server.files.services import store
from kiosk_server.terminals.models import Terminal

LOG_PURPOSE = "terminal_log"
TAKEN = "taken"
_VERBS: Mapping[str, CommandVerb] = {
    "running": CommandVerb.BEGIN,
    "done": CommandVerb.FINISH,
    "failed": CommandVerb.FAIL,
    "refused": CommandVerb.REFUSE,
    "expired": CommandVerb.EXPIRE,
}

_WANTED = (
    select(Command.id)
    .where(
        Command.terminal_id == bindparam("terminal_id"),
        Command.state.in_((CommandState.WAITING.value, CommandState.DELIVERED.value)),
        Command.taken_at.is_(None),
        Command.expires_at > bindparam("now"),
    )
    .order_by(Command.sequence.is_(None), Command.sequence, Command.id)
)


@dataclass(frozen=True)
class Answer:
    """What a machine says of a command; *number* counts from 1 and is never used twice."""

    number: int
    state: str
    code: str | None
    facts: Mapping[str, str | int | bool]
    said_at: datetime
    log: str | None = field(default=None, repr=False)


def wanted_of(session: Session, terminal_id: str) -> list[str]:
    """Return the commands that a terminal is to fetch, in the order in which it must."""
    return list(session.scalars(_WANTED, {"terminal_id": terminal_id, "now": clock.now()}))


def deliver(
    session: Session, terminal_id: str, command_id: str, *, signer: CommandSigner
) -> dict[str, str]:
    """
    Return the signed envelope of a command for the terminal that it is meant for.

    Asked again, the same command comes under the same sequence. Raises `NotFound` for another
    terminal's command, `Conflict("command_over")` for one that is not wanted any more.
    """
    command = _of_terminal(session, terminal_id, command_id)
    open_now = CommandVerb.DELIVER in LIFE.open_verbs(CommandState(command.state))
    if not open_now or command.taken_at is not None or command.expires_at <= clock.now():
        raise Conflict("command_over")
    order = session.get_one(CommandOrder, command.order_id)
    first = command.sequence is None
    if first:
        command.sequence = _next_sequence(session, terminal_id)
        command.issued_at = clock.now()
    command.state = LIFE.after(CommandState(command.state), CommandVerb.DELIVER).value
    if first:
        _note(session, AuditEvent.COMMAND_DELIVERED, command, order, sequence=command.sequence)
    session.flush()
    terminal = session.get_one(Terminal, terminal_id)
    return signer.command(
        {
            "version": 1,
            "id": command.id,
            "terminal": terminal_id,
            "terminal_key": terminal.key_id or "",
            "sequence": command.sequence or 0,
            "kind": order.kind,
            "arguments": order.arguments,
            "issued_at": _instant(command.issued_at or clock.now()),
            "expires_at": _instant(command.expires_at),
        }
    )


def hear(session: Session, terminal_id: str, command_id: str, answer: Answer) -> CommandState:
    """
    Take a machine's word on a command; the same word twice changes nothing.

    A word after the end (the machine was away longer than we waited) is kept and audited, and the
    end stays. Raises `NotFound` for another terminal's command, `Conflict("command_not_fetched")`
    for one that was never handed out, `Conflict("command_answer_differs")` for a number that was
    used for something else.
    """
    command = _of_terminal(session, terminal_id, command_id)
    if command.sequence is None:
        raise Conflict("command_not_fetched")
    kept = session.get(CommandAnswer, (command_id, answer.number))
    if kept is not None:
        if (kept.state, kept.code) != (answer.state, answer.code):
            raise Conflict("command_answer_differs")
        return CommandState(command.state)
    session.add(
        CommandAnswer(
            command_id=command_id,
            number=answer.number,
            state=answer.state,
            code=answer.code,
            said_at=answer.said_at,
            heard_at=clock.now(),
        )
    )
    order = session.get_one(CommandOrder, command.order_id)
    _apply(session, command, order, answer)
    session.flush()
    return CommandState(command.state)


def _apply(session: Session, command: Command, order: CommandOrder, answer: Answer) -> None:
    command.taken_at = command.taken_at or clock.now()
    if answer.state == TAKEN:
        return
    verb = _VERBS[answer.state]
    late = verb not in LIFE.open_verbs(CommandState(command.state))
    if not late:
        command.state = LIFE.after(CommandState(command.state), verb).value
        command.code = answer.code
        # What a driver's own words hold nobody knows: what is no plain word is not kept.
        command.facts = {name: told for name, told in answer.facts.items() if may_stand(told)}
        if CommandState(command.state) in ENDS:
            command.ended_at = clock.now()
            if answer.log is not None and order.kind == CommandKind.FETCH_LOGS:
                _keep_log(session, command, answer.log)
    event = AuditEvent.COMMAND_BEGUN if answer.state == "running" else AuditEvent.COMMAND_ENDED
    _note(session, event, command, order, state=answer.state, code=answer.code, late=late)


def _keep_log(session: Session, command: Command, text: str) -> None:
    kept = kept_of(text)
    file = store(session, kept.text.encode(), "application/jsonl", LOG_PURPOSE)
    command.log_file_id = file.id
    command.facts = {**command.facts, "lines": kept.lines, "dropped": kept.dropped}


def _of_terminal(session: Session, terminal_id: str, command_id: str) -> Command:
    command = session.get(Command, command_id, with_for_update=True)
    if command is None or command.terminal_id != terminal_id:
        raise NotFound("command_not_found")
    return command


def _next_sequence(session: Session, terminal_id: str) -> int:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    given = session.scalar(
        dialect.insert(CommandCounter)
        .values(terminal_id=terminal_id, last=1)
        .on_conflict_do_update(
            index_elements=[CommandCounter.terminal_id], set_={"last": CommandCounter.last + 1}
        )
        .returning(CommandCounter.last)
    )
    assert given is not None
    return int(given)


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _note(
    session: Session,
    event: AuditEvent,
    command: Command,
    order: CommandOrder,
    **facts: FactValue,
) -> None:
    machine = Actor(kind="terminal", id=command.terminal_id, terminal_id=command.terminal_id)
    told = {"order": order.id, "kind": order.kind}
    note(session, event, actor=machine, subject=Subject("command", command.id), facts=told | facts)
