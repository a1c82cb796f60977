"""
What others ask about commands.

    find_order(session, order_id) -> OrderView | None
    of_terminal(session, terminal_id, *, limit) -> list[OrderView]
    recent(session, *, site_ids, limit) -> list[OrderView]
    proposed(session, *, site_ids) -> list[OrderView]
    count_proposed(session, *, site_ids, but_of) -> int
    message_at(session, terminal_id) -> Message | None
    commandable(session, *, site_ids, state) -> list[str]
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from kiosk_server.commands.models import Command, CommandAnswer, CommandOrder
from kiosk_server.commands.rules import (
    COMMANDABLE,
    MOST_TERMINALS,
    CommandKind,
    CommandState,
    MessageText,
)
from kiosk_server.core import clock
from kiosk_server.staff.queries import colleagues
from kiosk_server.terminals.models import Terminal
from kiosk_server.terminals.rules import TerminalState

MOST = 60


@dataclass(frozen=True)
class AnswerView:
    """One word of a machine."""

    state: str
    code: str | None
    heard_at: datetime


@dataclass(frozen=True)
class CommandView:
    """An order at one terminal."""

    id: str
    terminal_id: str
    site_id: str
    state: CommandState
    code: str | None
    facts: Mapping[str, object]
    taken_at: datetime | None
    ended_at: datetime | None
    log_file_id: str | None
    answers: tuple[AnswerView, ...]


@dataclass(frozen=True)
class OrderView:
    """What was asked, by whom, who decided, and how it stands at each of its terminals."""

    id: str
    kind: CommandKind
    arguments: Mapping[str, object]
    asked_by: str
    asker: str
    """The asker's name; empty where the server asked by itself."""
    asked_at: datetime
    needs_two: bool
    decider: str
    decided_at: datetime | None
    expires_at: datetime
    commands: tuple[CommandView, ...]

    @property
    def proposed(self) -> bool:
        """Whether a second person is waited for."""
        return any(command.state is CommandState.PROPOSED for command in self.commands)

    @property
    def terminal_ids(self) -> tuple[str, ...]:
        """Where it is asked."""
        return tuple(command.terminal_id for command in self.commands)


@dataclass(frozen=True)
class Message:
    """What the screen of a terminal is to say beside everything else, and until when."""

    text: MessageText
    note_zh: str
    note_ug: str
    until: datetime


def find_order(session: Session, order_id: str) -> OrderView | None:
    """Return one order with all its terminals."""
    return next(
        iter(_views(session, select(CommandOrder).where(CommandOrder.id == order_id))), None
    )


def of_terminal(session: Session, terminal_id: str, *, limit: int = 20) -> list[OrderView]:
    """Return what was asked of one terminal, newest first; only its own part of each order."""
    wanted = (
        select(CommandOrder)
        .join(Command, Command.order_id == CommandOrder.id)
        .where(Command.terminal_id == terminal_id)
        .order_by(CommandOrder.id.desc())
        .limit(limit)
    )
    return _views(session, wanted, terminal_id=terminal_id)


def recent(session: Session, *, site_ids: Collection[str], limit: int = MOST) -> list[OrderView]:
    """Return the orders at terminals of these sites, newest first."""
    wanted = select(CommandOrder).where(_at(site_ids)).order_by(CommandOrder.id.desc())
    return _views(session, wanted.limit(limit))


def proposed(session: Session, *, site_ids: Collection[str]) -> list[OrderView]:
    """Return the orders at these sites that wait for a second person, oldest first."""
    wanted = select(CommandOrder).where(_at(site_ids, CommandState.PROPOSED))
    return _views(session, wanted.order_by(CommandOrder.id).limit(MOST))


def count_proposed(session: Session, *, site_ids: Collection[str], but_of: str) -> int:
    """Return how many orders wait for somebody who is not *but_of*."""
    wanted = select(func.count(CommandOrder.id))
    found = session.scalar(
        wanted.where(_at(site_ids, CommandState.PROPOSED), CommandOrder.asked_by != but_of)
    )
    return found or 0


