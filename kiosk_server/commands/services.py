"""
The verbs of people: ask for something, agree to it, decline it, take it back.

    ask(session, terminal_ids, wish, *, by) -> CommandOrder
    approve(session, order_id, *, by) -> CommandOrder | ApprovalRefused
    decline / cancel(session, order_id, *, by)
    keep_in_step(session, terminal_id, *, state, host_locked)
    expire_overdue(session) -> int, forget_old(session) -> int

What the machine does with it stands in `delivery.py`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Actor, FactValue, Subject, note
from kiosk_server.commands.models import Command, CommandAnswer, CommandOrder
from kiosk_server.commands.rules import (
    ANSWER_PATIENCE,
    AT_THE_MACHINE,
    COMMANDABLE,
    ENDS,
    LIFE,
    MOST_TERMINALS,
    NO_ANSWER,
    CommandKind,
    CommandState,
    CommandVerb,
    Wish,
    faults_of,
    needs_two,
)
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid, NotFound, WrongState
from kiosk_server.core.identifiers import new_id
from kiosk_server.files.services import delete as delete_file
from kiosk_server.terminals import services as terminals
from kiosk_server.terminals.models import Terminal
from kiosk_server.terminals.rules import TerminalState, WithdrawalReason

KEPT = timedelta(days=400)
LOG_KEPT = timedelta(days=7)
"""A log is fetched for one repair; afterwards it is only a thing that could leak."""
ASKED_AGAIN_AFTER = timedelta(hours=1)
"""A machine that cannot follow is not asked with every heartbeat."""
_LOCKS = (CommandKind.LOCK.value, CommandKind.UNLOCK.value)


@dataclass(frozen=True)
class ApprovalRefused:
    """Nobody's second signature was given; a value, so that its audit entry commits."""

    code: str


def ask(session: Session, terminal_ids: Collection[str], wish: Wish, *, by: Actor) -> CommandOrder:
    """
    Ask *wish* of these terminals; it waits for a second person where two are needed.

    Raises `Invalid` naming every faulty field, `NotFound` for an unknown terminal, `WrongState`
    for one that takes no commands: awaited or revoked. The caller has checked the right for each
    of the terminals.
    """
    faults = faults_of(wish)
    chosen = sorted(set(terminal_ids))
    if not 1 <= len(chosen) <= MOST_TERMINALS:
        faults.append(FieldFault("terminals", "not_chosen"))
    if faults:
        raise Invalid("command_invalid", fields=faults)
    _check_commandable(session, chosen)
    now = clock.now()
    order = CommandOrder(
        id=new_id(),
        kind=wish.kind.value,
        arguments=wish.arguments,
        asked_by=by.id,
        asked_at=now,
        needs_two=needs_two(wish, len(chosen)),
        expires_at=now + wish.life,
    )
    session.add(order)
    session.flush()
    state = CommandState.PROPOSED if order.needs_two else CommandState.WAITING
    commands = [_row(order, terminal_id, state) for terminal_id in chosen]
    session.add_all(commands)
    for command in commands:
        _note(session, AuditEvent.COMMAND_ASKED, command, order, by=by, two=order.needs_two)
    if not order.needs_two:
        _take_effect(session, order, commands, by=by)
    session.flush()
    return order


def approve(session: Session, order_id: str, *, by: Actor) -> CommandOrder | ApprovalRefused:
    """
    Agree as the second person; from now on the machines get it.

    Who asked cannot agree (双人复核): `command_same_person`, audited. Raises `NotFound` and
    `WrongState` for an order that is no longer proposed, or whose time is over.
    """
    order, commands = _held(session, order_id)
    if order.asked_by == by.id:
        _refuse(session, order, by, "command_same_person")
        return ApprovalRefused("command_same_person")
    if order.expires_at <= clock.now():
        # The worker ends it, and may be late: a lock of last month must not fall today.
        raise WrongState("command_over")
    _decide(order, by)
    for command in commands:
        _move(command, CommandVerb.APPROVE)
        _note(session, AuditEvent.COMMAND_APPROVED, command, order, by=by)
    _take_effect(session, order, commands, by=by)
    session.flush()
    return order


