"""What the pages of commands must know, worded for the templates."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kiosk_server.commands.queries import CommandView, OrderView
from kiosk_server.commands.rules import LIFE, CommandKind, CommandState, CommandVerb
from kiosk_server.core import clock
from kiosk_server.places.queries import SiteView
from kiosk_server.staff.rules import Holder, Right, may
from kiosk_server.staff_console.fleet_view import moment, site_name, trouble_words
from kiosk_server.web.words import message_or, messages, words

_LOOKS: Mapping[CommandState, tuple[str, str]] = {
    CommandState.PROPOSED: ("warn", "people"),
    CommandState.WAITING: ("closed", "clock"),
    CommandState.DELIVERED: ("closed", "clock"),
    CommandState.RUNNING: ("closed", "refresh"),
    CommandState.DONE: ("good", "check"),
    CommandState.FAILED: ("stop", "cross"),
    CommandState.REFUSED: ("stop", "shield"),
    CommandState.EXPIRED: ("closed", "clock"),
    CommandState.CANCELLED: ("closed", "cross"),
}
_LEVELS = frozenset({"info", "warning", "error"})
_LOCKS = frozenset({CommandKind.LOCK, CommandKind.UNLOCK})


@dataclass(frozen=True)
class CommandLine:
    """An order at one terminal: how it stands, why, and what came back."""

    id: str
    terminal: str
    site: str
    state: str
    look: str
    symbol: str
    why: str
    ended: str
    facts: tuple[tuple[str, str], ...]
    has_log: bool
    late: str
    """What the machine said after we had given it up."""


@dataclass(frozen=True)
class OrderLine:
    """What was asked, by whom, with whom, and how it stands everywhere."""

    id: str
    what: str
    details: tuple[str, ...]
    why: str
    """Why it stands so, where it is asked of one terminal alone."""
    asked: str
    decided: str
    until: str
    look: str
    symbol: str
    state: str
    commands: tuple[CommandLine, ...]
    may_decide: bool
    second_wanted: bool
    """It is mine: somebody else must agree."""
    may_cancel: bool


def order_line(view: OrderView, sites: Mapping[str, SiteView], holder: Holder) -> OrderLine:
    """Return *view* as *holder* may see and decide it."""
    commands = tuple(_command_line(each, sites) for each in view.commands)
    mine = view.asked_by == holder.staff_id
    whole = all(_right_at(each, sites, holder, Right.COMMANDS_APPROVE) for each in view.commands)
    look, symbol = _LOOKS[_worst(view)]
    return OrderLine(
        id=view.id,
        what=kind_words(view.kind),
        details=_details(view),
        why=commands[0].why if len(commands) == 1 else "",
        asked=words("staff-command-asked", name=_asker(view), time=moment(view.asked_at)),
        decided=words("staff-command-decided", name=view.decider, time=moment(view.decided_at))
        if view.decider
        else "",
        until=words("staff-command-until", time=moment(view.expires_at)),
        look=look,
        symbol=symbol,
        state=_standing(view),
        commands=commands,
        may_decide=view.proposed and not mine and whole,
        second_wanted=view.proposed and mine,
        # A second person declines instead: his name stands beside the no.
        may_cancel=_may_cancel(view, sites, holder) and (mine or not view.proposed),
    )


@dataclass(frozen=True)
class LogLine:
    """One line of a machine's log: when (Beijing time), how grave, what, and its facts."""

    at: str
    level: str
    event: str
    facts: str


def log_line(text: str) -> LogLine:
    """Return a kept line for reading."""
    found = json.loads(text)
    told = found.pop("timestamp", "")
    level, event = str(found.pop("level", "")), str(found.pop("event"))
    try:
        at = clock.to_beijing(datetime.fromisoformat(str(told))).strftime("%m-%d %H:%M:%S")
    except ValueError:
        at = ""
    facts = " ".join(f"{name}={value}" for name, value in sorted(found.items()))
    return LogLine(at, level if level in _LEVELS else "info", event, facts)