def message_at(session: Session, terminal_id: str) -> Message | None:
    """Return the message that a terminal has taken and that is not over; the newest counts."""
    order = session.scalar(
        select(CommandOrder)
        .join(Command, Command.order_id == CommandOrder.id)
        .where(
            Command.terminal_id == terminal_id,
            Command.state == CommandState.DONE.value,
            CommandOrder.kind == CommandKind.SHOW_MESSAGE.value,
            CommandOrder.expires_at > clock.now(),
        )
        .order_by(Command.sequence.desc())
        .limit(1)
    )
    if order is None:
        return None
    told = order.arguments
    return Message(
        MessageText(told["text"]),
        str(told.get("note_zh", "")),
        str(told.get("note_ug", "")),
        order.expires_at,
    )


def commandable(
    session: Session, *, site_ids: Collection[str], state: TerminalState | None = None
) -> list[str]:
    """Return the terminals of these sites that take commands, as many as one order may name."""
    states = COMMANDABLE if state is None else COMMANDABLE & {state}
    wanted = select(Terminal.id).where(
        Terminal.site_id.in_(site_ids), Terminal.state.in_([each.value for each in states])
    )
    return list(session.scalars(wanted.order_by(Terminal.id).limit(MOST_TERMINALS)))


def _at(site_ids: Collection[str], state: CommandState | None = None) -> ColumnElement[bool]:
    found = (
        select(Command.id)
        .join(Terminal, Command.terminal_id == Terminal.id)
        .where(Command.order_id == CommandOrder.id, Terminal.site_id.in_(site_ids))
    )
    return (found.where(Command.state == state.value) if state else found).exists()


def _views(
    session: Session, wanted: Select[CommandOrder], *, terminal_id: str | None = None
) -> list[OrderView]:
    orders = list(session.scalars(wanted))
    if not orders:
        return []
    rows = (
        select(Command, Terminal.site_id)
        .join(Terminal, Command.terminal_id == Terminal.id)
        .where(Command.order_id.in_([order.id for order in orders]))
        .order_by(Command.terminal_id)
    )
    if terminal_id is not None:
        rows = rows.where(Command.terminal_id == terminal_id)
    found = session.execute(rows).all()
    answers = _answers(session, [command.id for command, _ in found])
    names = colleagues(
        session,
        {each for order in orders for each in (order.asked_by, order.decided_by) if each},
    )
    by_order: dict[str, list[CommandView]] = {}
    for command, site_id in found:
        by_order.setdefault(command.order_id, []).append(
            _command(command, site_id, answers.get(command.id, ()))
        )
    return [
        OrderView(
            id=order.id,
            kind=CommandKind(order.kind),
            arguments=order.arguments,
            asked_by=order.asked_by,
            asker=names[order.asked_by].name if order.asked_by in names else "",
            asked_at=order.asked_at,
            needs_two=order.needs_two,
            decider=names[order.decided_by].name if order.decided_by in names else "",
            decided_at=order.decided_at,
            expires_at=order.expires_at,
            commands=tuple(by_order.get(order.id, ())),
        )
        for order in orders
    ]


def _command(command: Command, site_id: str, answers: tuple[AnswerView, ...]) -> CommandView:
    return CommandView(
        id=command.id,
        terminal_id=command.terminal_id,
        site_id=site_id,
        state=CommandState(command.state),
        code=command.code,
        facts=command.facts,
        taken_at=command.taken_at,
        ended_at=command.ended_at,
        log_file_id=command.log_file_id,
        answers=answers,
    )


def _answers(session: Session, ids: Collection[str]) -> dict[str, tuple[AnswerView, ...]]:
    rows = session.scalars(
        select(CommandAnswer)
        .where(CommandAnswer.command_id.in_(ids))
        .order_by(CommandAnswer.command_id, CommandAnswer.number)
    )
    found: dict[str, tuple[AnswerView, ...]] = {}
    for row in rows:
        view = AnswerView(row.state, row.code, row.heard_at)
        found[row.command_id] = (*found.get(row.command_id, ()), view)
    return found