def decline(session: Session, order_id: str, *, by: Actor) -> ApprovalRefused | CommandOrder:
    """Say no as the second person; who asked takes it back instead."""
    order, commands = _held(session, order_id)
    if order.asked_by == by.id:
        _refuse(session, order, by, "command_same_person")
        return ApprovalRefused("command_same_person")
    _decide(order, by)
    for command in commands:
        _move(command, CommandVerb.DECLINE, code="declined")
        _note(session, AuditEvent.COMMAND_DECLINED, command, order, by=by)
    session.flush()
    return order


def cancel(session: Session, order_id: str, *, by: Actor) -> int:
    """Take an order back where no machine has fetched it yet; return at how many.

    A lock and its opposite are not taken back: the server has acted on them already.
    """
    order, commands = _held(session, order_id)
    open_still = [
        command
        for command in commands
        if CommandVerb.CANCEL in LIFE.open_verbs(CommandState(command.state))
        and (command.state == CommandState.PROPOSED.value or order.kind not in _LOCKS)
    ]
    for command in open_still:
        _move(command, CommandVerb.CANCEL)
        _note(session, AuditEvent.COMMAND_CANCELLED, command, order, by=by)
    session.flush()
    return len(open_still)


def keep_in_step(
    session: Session, terminal_id: str, *, state: TerminalState, host_locked: bool | None
) -> None:
    """Ask a machine to lock or unlock itself where it stands otherwise than we hold it.

    A lock that expired while the machine was away, or that an older version never heard of, would
    else leave the two apart for ever. *host_locked* is None for a machine that does not say.
    """
    if host_locked is None or host_locked is (state is TerminalState.LOCKED):
        return
    now = clock.now()
    wanted = CommandKind.LOCK if state is TerminalState.LOCKED else CommandKind.UNLOCK
    on_its_way = session.scalar(
        select(Command.id)
        .join(CommandOrder, Command.order_id == CommandOrder.id)
        .where(
            Command.terminal_id == terminal_id,
            CommandOrder.kind.in_(_LOCKS),
            Command.state.not_in([end.value for end in ENDS])
            | (CommandOrder.asked_at > now - ASKED_AGAIN_AFTER),
        )
        .limit(1)
    )
    if on_its_way is not None:
        return
    reason = WithdrawalReason.MAINTENANCE if wanted is CommandKind.LOCK else None
    wish = Wish(wanted, reason=reason)
    order = CommandOrder(
        id=new_id(),
        kind=wanted.value,
        arguments=wish.arguments,
        asked_by=SYSTEM.id,
        asked_at=now,
        needs_two=False,
        expires_at=now + wish.life,
    )
    session.add(order)
    session.flush()
    command = _row(order, terminal_id, CommandState.WAITING)
    session.add(command)
    _note(session, AuditEvent.COMMAND_ASKED, command, order, by=SYSTEM, two=False)
    session.flush()


def expire_overdue(session: Session) -> int:
    """End what nobody fetched in time, and what was fetched and never answered; return how many."""
    now = clock.now()
    unseen = (CommandState.PROPOSED.value, CommandState.WAITING.value)
    ended = 0
    for command, order in _overdue(session, unseen, now):
        _move(command, CommandVerb.EXPIRE)
        _note(session, AuditEvent.COMMAND_EXPIRED, command, order, by=SYSTEM)
        ended += 1
    at_machine = [state.value for state in AT_THE_MACHINE]
    for command, order in _overdue(session, at_machine, now - ANSWER_PATIENCE):
        _move(command, CommandVerb.FAIL, code=NO_ANSWER)
        _note(session, AuditEvent.COMMAND_ENDED, command, order, by=SYSTEM, code=NO_ANSWER)
        ended += 1
    return ended


