"""What happened at a terminal (发生了什么): devices, alerts, calls; nothing a resident did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kiosk_server.assets.checks import CheckView, checks_of
from kiosk_server.assets.queries import ChangeView, history_of
from kiosk_server.assets.rules import Part
from kiosk_server.commands.queries import of_terminal as commands_of
from kiosk_server.commands.rules import CommandState
from kiosk_server.staff_console.alert_view import call_words, cause_words
from kiosk_server.staff_console.command_view import kind_words
from kiosk_server.staff_console.fleet_view import moment, reason_words
from kiosk_server.terminals.history import StateChange, changes_of
from kiosk_server.terminals.queries import TerminalView
from kiosk_server.terminals.rules import USABLE, Condition, Reason
from kiosk_server.upkeep.queries import AlertView, of_terminal
from kiosk_server.web.words import message_or, words

LOOKS_BACK = timedelta(days=14)
MOST = 40


@dataclass(frozen=True)
class Happening:
    """One line: when, what, and its dot (stop, warn, good or plain)."""

    at: str
    words: str
    look: str
    alert: str = ""


def timeline(session: Session, view: TerminalView, now: datetime) -> list[Happening]:
    """Return what happened at *view* lately, newest first."""
    since = now - LOOKS_BACK
    found: list[tuple[datetime, Happening]] = []
    found += [_change(change) for change in changes_of(session, view.id, since=since)]
    for alert in of_terminal(session, view.id, since=since):
        found += _alert(alert)
    found += [_check(check) for check in checks_of(session, view.id, since=since)]
    found += [_life(change) for change in history_of(session, view.id) if _tells(change, since)]
    found += _commands(session, view.id, since)
    if view.enrolled_at is not None:
        found.append(_at(view.enrolled_at, words("staff-happened-enrolled"), "good"))
    newest = sorted(found, key=lambda each: each[0], reverse=True)
    return [happening for _, happening in newest[:MOST]]


def _commands(
    session: Session, terminal_id: str, since: datetime
) -> Iterable[tuple[datetime, Happening]]:
    for order in commands_of(session, terminal_id):
        for command in order.commands:
            if command.ended_at is not None and command.ended_at >= since:
                state = words(f"staff-command-state-{command.state}")
                told = words("staff-happened-command", command=kind_words(order.kind), state=state)
                good = command.state is CommandState.DONE
                yield _at(command.ended_at, told, "good" if good else "warn")


def _check(check: CheckView) -> tuple[datetime, Happening]:
    kind = message_or(f"staff-check-kind-{check.kind}", "staff-check-kind-other")
    gap = words("staff-reason-gap")
    bad = gap.join(message_or(f"staff-check-{point}", "staff-check-other") for point in check.bad)
    return _at(check.at, f"{kind} {bad}".strip(), "warn" if bad else "good")


def _tells(change: ChangeView, since: datetime) -> bool:
    # What a clerk writes into a book did not happen at the machine.
    return change.at >= since and change.part not in (Part.BOOK, Part.SITE_CARD)


def _life(change: ChangeView) -> tuple[datetime, Happening]:
    return _at(change.at, words(f"staff-part-{change.part}"), "plain")


def _change(change: StateChange) -> tuple[datetime, Happening]:
    if change.condition is Condition.READY:
        return _at(change.at, reason_words(Reason(change.kind, "ready")), "good")
    troubles = change.troubles or (change.condition.value,)
    told = words("staff-reason-gap").join(reason_words(Reason(change.kind, t)) for t in troubles)
    return _at(change.at, told, "warn" if change.condition in USABLE else "stop")


def _alert(view: AlertView) -> Iterable[tuple[datetime, Happening]]:
    told = cause_words(view.cause)
    yield _at(view.opened_at, words("staff-happened-alert", trouble=told), "stop", view.id)
    for call in view.calls:
        yield _at(call.asked_at, call_words(call), "warn", view.id)
    if view.closed_at is not None:
        yield _at(view.closed_at, words("staff-happened-over", trouble=told), "good", view.id)


def _at(at: datetime, told: str, look: str, alert: str = "") -> tuple[datetime, Happening]:
    return at, Happening(moment(at), told, look, alert)