def kind_words(kind: CommandKind) -> str:
    """Return what is asked, in a few words."""
    return message_or(f"staff-command-{kind}", "staff-commands")


def _worst(view: OrderView) -> CommandState:
    order = list(_LOOKS)
    gravity = (CommandState.PROPOSED, CommandState.FAILED, CommandState.REFUSED)
    states = {command.state for command in view.commands}
    found = next((each for each in gravity if each in states), None)
    return found or min(states, key=order.index, default=CommandState.CANCELLED)


def _standing(view: OrderView) -> str:
    counted = Counter(command.state for command in view.commands)
    if len(counted) == 1 and len(view.commands) == 1:
        return _state_words(view.commands[0].state)
    parts = [
        words("staff-command-count", count=counted[state], state=_state_words(state))
        for state in CommandState
        if counted[state]
    ]
    return words("staff-command-gap").join(parts)


def _state_words(state: CommandState) -> str:
    return words(f"staff-command-state-{state}")


def _asker(view: OrderView) -> str:
    return view.asker or words("staff-command-by-system")


def _details(view: OrderView) -> tuple[str, ...]:
    told = view.arguments
    found = []
    if text := told.get("text"):
        found.append(words(f"beside-{text}"))
    found += [str(told[note]) for note in ("note_zh", "note_ug") if told.get(note)]
    if reason := told.get("reason"):
        found.append(words(f"staff-why-{reason}"))
    if seconds := told.get("latest_seconds"):
        found.append(words("staff-command-latest", minutes=int(str(seconds)) // 60))
    return tuple(found)


def _command_line(view: CommandView, sites: Mapping[str, SiteView]) -> CommandLine:
    look, symbol = _LOOKS[view.state]
    late = next(
        (each for each in view.answers if view.ended_at and each.heard_at > view.ended_at), None
    )
    return CommandLine(
        id=view.id,
        terminal=view.terminal_id,
        site=site_name(sites[view.site_id]) if view.site_id in sites else "",
        state=_state_words(view.state),
        look=look,
        symbol=symbol,
        why=_why(view),
        ended=moment(view.ended_at),
        facts=tuple(_fact(name, value) for name, value in sorted(view.facts.items())),
        has_log=view.log_file_id is not None,
        late=words(
            "staff-command-late", state=_answer_words(late.state), time=moment(late.heard_at)
        )
        if late
        else "",
    )


def _why(view: CommandView) -> str:
    if view.code is None:
        taken = view.state is CommandState.DELIVERED and view.taken_at is not None
        return words("staff-command-taken") if taken else ""
    known = f"staff-command-code-{view.code}".replace("_", "-")
    return words(known) if messages().knows(known) else trouble_words(view.code)


def _answer_words(state: str) -> str:
    return message_or(f"staff-command-state-{state}", "staff-command-taken")


def _fact(name: str, value: object) -> tuple[str, str]:
    known = f"staff-command-fact-{name}".replace("_", "-")
    if messages().knows(known):
        return words(known), str(value)
    said = words("staff-command-gap").join(trouble_words(word) for word in str(value).split())
    return message_or(f"staff-device-{name}", "staff-device-other"), said


def _right_at(
    view: CommandView, sites: Mapping[str, SiteView], holder: Holder, right: Right
) -> bool:
    site = sites.get(view.site_id)
    return site is not None and may(holder, right, site.division_code)


def _may_cancel(view: OrderView, sites: Mapping[str, SiteView], holder: Holder) -> bool:
    return any(
        CommandVerb.CANCEL in LIFE.open_verbs(each.state)
        and (each.state is CommandState.PROPOSED or view.kind not in _LOCKS)
        for each in view.commands
    ) and all(_right_at(each, sites, holder, Right.COMMANDS_ASK) for each in view.commands)