def forget_old(session: Session) -> int:
    """Delete fetched logs after `LOG_KEPT` and ended commands after `KEPT`; return how many."""
    now = clock.now()
    gone = 0
    logs = select(Command).where(
        Command.log_file_id.is_not(None), Command.ended_at < now - LOG_KEPT
    )
    for command in session.scalars(logs):
        delete_file(session, command.log_file_id or "")
        command.log_file_id = None
        gone += 1
    session.flush()
    old = select(Command.id).where(Command.ended_at < now - KEPT)
    session.execute(delete(CommandAnswer).where(CommandAnswer.command_id.in_(old)))
    result = session.execute(delete(Command).where(Command.ended_at < now - KEPT))
    session.execute(
        delete(CommandOrder).where(
            CommandOrder.expires_at < now - KEPT,
            ~select(Command.id).where(Command.order_id == CommandOrder.id).exists(),
        )
    )
    return gone + (result.rowcount if isinstance(result, CursorResult) else 0)


def _check_commandable(session: Session, terminal_ids: Collection[str]) -> None:
    states = session.scalars(select(Terminal.state).where(Terminal.id.in_(terminal_ids))).all()
    if len(states) != len(terminal_ids):
        raise NotFound("terminal_not_found")
    if not set(states) <= {each.value for each in COMMANDABLE}:
        raise WrongState("terminal_takes_no_commands")


def _take_effect(
    session: Session, order: CommandOrder, commands: Iterable[Command], *, by: Actor
) -> None:
    """Let the server's own lock hold from this moment; the command brings it to the machine."""
    if order.kind not in _LOCKS:
        return
    locked = order.kind == CommandKind.LOCK
    goal = TerminalState.LOCKED if locked else TerminalState.IN_SERVICE
    for command in commands:
        terminal = session.get_one(Terminal, command.terminal_id)
        if terminal.state == goal.value and order.needs_two:
            # Somebody else was quicker while this one waited for its second person.
            continue
        if locked:
            reason = WithdrawalReason(str(order.arguments["reason"]))
            terminals.lock(session, command.terminal_id, by=by, reason=reason)
        else:
            terminals.unlock(session, command.terminal_id, by=by)


def _row(order: CommandOrder, terminal_id: str, state: CommandState) -> Command:
    return Command(
        id=new_id(),
        order_id=order.id,
        terminal_id=terminal_id,
        state=state.value,
        expires_at=order.expires_at,
        facts={},
    )


def _held(session: Session, order_id: str) -> tuple[CommandOrder, list[Command]]:
    order = session.get(CommandOrder, order_id, with_for_update=True)
    if order is None:
        raise NotFound("command_not_found")
    rows = select(Command).where(Command.order_id == order_id).order_by(Command.id)
    return order, list(session.scalars(rows.with_for_update()))


def _decide(order: CommandOrder, by: Actor) -> None:
    order.decided_by, order.decided_at = by.id, clock.now()


def _move(command: Command, verb: CommandVerb, *, code: str | None = None) -> None:
    state = LIFE.after(CommandState(command.state), verb)
    command.state, command.code = state.value, code or command.code
    if state in ENDS:
        command.ended_at = clock.now()


def _overdue(
    session: Session, states: Collection[str], moment: datetime
) -> list[tuple[Command, CommandOrder]]:
    found = session.execute(
        select(Command, CommandOrder)
        .join(CommandOrder, Command.order_id == CommandOrder.id)
        .where(Command.state.in_(states), Command.expires_at <= moment)
        .order_by(Command.id)
        .limit(MOST_TERMINALS)
        .with_for_update(of=Command, skip_locked=True)
    )
    return [(command, order) for command, order in found]


def _refuse(session: Session, order: CommandOrder, by: Actor, code: str) -> None:
    subject = Subject("command_order", order.id)
    facts: dict[str, FactValue] = {"code": code, "kind": order.kind}
    note(session, AuditEvent.COMMAND_APPROVAL_REFUSED, actor=by, subject=subject, facts=facts)


def _note(
    session: Session,
    event: AuditEvent,
    command: Command,
    order: CommandOrder,
    *,
    by: Actor,
    **facts: FactValue,
) -> None:
    told = {"order": order.id, "kind": order.kind, "terminal": command.terminal_id}
    note(session, event, actor=by, subject=Subject("command", command.id), facts=told | facts)
